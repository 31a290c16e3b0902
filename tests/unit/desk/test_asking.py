import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from copydesk.access import Actor, Role
from copydesk.bootstrap import Copydesk, bootstrap
from copydesk.errors import (
    Conflict,
    Forbidden,
    KeyReused,
    ModelUnavailable,
    NotFound,
    SelfApproval,
    StaleVersion,
)
from copydesk.generation import Draft, DraftRequest
from copydesk.generation.scripted import Answer, ScriptedModel
from copydesk.generations import Generation, GenerationRequest, GenerationState
from copydesk.publishing import PullQuery
from copydesk.review_queue import ReviewQuery, Route, State
from copydesk.settings import Settings
from copydesk.storage.memory import MemoryStore
from tests.factories import BRIEF, COPY, NOW, a_brand, a_brief, an_audience
from tests.unit.desk.world import TOOL

MARA = Actor("mara", frozenset({Role.REQUESTER}))
OTTO = Actor("otto", frozenset({Role.REQUESTER}))
AXEL = Actor("axel", frozenset({Role.APPROVER}))
DRAFT = Draft.model_validate({"angle": "deadline", "facts": [], **COPY})


def a_desk(script: list[Answer] | None = None) -> Copydesk:
    settings = Settings(database_url="memory://")
    model = ScriptedModel(script if script is not None else [[DRAFT]], repeat=True)
    return bootstrap(settings, store=MemoryStore(), model=model, clock=lambda: NOW)


def a_request(**changes: Any) -> GenerationRequest:
    given = {"brief": a_brief(), "brand": a_brand(), "audience": an_audience(), "n": 1}
    return GenerationRequest.model_validate({**given, "campaign": "spring", **changes})


def asked(desk: Copydesk, **changes: Any) -> Generation:
    accepted = desk.asking.accept(a_request(**changes), MARA)
    return asyncio.run(desk.asking.run(accepted.id))


def test_what_the_policy_approves_can_be_pulled_under_its_hash() -> None:
    """An ordinary audience's clean copy is in the library as soon as it is written."""
    desk = a_desk()

    done = asked(desk)

    (variant,) = done.variants
    assert (done.state, variant.route) == (GenerationState.DONE, Route.APPROVED)
    assert desk.serving.pull(PullQuery("spring"), TOOL).approval_hash == variant.approval_hash


def test_what_is_sensitive_waits_with_all_that_its_reviewer_needs() -> None:
    """A review item holds brief, brand, audience, check, score and the reason it waits."""
    desk = a_desk()

    done = asked(desk, audience=an_audience(sensitive=True))

    (item,) = desk.reviewing.find(ReviewQuery(generation_id=done.id), AXEL)
    assert item.id == done.variants[0].review_id
    assert (item.requester, item.routed_by) == ("mara", "sensitive-audience")
    assert item.score == done.variants[0].score


def test_a_generation_that_is_run_again_ends_once() -> None:
    """A second run of a finished generation returns it and writes nothing."""
    model = ScriptedModel([[DRAFT]])
    desk = bootstrap(Settings(database_url="memory://"), store=MemoryStore(), model=model)
    first = asked(desk)

    again = asyncio.run(desk.asking.run(first.id))

    assert again == first
    assert len(model.requests) == 1


def test_two_runs_side_by_side_keep_one_result() -> None:
    """Two workers on one generation open one review item, not two."""
    desk = a_desk()
    accepted = desk.asking.accept(a_request(audience=an_audience(sensitive=True)), MARA)

    async def both() -> list[Generation]:
        return await asyncio.gather(*(desk.asking.run(accepted.id) for _ in range(2)))

    one, other = asyncio.run(both())

    assert one.variants == other.variants
    assert len(desk.reviewing.find(ReviewQuery(), AXEL)) == 1


def test_a_run_that_fails_late_takes_nothing_back() -> None:
    """When one of two workers has finished, the other's failure leaves the result as it is."""
    desk = a_desk([[DRAFT]])
    accepted = desk.asking.accept(a_request(), MARA)

    def overtaken(_: DraftRequest) -> Answer:
        with ThreadPoolExecutor() as other_worker:
            other_worker.submit(asyncio.run, desk.asking.run(accepted.id)).result()
        return ModelUnavailable("no answer in 60 s")

    late = bootstrap(
        Settings(database_url="memory://"), store=desk.store, model=ScriptedModel(overtaken)
    )

    ended = asyncio.run(late.asking.run(accepted.id))

    assert ended.state is GenerationState.DONE
    assert desk.asking.get(accepted.id, MARA) == ended


def test_a_failure_is_kept_in_words() -> None:
    """When no model answers, the generation says failed and why, and nothing is raised."""
    done = asked(a_desk([ModelUnavailable("no answer in 60 s")]))

    assert done.state is GenerationState.FAILED
    assert done.error == "no answer in 60 s"


def test_an_unforeseen_error_still_ends_the_generation(caplog: pytest.LogCaptureFixture) -> None:
    """A fault inside ends in a failed state for the requester and a traceback in the log."""

    def fault(request: DraftRequest) -> Answer:
        raise ZeroDivisionError(request.n)

    model = ScriptedModel(fault)
    desk = bootstrap(Settings(database_url="memory://"), store=MemoryStore(), model=model)

    done = asked(desk)

    assert done.state is GenerationState.FAILED
    assert "inside Copydesk" in (done.error or "")
    assert "ZeroDivisionError" in caplog.text


def test_a_repeated_idempotency_key_gives_the_first_generation() -> None:
    """The same key with the same request is the same generation; with another, an error."""
    desk = a_desk()
    first = desk.asking.accept(a_request(), MARA, "key-1")

    assert desk.asking.accept(a_request(), MARA, "key-1").id == first.id
    with pytest.raises(KeyReused):
        desk.asking.accept(a_request(n=3), MARA, "key-1")


def test_a_campaign_keeps_its_brief_unless_it_is_changed_on_purpose() -> None:
    """Asking for a campaign with other facts is refused with the way to change them."""
    desk = a_desk()
    asked(desk)
    other = a_brief(offer={**BRIEF["offer"], "value": 30})

    with pytest.raises(Conflict, match="PUT /v1/campaigns/spring/brief"):
        desk.asking.accept(a_request(brief=other), MARA)


def test_copy_written_on_facts_that_changed_meanwhile_waits_for_a_person() -> None:
    """When the brief changes between asking and writing, no rule approves the old facts."""
    desk = a_desk()
    accepted = desk.asking.accept(a_request(), MARA)
    changed = a_brief(offer={**BRIEF["offer"], "value": 30})
    desk.serving.set_brief("spring", changed, MARA, 1)

    done = asyncio.run(desk.asking.run(accepted.id))

    assert [(v.route, v.rule) for v in done.variants] == [(Route.REVIEW, "facts-changed")]


def test_whoever_changes_an_audience_signs_nothing_written_for_it() -> None:
    """As with a brief: who asks again, of people told of otherwise, is an author from then on."""
    desk = a_desk()
    olu = Actor("olu", frozenset({Role.REQUESTER, Role.APPROVER}))
    done = asked(desk, audience=an_audience(sensitive=True))
    (item,) = desk.reviewing.find(ReviewQuery(generation_id=done.id), olu)
    other = an_audience(sensitive=True, description="Whoever ran with us last year")
    desk.asking.accept(a_request(audience=other), olu)

    with pytest.raises(SelfApproval):
        desk.reviewing.approve(item.id, olu, item.version + 1)
    with pytest.raises(StaleVersion, match="campaign changed"):
        desk.reviewing.approve(item.id, AXEL, item.version + 1)
    assert desk.reviewing.approve(item.id, AXEL, item.version + 2).state is State.APPROVED


def test_only_a_requester_asks() -> None:
    """A reviewer's or approver's role does not include asking."""
    with pytest.raises(Forbidden, match="needs the role requester"):
        a_desk().asking.accept(a_request(), AXEL)


def test_a_requester_reads_their_own_and_a_reviewer_reads_all() -> None:
    """Another requester's generation is not found; an approver may read it."""
    desk = a_desk()
    done = asked(desk)

    assert desk.asking.get(done.id, AXEL) == done
    assert desk.asking.latest(OTTO) == []
    with pytest.raises(NotFound):
        desk.asking.get(done.id, OTTO)


def test_what_was_accepted_is_listed_until_it_is_finished() -> None:
    """A restart finds what it has to finish."""
    desk = a_desk()
    accepted = desk.asking.accept(a_request(), MARA)
    assert desk.asking.unfinished() == [accepted.id]

    asyncio.run(desk.asking.run(accepted.id))

    assert desk.asking.unfinished() == []
