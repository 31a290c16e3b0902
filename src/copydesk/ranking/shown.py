"""Who was shown what, as a table: read line by line, so that its length does not matter.

CSV in UTF-8 with a header. The operator names the columns that hold groups; `offer`, `variant`,
`score` and `subject` are looked for under these names, and each may be missing. Where there is a
subject and no score, the ranker gives one. An empty `offer` or `variant` means that none was shown.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from copydesk.errors import InputError, Problem
from copydesk.ranking.fairness import Fairness, Shown

OFFER, VARIANT, SCORE, SUBJECT = "offer", "variant", "score", "subject"
TOLD = (OFFER, VARIANT, SCORE, SUBJECT)
NOTHING = "(nothing)"
"""What was shown to those who were shown no offer, or no variant: they count among their group."""
Score = Callable[[str], float]


def without_nothing(found: Fairness) -> Fairness:
    """Return the report without how often nothing was shown."""
    kept = (
        {name: shares for name, shares in things.items() if name != NOTHING}
        for things in (found.offers, found.variants)
    )
    offers, variants = kept
    return found._replace(offers=offers, variants=variants)


def shown_in(path: Path, groups: Sequence[str], score: Score) -> Iterator[Shown]:
    """Yield what each line of a file shows; several columns of groups are taken together.

    `score` gives the score of a subject.

    Raises:
        InputError: a column is missing, or a cell is wrong; with the line.
    """
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, strict=True)
        try:
            yield from _shown(reader, path.name, groups, score)
        except UnicodeDecodeError as wrong:
            raise _problem(path.name, reader.line_num + 1, "", "", "save the file as UTF-8") from (
                wrong
            )
        except csv.Error as wrong:
            raise _problem(path.name, reader.line_num, "", "", f"no CSV here: {wrong}") from wrong


def _shown(
    reader: Iterator[list[str]], source: str, groups: Sequence[str], score: Score
) -> Iterator[Shown]:
    header = [name.strip() for name in next(reader, [])]
    _must_have(header, groups, source)
    for line, cells in enumerate(reader, start=2):
        if len(cells) != len(header):
            remedy = f"has {len(cells)} cells where the header has {len(header)}"
            raise _problem(source, line, "", "", remedy)
        row = dict(zip(header, map(str.strip, cells), strict=True))
        yield Shown(
            " / ".join(row[name] or "(not known)" for name in groups),
            row[OFFER] or NOTHING if OFFER in row else None,
            row[VARIANT] or NOTHING if VARIANT in row else None,
            _score(row, score, source, line),
        )


def _must_have(header: Sequence[str], groups: Sequence[str], source: str) -> None:
    missing = [name for name in groups if name not in header]
    there_are = f"no such column; there are {', '.join(header) or 'none'}"
    problems = [Problem(name, "", there_are, source, 1) for name in missing]
    if not problems and not {*TOLD} & {*header}:
        remedy = f"at least one column of {', '.join(TOLD)} is needed: what was shown"
        problems = [Problem("", "", remedy, source, 1)]
    if problems:
        raise InputError(problems)


def _score(row: dict[str, str], score: Score, source: str, line: int) -> float | None:
    held = row.get(SCORE, "")
    if not held:
        return score(row[SUBJECT]) if row.get(SUBJECT) else None
    try:
        value = float(held)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _problem(source, line, SCORE, held[:40], "a number is needed, as 0.53")
    return value


def _problem(source: str, line: int, name: str, held: str, remedy: str) -> InputError:
    return InputError([Problem(name, held, remedy, source, line)])
