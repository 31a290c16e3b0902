"""Scores the checks on the development data: `python benchmarks/guardrails.py FOLDER`.

FOLDER holds copy_cases.jsonl and, as far as they are there, the other files that this program
names. Nothing is trained here: it only measures, and prints tables.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
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
from copydesk.guardrails.checker import Checker
from copydesk.variants import Copy

ROW = dict[str, Any]
HARSHNESS = {Verdict.PASS: 0, Verdict.REVIEW: 1, Verdict.BLOCK: 2}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=["even", "odd", "all"], default="all")
    parser.add_argument("--misses", action="store_true", help="print each wrong verdict")
    parser.add_argument("--category", default="", help="only categories that contain this")
    given = parser.parse_args()
    checker = build_checker()
    print("engines:", "; ".join(f"{name}: {state}" for name, state in checker.engines.items()))
    cases(checker, given.folder / "copy_cases.jsonl", given)
    others(checker, given.folder)
    speed(checker, given.folder / "copy_cases.jsonl")


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
            print_rates(
                name, prefix, rows, [alarms(checker, row[column], prefix) for row in rows], is_bad
            )
    health(checker, folder)


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


def speed(checker: Checker, file: Path) -> None:
    submissions = [submission(row) for row in read_cases(file, "all")]
    for one in submissions:
        checker.check(one)
    times = sorted(timed(lambda one=one: checker.check(one)) for one in submissions * 5)
    print(
        f"\nspeed: median {statistics.median(times):.2f} ms, 99th percentile"
        f" {times[int(len(times) * 0.99)]:.2f} ms, longest {times[-1]:.2f} ms"
    )


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
