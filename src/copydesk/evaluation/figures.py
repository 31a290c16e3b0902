"""The figures of an entrant, by name and in words, as terminal and records show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from copydesk.evaluation.results import Evaluation, Row

NOTHING = "-"

FIGURES: Mapping[str, Callable[[Row], str]] = {
    "accepted after checks": lambda row: percent(row.accepted),
    "passed every check": lambda row: percent(row.clean),
    "accepted without repair": lambda row: percent(row.first_time),
    "drafts kept": lambda row: str(row.kept),
    "failed requests": lambda row: str(row.failed),
    "distinct-1, distinct-2": lambda row: (
        f"{amount(row.distinct_1, 2)}, {amount(row.distinct_2, 2)}"
    ),
    "alike within a request": lambda row: amount(row.alike, 2),
    "subject, median characters": lambda row: amount(row.subject),
    "subjects cut by a client": lambda row: percent(row.subjects_cut),
    "body, median words": lambda row: amount(row.body),
    "tone, 0 to 100": lambda row: amount(row.tone),
    "tokens in, out": lambda row: f"{amount(row.input_tokens)}, {amount(row.output_tokens)}",
    "money": lambda row: f"{amount(row.cost, 4)} {row.currency or ''}".rstrip(),
    "seconds, median and slowest": lambda row: (
        f"{amount(row.seconds, 2)}, {amount(row.slowest, 2)}"
    ),
}


def categories(evaluation: Evaluation) -> list[str]:
    """Return the categories that anything was found in, by name."""
    return sorted({category for row in evaluation.rows for category in row.findings})


def percent(share: float | None) -> str:
    """Write a share as whole percent."""
    return NOTHING if share is None else f"{share:.0%}"


def amount(value: float | None, digits: int = 0) -> str:
    """Write a number, thousands set apart; a dash where there is none."""
    return NOTHING if value is None else f"{value:,.{digits}f}"
