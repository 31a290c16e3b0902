from __future__ import annotations

import asyncio
import time

import pytest

from copydesk.errors import InvalidDraft, ModelMisconfigured, ModelUnavailable
from copydesk.generation import DraftRequest, Drafts, ModelChain, ScriptedModel
from tests.unit.generation.samples import a_draft, a_request


def test_the_first_that_answers_is_taken() -> None:
    """The next model is not asked when one has answered."""
    first, second = ScriptedModel([[a_draft()]]), ScriptedModel([])
    drafts = asyncio.run(ModelChain([first, second]).draft(a_request()))

    assert drafts.drafts == (a_draft(),)
    assert [attempt.outcome for attempt in drafts.attempts] == ["answered"]
    assert not second.requests


def test_a_fallback_is_on_record() -> None:
    """Each failed try is an attempt with its reason, and the model that answered is named."""
    chain = ModelChain(
        [
            ScriptedModel([ModelUnavailable("down for repair")]),
            ScriptedModel([InvalidDraft("gibberish")]),
            ScriptedModel([[a_draft()]]),
        ]
    )
    drafts = asyncio.run(chain.draft(a_request()))

    assert [(a.outcome, a.detail) for a in drafts.attempts] == [
        ("failed", "down for repair"),
        ("failed", "gibberish"),
        ("answered", ""),
    ]
    assert drafts.model == "scripted"


def test_when_all_fail_the_last_error_tells_of_all() -> None:
    """The error is of the last model's class, and its message lists every try."""
    chain = ModelChain([ScriptedModel([InvalidDraft("no copy")]), ScriptedModel([])])

    with pytest.raises(ModelMisconfigured, match=r"scripted: no copy; scripted: .*run out"):
        asyncio.run(chain.draft(a_request()))


def test_a_bug_is_not_a_fallback() -> None:
    """An error that is not about generation goes through: it is a fault of ours, to be seen."""
    chain = ModelChain([ScriptedModel([ZeroDivisionError()]), ScriptedModel([[a_draft()]])])

    with pytest.raises(ZeroDivisionError):
        asyncio.run(chain.draft(a_request()))


def test_a_chain_needs_a_model() -> None:
    """An empty chain is refused when it is built."""
    with pytest.raises(ModelMisconfigured, match="at least one"):
        ModelChain([])


def test_a_chain_is_named_for_its_order() -> None:
    """The name of a chain shows what is tried after what."""
    assert ModelChain([ScriptedModel([]), ScriptedModel([])]).name == "scripted > scripted"


def test_seconds_are_measured() -> None:
    """An attempt says how long it took."""

    class Slow:
        name = "slow"

        async def draft(self, request: DraftRequest) -> Drafts:
            await asyncio.sleep(0.01 * request.n)
            return Drafts((a_draft(),), self.name)

        async def aclose(self) -> None:
            self.closed_at = time.monotonic()

    slow = Slow()
    chain = ModelChain([slow])
    drafts = asyncio.run(chain.draft(a_request()))
    asyncio.run(chain.aclose())

    assert 0.02 <= drafts.attempts[0].seconds < 1
    assert slow.closed_at
