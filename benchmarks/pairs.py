"""Our own pairs of violating and lawful copy, as the lines that `copydesk check` reads.

    python -m benchmarks.pairs [--numbers odd] > copy_cases.jsonl
    python -m benchmarks.pairs --validate benchmarks/copy_cases/legal.free_claim.yaml

A pair is written once: what both copies share, and under `twin` only what differs. Pairs of an
even number are developed on; those of an odd number are looked at rarely, and both are reported.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.variants import Copy

FOLDER = Path(__file__).parent / "copy_cases"
EXPECTED = ("block", "review")
DIFFICULTIES = ("plain", "subtle", "adversarial")
SLOTS = ("subject", "preheader", "body")
BODY_WORDS = range(20, 120)
Row = dict[str, Any]


def rows(folder: Path = FOLDER) -> Iterator[Row]:
    """Both rows of every pair, in the format of a bench directory's copy_cases.jsonl."""
    for path in sorted(folder.glob("*.yaml")):
        for pair in _read(path):
            yield from both(pair, path.stem)


def both(pair: Row, category: str) -> tuple[Row, Row]:
    """The violating row of a pair, and its lawful one."""
    shared = {
        "pair": pair["pair"],
        "category": category,
        "difficulty": pair["difficulty"],
        "slot": pair["slot"],
        "audience": pair.get("audience"),
        "brand": pair.get("brand"),
    }
    shared = {name: value for name, value in shared.items() if value is not None}
    bad = {"id": f"{pair['pair']}-bad", **shared, "expect": pair["expect"], "match": pair["match"]}
    bad |= {"brief": pair["brief"], "copy": pair["copy"], "why": pair["why"]}
    twin = pair["twin"]
    good = {"id": f"{pair['pair']}-ok", **shared, "expect": "pass", "match": None}
    good |= {"brief": _lawful_brief(pair["brief"], twin), "why": twin["why"]}
    return bad, good | {"copy": {**pair["copy"], **twin["copy"]}}


def parity(pair: str) -> str:
    """Return `even` or `odd`: what the number at the end of a pair's name is."""
    return "odd" if int(pair.rsplit("-", 1)[1]) % 2 else "even"


def _lawful_brief(brief: Row, twin: Row) -> Row:
    brief = {**brief, **twin.get("brief", {})}
    if "offer" in twin:
        brief["offer"] = twin["offer"]
    return {**brief, "facts": [*brief.get("facts", []), *twin.get("add_facts", [])]}


def _read(path: Path) -> list[Row]:
    pairs: list[Row] = yaml.safe_load(path.read_text("utf-8"))
    return pairs


def faults(pair: Row, category: str) -> Iterator[str]:
    """What is wrong with a pair as data; nothing is checked against the rules."""
    if pair["expect"] not in EXPECTED or pair["difficulty"] not in DIFFICULTIES:
        yield f"expect is one of {EXPECTED}, difficulty one of {DIFFICULTIES}"
    for row in both(pair, category):
        Brief.model_validate_json(json.dumps(row["brief"], default=str))
        Audience.model_validate_json(json.dumps(row.get("audience", {"id": "all"}), default=str))
        Brand.model_validate_json(json.dumps(row.get("brand", {"name": "Unnamed"}), default=str))
        Copy.model_validate_json(json.dumps(row["copy"]))
        if len(row["copy"]["body"].split()) not in BODY_WORDS:
            yield f"{row['id']}: the body has {len(row['copy']['body'].split())} words"
    if pair["match"] not in pair["copy"][pair["slot"]]:
        yield f"match {pair['match']!r} is not in copy.{pair['slot']}"
    if both(pair, category)[0]["copy"] == both(pair, category)[1]["copy"] and not set(
        pair["twin"]
    ) & {"add_facts", "offer", "brief"}:
        yield "the twin does not differ"


def _validate(paths: Sequence[Path]) -> int:
    found = 0
    for path in paths:
        for pair in _read(path):
            try:
                problems = list(faults(pair, path.stem))
            except (ValueError, KeyError) as error:
                problems = [f"{type(error).__name__}: {error}"]
            for problem in problems:
                found += 1
                print(f"{path.name} {pair.get('pair')}: {problem}")
        print(f"{path.name}: {len(_read(path))} pairs")
    return 1 if found else 0


def main() -> None:
    """Print all rows, or say what is wrong with the files named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--validate", nargs="+", type=Path, default=None)
    parser.add_argument("--numbers", choices=("even", "odd", "all"), default="all")
    chosen = parser.parse_args()
    if chosen.validate:
        sys.exit(_validate(chosen.validate))
    for row in rows():
        if chosen.numbers in ("all", parity(row["pair"])):
            print(json.dumps(row, default=str, ensure_ascii=False))


if __name__ == "__main__":
    main()
