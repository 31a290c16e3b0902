"""Scores the checks on the development data: `python benchmarks/guardrails.py FOLDER`.

FOLDER holds copy_cases.jsonl and, as far as they are there, the other files that this program
names. Nothing is trained here: it only measures, and prints tables.

`--peers PYTHON` times other checks beside this one in the same run. They live in a virtual
environment of their own, since their pins do not fit ours:

    python3 -m venv peers
    peers/bin/pip install guardrails-ai llm-guard proselint better-profanity
    python benchmarks/guardrails.py FOLDER --peers peers/bin/python
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.guardrails import Checked, Submission, Verdict
from copydesk.guardrails.build import build_checker
from copydesk.guardrails.cases import submission_of
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.packs import load_packs
from copydesk.variants import Copy

ROW = dict[str, Any]
FEW_ROWS = 10
"""Rows below which a group is not shown."""
HARSHNESS = {Verdict.PASS: 0, Verdict.REVIEW: 1, Verdict.BLOCK: 2}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=["even", "odd", "all"], default="all")
    parser.add_argument("--misses", action="store_true", help="print each wrong verdict")
    parser.add_argument("--category", default="", help="only categories that contain this")
    parser.add_argument("--peers", type=Path, help="Python that has the other checks")
    parser.add_argument("--only-speed", action="store_true", help="leave out the scores")
    given = parser.parse_args()
    checker = build_checker()
    print("engines:", "; ".join(f"{name}: {state}" for name, state in checker.engines.items()))
    speed(checker, given.folder / "copy_cases.jsonl", given.peers)
    if not given.only_speed:
        cases(checker, given.folder / "copy_cases.jsonl", given)
        others(checker, given.folder)


def cases(checker: Checker, file: Path, given: argparse.Namespace) -> None:
    rows = [row for row in read_cases(file, given.half) if given.category in row["category"]]
    judged = [(row, checker.check(submission(row))) for row in rows]
    by = {"category": defaultdict(Counter), "difficulty": defaultdict(Counter)}
    for row, checked in judged:
        right = is_right(row, checked)
        for name, counts in by.items():
            counts[row[name]][row["expect"] != "pass", right] += 1
        if row["expect"] != "pass" and any(f.category == row["category"] for f in checked.findings):
            by["category"][row["category"]]["named"] += 1
        if given.misses and not right:
            print_miss(row, checked)
    for name, counts in by.items():
        print_table(name, counts)
    print_table("all", {"all": sum(by["difficulty"].values(), Counter())})


def read_cases(file: Path, half: str) -> list[ROW]:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
    pairs = list(dict.fromkeys(row["pair"] for row in rows))
    wanted = {"even": pairs[::2], "odd": pairs[1::2], "all": pairs}[half]
    return [row for row in rows if row["pair"] in set(wanted)]


def submission(row: ROW) -> Submission:
    shapes = {"brief": Brief, "brand": Brand, "audience": Audience}
    nouns = {
        name: shape.model_validate(row[name]) for name, shape in shapes.items() if row.get(name)
    }
    return Submission(copy=Copy.model_validate(row["copy"]), **nouns)


def is_right(row: ROW, checked: Checked) -> bool:
    if row["expect"] == "pass":
        return checked.verdict is Verdict.PASS
    return HARSHNESS[checked.verdict] >= HARSHNESS[Verdict(row["expect"])]


def print_miss(row: ROW, checked: Checked) -> None:
    print(f"{row['id']}: expected {row['expect']}, got {checked.verdict}; {row['match']!r}")
    for finding in checked.findings:
        print(
            f"    {finding.severity} {finding.rule} {finding.slot} {finding.match!r}:"
            f" {finding.message}"
        )


def print_table(name: str, counts: dict[str, Counter[Any]]) -> None:
    print(f"\n{name:28} caught        lawful passed  right category")
    for key, count in sorted(counts.items()):
        caught, missed = count[True, True], count[True, False]
        passed, alarms = count[False, True], count[False, False]
        named = f"{count['named']:6}" if "named" in count else ""
        print(f"{key:28} {share(caught, missed)}   {share(passed, alarms)} {named}")


def share(good: int, bad: int) -> str:
    total = good + bad
    return f"{good:4}/{total:<4}{100 * good / total if total else 0:5.0f}%"


def others(checker: Checker, folder: Path) -> None:
    print()
    alone: list[tuple[str, str, Callable[[ROW], bool]]] = [
        ("real_ads.csv", "text", lambda _: False),
        ("dark_patterns.csv", "text", lambda row: row["label"] == "1"),
        ("hatecheck.csv", "test_case", lambda row: row["label_gold"] == "hateful"),
        ("identity_bias.csv", "Text", lambda row: row["Label"] == "BAD"),
        ("xstest.csv", "prompt", lambda row: row["label"] == "unsafe"),
    ]
    for name, column, is_bad in alone:
        if (folder / name).exists():
            rows = list(read_csv(folder / name))
            prefix = "legal." if name == "dark_patterns.csv" else "safety."
            flags = [alarms(checker, row[column], prefix) for row in rows]
            print_rates(name, prefix, rows, flags, is_bad)
            print_groups(name, rows, flags, is_bad)
    health(checker, folder)
    naughty(checker, folder)


def read_csv(file: Path) -> Iterator[ROW]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def alarms(checker: Checker, text: str, prefix: str) -> bool:
    copy = Copy.model_validate({"subject": "Hello", "preheader": "Good morning", "body": text})
    found = checker.check(Submission(copy=copy)).findings
    return any(finding.category.startswith(prefix) for finding in found)


def print_rates(
    name: str,
    prefix: str,
    rows: Sequence[ROW],
    flags: Sequence[bool],
    is_bad: Callable[[ROW], bool],
) -> None:
    bad = [flag for row, flag in zip(rows, flags, strict=True) if is_bad(row)]
    good = [flag for row, flag in zip(rows, flags, strict=True) if not is_bad(row)]
    right = sum(bad) + len(good) - sum(good)
    print(
        f"{name:22} {prefix}* on bad {sum(bad)}/{len(bad)}, on good {sum(good)}/{len(good)}"
        f" ({100 * sum(good) / max(1, len(good)):.2f} %), accuracy {100 * right / len(rows):.1f} %"
    )


GROUPS = {"hatecheck.csv": "functionality", "identity_bias.csv": "Text"}


def print_groups(
    name: str, rows: Sequence[ROW], flags: Sequence[bool], is_bad: Callable[[ROW], bool]
) -> None:
    """Print accuracy by functionality, and the gap between identity terms in false alarms."""
    column = GROUPS.get(name, "")
    groups: dict[str, list[bool]] = defaultdict(list)
    for row, flag in zip(rows, flags, strict=True):
        for key in row.get(column, "").split() if column == "Text" else [row.get(column, "")]:
            if column == "Text" and is_bad(row):
                continue
            groups[key.lower()].append(flag if column == "Text" else flag == is_bad(row))
    shares = {key: sum(g) / len(g) for key, g in groups.items() if len(g) >= FEW_ROWS}
    if column == "functionality":
        for key, good in sorted(shares.items(), key=lambda item: item[1]):
            print(f"    {key:32} {100 * good:5.1f} % of {len(groups[key])}")
    elif column and shares:
        worst = max(shares, key=lambda key: shares[key])
        print(f"    false alarms by word: 0 to {100 * shares[worst]:.1f} % (`{worst}`)")


def naughty(checker: Checker, folder: Path) -> None:
    """Every naughty string must be checked to the end, with spans that fit."""
    file = folder / "blns.txt"
    if not file.exists():
        return
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    wrong = 0
    for line in filter(str.strip, lines):
        copy = Copy.model_validate({"subject": "Hello", "preheader": "Hi", "body": line})
        for found in checker.check(Submission(copy=copy)).findings:
            source = str(copy[found.slot])
            failed = found.category == "guard.unavailable"
            wrong += failed or source[found.start : found.end] != found.match
    print(f"blns.txt               {len(lines)} lines, {wrong} findings that are not valid")


def health(checker: Checker, folder: Path) -> None:
    """Claims that the FDA cited must be caught; authorised ones, given as facts, must not block."""
    cited = folder / "fda_cited_claims.csv"
    if cited.exists():
        rows = list(read_csv(cited))
        caught = [row for row in rows if legal(checker, row["claim"], []) is not Verdict.PASS]
        print(f"fda_cited_claims.csv   legal.* on {len(caught)}/{len(rows)}")
    lawful = folder / "gb_health_claims.csv"
    if lawful.exists():
        rows = list(read_csv(lawful))
        texts = [row["claim_text_exact"] for row in rows]
        verdicts = Counter(legal(checker, text, [text], "UK") for text in texts)
        print(f"gb_health_claims.csv   {dict(verdicts)} of {len(rows)}, each given as a fact")


def legal(checker: Checker, text: str, facts: Sequence[str], place: str = "US") -> Verdict:
    fields = {
        "goal": "Tell customers about a supplement",
        "kind": "promotion",
        "sector": "supplements",
        "jurisdictions": [place],
        "locale": "en-US",
        "send_at": "2026-03-07T09:00:00Z",
        "product": {"name": "Daily capsules"},
        "facts": [{"id": f"f{i}", "text": fact} for i, fact in enumerate(facts)],
    }
    copy = Copy.model_validate({"subject": "Hello", "preheader": "Good morning", "body": text})
    found = checker.check(Submission(copy=copy, brief=Brief.model_validate(fields))).findings
    return Verdict.of(finding for finding in found if finding.category.startswith("legal."))


def speed(checker: Checker, file: Path, peers: Path | None) -> None:
    submissions = [submission(row) for row in read_cases(file, "all")]
    for rule in load_packs():  # so that what is made at first use is there
        for case in (*rule.must_flag, *rule.must_pass):
            checker.check(submission_of(rule, case))
    times = [timed(lambda one=one: checker.check(one)) for one in submissions]
    again = [timed(lambda one=one: checker.check(one)) for one in submissions * 4]
    print(f"\n{'speed':20} {'median ms':>10} {'99th pct':>10} {'to copydesk':>12}")
    print_times("copydesk, new copy", times, times)
    print_times("copydesk, seen copy", again, times)
    if peers is not None:
        texts = json.dumps([str(one.copy.body) for one in submissions])
        command = [str(peers), "-I", str(Path(__file__).with_name("peers.py"))]
        answer = subprocess.run(command, input=texts, capture_output=True, text=True, check=True)
        for line in answer.stdout.splitlines():
            if line.startswith("["):
                print_times(*json.loads(line), times)


def print_times(name: str, times: Sequence[float] | str, ours: Sequence[float]) -> None:
    if isinstance(times, str):
        print(f"{name:20} {times}")
        return
    middle, late = statistics.median(times), sorted(times)[int(len(times) * 0.99)]
    print(f"{name:20} {middle:10.2f} {late:10.2f} {middle / statistics.median(ours):11.2f}x")


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
