"""The judge in the pipeline: one call for all variants, one more for what was changed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from copydesk.bootstrap import bootstrap
from copydesk.generation import Draft, ScriptedAnswerer, ScriptedModel
from copydesk.generations import GenerationRequest
from copydesk.review_queue import Route
from copydesk.settings import Settings
from copydesk.steps import Written
from tests.factories import COPY, a_brand, a_brief, an_audience
from tests.unit.guardrails.judgements import CHARGE, judged

OTHER = {**COPY, "subject": "Mud season: trail shoes at 20% off", "preheader": "Made by hand"}
ORIGIN = CHARGE | {"slot": "preheader", "quote": "Made by hand"}
BLOCKING = CHARGE | {"category": "legal.testimonial", "severity": "block", "quote": "so is the"}


def write(judge: ScriptedAnswerer, *answers: Sequence[dict[str, str]]) -> Written:
    """Run the whole pipeline on these drafts, the judge being the only check."""
    drafts = [[Draft(angle="news", **copy) for copy in copies] for copies in answers]
    settings = Settings(database_url="memory://", guards=("judge",))
    desk = bootstrap(settings, model=ScriptedModel(drafts), judge=judge)
    audience = an_audience()
    request = GenerationRequest(brief=a_brief(), brand=a_brand(), audience=audience, n=2)
    return asyncio.run(desk.pipeline.run("gen_1", request))


def a_judge(*script: Any) -> ScriptedAnswerer:
    return ScriptedAnswerer(script)


def test_all_variants_of_a_request_are_judged_in_one_call() -> None:
    """Two drafts, one question; what is found in one of them sends that one to a person."""
    judge = a_judge(judged([], [ORIGIN]))
    written = write(judge, [COPY, OTHER])

    assert len(judge.prompts) == 1
    routes = {str(one.variant.copy_.subject): one.route for one in written.variants}
    assert routes == {COPY["subject"]: Route.APPROVED, OTHER["subject"]: Route.REVIEW}


def test_who_judged_is_in_the_provenance() -> None:
    """Each variant says which model judged it, and by which policy."""
    written = write(a_judge(judged([], [])), [COPY, OTHER])

    assert {one.variant.provenance.engines["judge"] for one in written.variants} == {
        "scripted, policy judge.v1"
    }


def test_a_draft_that_the_judge_blocks_is_rewritten_and_judged_again() -> None:
    """The reason goes to the writing model, and only the rewrite is asked about again."""
    judge = a_judge(judged([], [BLOCKING]), judged([]))
    written = write(
        judge, [OTHER, COPY], [{**COPY, "subject": "Trail shoes, 20% off till March 8"}]
    )

    assert len(judge.prompts) == 2
    assert "## Variant 2" not in judge.prompts[1].user
    assert all(one.route is Route.APPROVED for one in written.variants)


def test_without_its_judge_nothing_is_approved() -> None:
    """An answer that is no judgement sends every variant to a person."""
    written = write(a_judge("Lovely!"), [COPY, OTHER])

    assert {one.route for one in written.variants} == {Route.REVIEW}
