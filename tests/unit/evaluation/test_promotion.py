"""Whether figures speak for a later version of the prompts, and the record of them."""

from __future__ import annotations

import pytest

from copydesk.evaluation import Evaluation, Result, record, verdicts
from copydesk.evaluation.promotion import FEWEST
from copydesk.evaluation.results import Row, row_of
from tests.factories import NOW


def a_row(prompt: str, **changes: object) -> Row:
    """Return what a model made of many requests with a version of the prompts."""
    nothing = Result(case="one", entrant=f"tiny, {prompt}", asked=1)
    empty = row_of(f"tiny, {prompt}", "tiny", prompt, [nothing])
    usual = {"asked": FEWEST, "accepted": 0.9, "kept": 90, "alike": 0.5}
    return empty.model_copy(update={**usual, **changes})


def said(*rows: Row) -> list[str]:
    return [verdict.said for verdict in verdicts(an_evaluation(*rows))]


def an_evaluation(*rows: Row) -> Evaluation:
    return Evaluation(
        folder="mine|yours",
        cases=("one",),
        asked=FEWEST,
        seed=7,
        made_at=NOW,
        rows=rows,
        results=(),
    )


@pytest.mark.parametrize(
    ("changes", "ruling"),
    [
        ({"accepted": 0.95}, "ahead, since 95% are accepted, before 90%. Read the copies"),
        ({"accepted": 0.85}, "not to be promoted, since 85% are accepted, before 90%"),
        ({"findings": {"legal.prize": 1}}, "since legal.prize is found 1 times in 90 drafts"),
        ({"alike": 0.6}, "not to be promoted, since drafts are 0.60 alike, before 0.50"),
        ({"alike": 0.505}, "no better, and ties stay with v1"),
        ({}, "no better, and ties stay with v1"),
        ({"accepted": 0.99, "alike": 0.9}, "not to be promoted, since drafts are 0.90 alike"),
    ],
)
def test_a_version_has_to_be_better_and_nowhere_worse(
    changes: dict[str, object], ruling: str
) -> None:
    """Fewer accepted, more findings of a category or drafts more alike stop it; a tie does too."""
    (verdict,) = said(a_row("v1"), a_row("v2", **changes))

    assert verdict.startswith("v2 beside v1 with tiny: ")
    assert ruling in verdict


def test_few_variants_promote_nothing() -> None:
    """With fewer than a hundred variants a version may be ahead by chance."""
    (verdict,) = said(a_row("v1", asked=12), a_row("v2", asked=12, accepted=1.0))

    assert "12 variants are too few to promote it" in verdict


def test_findings_are_compared_by_draft() -> None:
    """Copy that repeats itself is kept once, so fewer drafts with as many faults are worse."""
    found = {"grounding.number": 4}
    (verdict,) = said(a_row("v1", findings=found), a_row("v2", findings=found, kept=10))

    assert "grounding.number is found 4 times in 10 drafts, before 4 times in 90" in verdict


def test_one_version_alone_decides_nothing() -> None:
    """Models are not compared with one another here: which one writes is for their user to say."""
    other = a_row("v1").model_copy(update={"model": "phrasebook"})

    assert said(a_row("v1"), other) == []
    assert "nothing follows" in record(an_evaluation(a_row("v1"), other))


def test_a_record_holds_what_was_run_and_what_follows() -> None:
    """It can be read years later: folder, day, seed, version, figures and the ruling."""
    written = record(an_evaluation(a_row("v1"), a_row("v2", findings={"legal.prize": 2})))

    assert written.startswith("# Evaluation of mine\\|yours\n")
    assert f"Run on {NOW:%Y-%m-%d} by Copydesk" in written
    assert "seed 7" in written
    assert "| accepted after checks | 90% | 90% |" in written
    assert "| found: legal.prize | 0 | 2 |" in written
    assert "- v2 beside v1 with tiny: not to be promoted" in written
