"""Every act that people want to know of leaves a notice, in its own transaction."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from copydesk.desk.acting import PAST
from copydesk.desk.noticing import TELLS
from copydesk.errors import SelfApproval
from copydesk.notifications import Event, Notice
from copydesk.review_queue import Act, Reason
from tests.factories import a_copy
from tests.unit.desk.test_signing import KIM, LENA, blind
from tests.unit.desk.world import AXEL, MARA, ROSA, World, a_world, offering

BETTER = a_copy(subject="Mud is back: 20% off")


def notices(world: World) -> Sequence[Notice]:
    with world.store.transaction() as tx:
        return tx.outbox.unrouted(100)


def the_notice(world: World) -> Notice:
    return notices(world)[-1]


def test_a_request_for_changes_concerns_who_asked_for_the_copy() -> None:
    """What the reviewer asks is the reason, and the item is told as it stands after the act."""
    world = a_world()
    world.conversing.request_changes("rev_1", ROSA, 1, "Say until when.")
    told = the_notice(world)

    assert (told.event, told.actor) == (Event.CHANGES_REQUESTED, "rosa")
    assert told.concerns == ("mara",)
    assert told.why == "rosa asks for changes: Say until when."
    assert (told.item, told.state, told.version) == ("rev_1", "changes_requested", 2)
    assert (told.campaign, told.brand, told.kind) == ("spring", "Northpeak", "promotion")


def test_an_answer_comes_back_to_who_asked_for_it() -> None:
    """The reviewer who asked is told, and nobody else by name."""
    world = a_world()
    world.conversing.request_changes("rev_1", ROSA, 1, "Say until when.")
    world.later(minutes=1)
    world.conversing.answer("rev_1", MARA, 2, BETTER, "Done.")
    told = the_notice(world)

    assert (told.event, told.concerns) == (Event.ANSWERED, ("rosa",))
    assert told.why == "mara answered: Done."
    assert told.copy_ == BETTER


@pytest.mark.parametrize("event", [Event.APPROVED, Event.REJECTED])
def test_a_decision_concerns_the_authors(event: Event) -> None:
    """Who asked for the copy and who edited it are told; who decided knows."""
    world = a_world()
    world.reviewing.edit("rev_1", ROSA, 1, BETTER)
    world.later(minutes=1)
    if event is Event.APPROVED:
        world.reviewing.approve("rev_1", AXEL, 2, "Fine.")
    else:
        world.reviewing.reject("rev_1", AXEL, 2, Reason.TONE, "Too loud.")
    told = the_notice(world)

    assert (told.event, told.concerns) == (event, ("mara", "rosa"))
    assert told.why in {"axel approved it: Fine.", "axel rejected it: tone: Too loud."}


def test_an_edit_concerns_those_who_decided_before() -> None:
    """Whose request or signature stands behind the item learns that the copy is another."""
    world = a_world()
    world.reviewing.escalate("rev_1", AXEL, 1, "Is this so?")
    world.later(minutes=1)
    world.reviewing.edit("rev_1", LENA, 2, BETTER)
    told = the_notice(world)

    assert (told.event, told.concerns) == (Event.EDITED, ("mara", "axel"))
    assert told.authors == ("lena", "mara")


def test_what_is_taken_back_concerns_those_who_were_told_before() -> None:
    """The requester who heard of an approval hears of its end."""
    world = a_world()
    world.reviewing.approve("rev_1", AXEL, 1)
    world.later(seconds=5)
    world.reviewing.undo("rev_1", AXEL, 2)
    told = the_notice(world)

    assert (told.event, told.concerns) == (Event.UNDONE, ("mara",))
    assert told.why == "axel took back: approve."


def test_an_approval_that_is_void_comes_back_to_who_gave_it() -> None:
    """When the facts change, approver and requester are told, and that it is not served."""
    world = a_world()
    world.reviewing.approve("rev_1", AXEL, 1)
    world.later(minutes=1)
    nora = MARA._replace(name="nora")
    world.serving.set_brief("spring", offering(30), nora, 1)
    told = {notice.event: notice for notice in notices(world)}

    assert told[Event.VOIDED].concerns == ("mara", "axel")
    assert told[Event.VOIDED].asks == ("reviewer", "approver")
    assert set(told[Event.RECALLED].concerns) == {"mara", "axel"}
    assert told[Event.RECALLED].campaign == "spring"
    assert told[Event.RECALLED].item is None


def test_an_escalated_item_asks_those_to_whom_it_was_handed() -> None:
    """To a reviewer role, or to the approvers where none is named."""
    world = a_world()
    world.reviewing.escalate("rev_1", ROSA, 1, "Is this lawful?")
    told = the_notice(world)

    assert (told.event, told.asks) == (Event.ESCALATED, ("approver",))
    assert told.why == "rosa handed it over: Is this lawful?"


def test_what_a_blind_reader_decided_is_told_to_nobody() -> None:
    """The first of two blind decisions leaves no notice; the second tells what came of both."""
    world = blind()
    world.reviewing.approve("rev_1", AXEL, 1)
    assert notices(world) == []
    world.later(minutes=1)
    world.reviewing.approve("rev_1", KIM, 2)

    assert [one.event for one in notices(world)] == [Event.APPROVED]


def test_an_act_that_is_refused_tells_nobody() -> None:
    """The notice belongs to the transaction: no act, no notice."""
    world = a_world()
    with pytest.raises(SelfApproval):
        world.reviewing.approve("rev_1", AXEL._replace(name="mara"), 1)

    assert notices(world) == []


def test_claims_and_releases_are_nobodys_business() -> None:
    """Work as usual fills no mailbox."""
    world = a_world()
    world.reviewing.claim("rev_1", ROSA, 1)
    world.reviewing.release("rev_1", ROSA, 2)

    assert notices(world) == []


def test_every_act_on_an_item_is_told_or_left_out_on_purpose() -> None:
    """A new act has to be put in the table, or in this list of those that nobody is told of."""
    silent = {"review.claimed", "review.released", "review.dismissed"}
    assert {PAST[act] for act in Act} - silent <= set(TELLS)
