"""The judge at the desk: whatever is checked again is judged again, and no lock is held for it."""

from __future__ import annotations

from typing import Any

from copydesk.errors import ModelUnavailable
from copydesk.generation import ScriptedAnswerer
from copydesk.guardrails.judge import JudgeGuard
from copydesk.guardrails.unavailable import UNAVAILABLE
from copydesk.prompts import Prompt
from copydesk.review_queue import ReviewItem
from copydesk.storage.memory import MemoryStore
from tests.factories import a_brief, a_copy
from tests.unit.desk.world import AXEL, MARA, ROSA, World
from tests.unit.guardrails.judgements import CHARGE, INVENTED, judged

NEW_FACTS = a_brief(facts=[{"id": "drop", "text": "6 mm heel-to-toe drop"}])


def a_judged_world(*script: Any) -> tuple[World, ScriptedAnswerer]:
    """Return a desk with one item in review, and the twin that answers for the judge."""
    answerer = ScriptedAnswerer(script)
    world = World(guards=[JudgeGuard(answerer)]).with_campaign().with_item()
    return world, answerer


def categories(item: ReviewItem) -> list[str]:
    return [finding.category for finding in item.checked.findings]


def test_an_edit_is_judged() -> None:
    """The new words go to the judge with the campaign's brief, and its finding is on the item."""
    world, answerer = a_judged_world(judged([CHARGE]))
    item = world.reviewing.edit("rev_1", ROSA, 1, INVENTED)

    assert categories(item) == ["legal.origin_claim"]
    assert "made by hand" in answerer.prompts[0].user


def test_an_edit_that_cannot_be_judged_waits_with_a_finding_that_says_so() -> None:
    """Nothing of the reviewer's work is lost to an outage, and nothing passes because of it."""
    world, _ = a_judged_world(ModelUnavailable("down for a minute"))
    item = world.reviewing.edit("rev_1", ROSA, 1, INVENTED)

    assert item.copy_now == INVENTED
    assert categories(item) == [UNAVAILABLE]


def test_nobody_waits_for_the_judge() -> None:
    """While the judge is asked no transaction is open: a slow model holds up no other user."""
    store, held = MemoryStore(), []

    def answer(_: Prompt) -> str:
        held.append(store._lock.locked())
        return judged([])

    world = World(store=store, guards=[JudgeGuard(ScriptedAnswerer(answer))])
    world.with_campaign().with_item()
    world.reviewing.edit("rev_1", ROSA, 1, INVENTED)
    world.serving.set_brief("spring", NEW_FACTS, MARA, 1)

    assert held == [False, False]


def test_signing_asks_nobody() -> None:
    """On the facts that it was checked on, copy is signed without another call."""
    world, answerer = a_judged_world()
    world.reviewing.approve("rev_1", AXEL, 1)

    assert not answerer.prompts


def test_a_change_of_the_brief_is_judged_in_one_call() -> None:
    """All copy in review that leans on the campaign goes to the judge together."""
    world, answerer = a_judged_world(judged([CHARGE | {"quote": "mud"}], []))
    world.with_item(id="rev_2", copy_now=a_copy(subject="Mud season"))
    world.serving.set_brief("spring", NEW_FACTS, MARA, 1)

    assert len(answerer.prompts) == 1
    assert sorted(categories(world.item(one)) for one in ("rev_1", "rev_2")) == [
        [],
        ["legal.origin_claim"],
    ]


def test_the_same_brief_again_asks_nobody() -> None:
    """What changes nothing costs nothing."""
    world, answerer = a_judged_world()
    world.serving.set_brief("spring", a_brief(), MARA, 1)

    assert not answerer.prompts


def test_a_fallback_is_judged_with_the_offer_and_without() -> None:
    """Both ways that a fallback may be served are asked about, before it is signed."""
    world, answerer = a_judged_world(judged([]), judged([]))
    world.serving.set_fallback("spring", INVENTED, AXEL, 1)

    assert len(answerer.prompts) == 2
    assert len({prompt.user for prompt in answerer.prompts}) == 2
