"""One suite for every model: what `Model` promises holds for each that is shipped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from copydesk.errors import ModelUnavailable
from copydesk.generation import Draft, Drafts, Model, ModelChain, ScriptedModel
from copydesk.generation.local import TransformersModel
from copydesk.generation.openai_compatible import OpenAIModel
from copydesk.generation.phrasebook import PhrasebookModel
from tests.servers import Call, FaultServer, says
from tests.tiny_models import tiny_llama
from tests.unit.generation.samples import a_draft, a_request, an_answer

__all__ = ["tiny_llama"]

SIX = [a_draft(subject=f"Mud season, part {number}") for number in range(6)]


@pytest.fixture
def server() -> Iterator[FaultServer]:
    def behave(call: Call) -> None:
        wanted = int(call.sent["messages"][-1]["content"].rpartition("exactly ")[2].rstrip(".\n"))
        says(an_answer(*SIX[:wanted]))(call)

    with FaultServer(behave) as running:
        yield running


@pytest.fixture(
    params=[
        "phrasebook",
        "openai",
        "scripted",
        "chain",
        pytest.param("transformers", marks=pytest.mark.ml),
    ]
)
def model(request: pytest.FixtureRequest) -> Model:
    if request.param == "transformers":
        return TransformersModel(request.getfixturevalue("tiny_llama"))
    if request.param == "openai":
        url = request.getfixturevalue("server").url
        return OpenAIModel(model="tiny", base_url=url, retries=0)
    scripted = ScriptedModel(lambda _: SIX)
    if request.param == "chain":
        return ModelChain([ScriptedModel(lambda _: ModelUnavailable()), scripted])
    return PhrasebookModel() if request.param == "phrasebook" else scripted


async def drafted(model: Model, n: int, repairs: int = 0) -> Drafts:
    try:
        return await model.draft(a_request(n, repairs))
    finally:
        await model.aclose()


@pytest.mark.parametrize("n", [1, 3, 5])
def test_it_writes_what_was_asked_for(model: Model, n: int) -> None:
    """A model gives between one and `n` drafts, each valid by itself, under its own name."""
    drafts = asyncio.run(drafted(model, n))

    assert 1 <= len(drafts.drafts) <= n
    assert drafts.model == model.name or drafts.model in model.name
    assert [Draft.model_validate(draft.model_dump()) for draft in drafts.drafts]


def test_it_cites_only_facts_that_are_there(model: Model) -> None:
    """No draft names a fact that the brief does not have."""
    drafts = asyncio.run(drafted(model, 3))

    assert {name for draft in drafts.drafts for name in draft.facts} <= {"reviews", "drop"}


def test_it_rewrites_what_was_stopped(model: Model) -> None:
    """Asked for two rewrites, a model gives no more than two."""
    drafts = asyncio.run(drafted(model, 2, repairs=2))

    assert 1 <= len(drafts.drafts) <= 2


def test_it_can_be_closed_twice_and_unused(model: Model) -> None:
    """Closing is safe before the first request and after the last."""

    async def close_twice() -> None:
        await model.aclose()
        await model.aclose()

    assert asyncio.run(close_twice()) is None
