"""What is measured of each entrant."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache

import pytest

from copydesk.bootstrap import bootstrap
from copydesk.errors import ModelUnavailable
from copydesk.evaluation import BriefCase, Entrant, Evaluation, Result, evaluate, page
from copydesk.evaluation.results import row_of
from copydesk.evaluation.variety import distinct, self_similarity
from copydesk.generation import Draft
from copydesk.generation.scripted import Answer, ScriptedModel
from copydesk.generations import GenerationRequest
from copydesk.settings import Settings
from copydesk.variants import Usage
from tests.factories import COPY, a_brand, a_brief, a_copy, an_audience

GOOD = Draft(angle="deadline", **COPY)
BAD = Draft(
    angle="news",
    subject="Cheap <script>shoes</script>",
    preheader="Crush it",
    body="Half price today, and they cure knee pain.",
)


@cache
def evaluation() -> Evaluation:
    """Return one good draft and one that stays bad, beside a model that fails."""
    request = GenerationRequest(brief=a_brief(), audience=an_audience(), brand=a_brand(), n=3)
    answers: Sequence[Answer] = ([GOOD, BAD], [BAD])
    entrants = [
        Entrant("mixed", ScriptedModel(answers), "v1"),
        Entrant("down", ScriptedModel([ModelUnavailable("no answer")]), "v1"),
    ]
    desk = bootstrap(Settings(database_url="memory://", model="phrasebook")).pipeline.desk
    said: list[str] = []
    cases = [BriefCase("trail", "lapsed", request)]
    made = asyncio.run(evaluate("examples/trail", cases, entrants, desk, said.append))
    assert said == ["mixed, v1: trail, lapsed", "down, v1: trail, lapsed"]
    return made


def test_shares_are_of_what_was_asked_for() -> None:
    """One accepted draft of three asked for is a third, whatever became of the others."""
    mixed = evaluation().rows[0]

    assert mixed.asked == 3
    assert mixed.accepted == mixed.first_time == pytest.approx(1 / 3)
    assert mixed.failed == 0


def test_findings_are_counted_by_category() -> None:
    """What blocked a draft is counted under its category, warnings are not."""
    counted = evaluation().rows[0].findings

    assert counted["brand.banned_term"] >= 1
    assert list(counted.values()) == sorted(counted.values(), reverse=True)


def test_model_that_fails_is_a_result() -> None:
    """A model that writes nothing has a row of zeros and its error, and the rest goes on."""
    down = evaluation().rows[1]

    assert (down.accepted, down.failed, down.seconds) == (0, 1, None)
    assert "no answer" in (evaluation().results[1].error or "")


def test_tone_that_cannot_be_told_says_why() -> None:
    """A brand with too few samples has no tone score, and the evaluation says why."""
    assert evaluation().rows[0].tone is None
    assert "samples" in (evaluation().tone_note or "")


def test_variety_is_of_the_first_drafts() -> None:
    """Difference within a request is measured before repeats and repairs change the drafts."""
    first = [GOOD.copy_, BAD.copy_]

    assert evaluation().results[0].distinct_2 == distinct(first, 2)
    assert evaluation().results[0].alike == self_similarity(first)


def test_the_same_copy_twice_is_half_distinct() -> None:
    """Of two equal copies half the runs of words are new, and the two are wholly alike."""
    same = [a_copy(body="One two three.", subject="Four five", preheader="Six seven")] * 2

    assert distinct(same, 1) == distinct(same, 2) == 0.5
    assert self_similarity(same) == 1
    assert distinct(same[:1], 1) is self_similarity(same[:1]) is None


def test_tokens_and_money_add_up_over_all_calls() -> None:
    """What rewrites used is counted too, and what no model reported stays unknown."""
    usage = (
        Usage(input_tokens=100, output_tokens=10, cost=0.5, currency="USD"),
        Usage(input_tokens=50, output_tokens=None, cost=0.25, currency="USD"),
    )
    told = Result(case="one", entrant="a, v1", asked=1, usage=usage, seconds=2)
    silent = told.model_copy(update={"usage": (Usage(),)})

    row = row_of("a, v1", "a", "v1", [told])
    unknown = row_of("a, v1", "a", "v1", [silent])

    assert (row.input_tokens, row.output_tokens) == (150, 10)
    assert (row.cost, row.currency) == (0.75, "USD")
    assert (unknown.input_tokens, unknown.cost) == (None, None)


def test_page_needs_nothing_beside_itself() -> None:
    """The page links to no style sheet, script, font or image, and suits light and dark."""
    written = page(evaluation())

    assert "<script" not in written
    assert "src=" not in written
    assert "<link" not in written
    assert "url(" not in written
    assert "prefers-color-scheme: dark" in written


def test_page_shows_copies_and_failures() -> None:
    """Every copy stands on the page, escaped, and a model that failed says why."""
    written = page(evaluation())

    assert "20% off trail shoes through March 8" in written
    assert "Cheap &lt;script&gt;shoes" in written
    assert "no answer" in written


def test_page_says_when_nothing_was_found() -> None:
    """Without findings there is a sentence in place of an empty table."""
    rows = tuple(row.model_copy(update={"findings": {}}) for row in evaluation().rows)

    assert "There are none." in page(evaluation().model_copy(update={"rows": rows}))
