"""Who was shown what, as a table: read line by line, so that its length does not matter.

CSV in UTF-8 with a header. The operator names the columns that hold groups; `offer`, `variant`,
`score` and `subject` are looked for under these names, and each may be missing. Where there is a
subject and no score, the ranker gives one. An empty `offer` or `variant` means that none was shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from copydesk.errors import InputError, Problem
from copydesk.ranking.fairness import Fairness, Shown
from copydesk.ranking.tables import HEADER, rows_of

OFFER, VARIANT, SCORE, SUBJECT = "offer", "variant", "score", "subject"
RECIPIENT = "recipient"
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
    for line, row in rows_of(path, groups):
        if line == HEADER and not {*TOLD} & {*row}:
            remedy = f"at least one column of {', '.join(TOLD)} is needed: what was shown"
            raise _problem(path.name, line, "", "", remedy)
        if line != HEADER:
            yield Shown(
                group_of(row, groups),
                row[OFFER] or NOTHING if OFFER in row else None,
                row[VARIANT] or NOTHING if VARIANT in row else None,
                _score(row, score, path.name, line),
            )


def people_in(path: Path, groups: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each recipient of a file, by the column `recipient`, with their group.

    Raises:
        InputError: a column is missing, or a line has no recipient.
    """
    for line, row in rows_of(path, (RECIPIENT, *groups)):
        if line != HEADER:
            if not row[RECIPIENT]:
                raise _problem(path.name, line, RECIPIENT, "", "each line is about a recipient")
            yield row[RECIPIENT], group_of(row, groups)


def group_of(row: Mapping[str, str], groups: Sequence[str]) -> str:
    """Return the group that a line is of: the cells of these columns together."""
    return " / ".join(row[name] or "(not known)" for name in groups)


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
