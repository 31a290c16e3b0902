"""Requests for changes, their answers, escalation to a role, comments, and checking an edit."""

from __future__ import annotations

import pytest

from copydesk.access import Actor, Role
from copydesk.errors import (
    Contradiction,
    Forbidden,
    InputError,
    KeyReused,
    NotFound,
    SelfApproval,
    WrongMove,
)
from copydesk.guardrails import Verdict
from copydesk.review_queue import Policy, State
from copydesk.variants import Slot
from tests.factories import a_copy
from tests.unit.desk.test_signing import KIM, LENA, policy
from tests.unit.desk.world import ADA, AXEL, MARA, ROSA, TOOL, World, a_world

BETTER = a_copy(subject="Mud is back: 20% off")
NIA = Actor("nia", frozenset({Role.REVIEWER}), frozenset({"legal"}))


def staffed(known: Policy | None = None) -> World:
    """Return a desk that knows nia, who reviews as `legal`, and lena, who reviews as `counsel`."""
    world = (World(policy=known) if known else World()).with_campaign().with_item()
    for name, role in (("nia", "legal"), ("lena", "counsel")):
        world.access.add_user(name, [Role.REVIEWER], None, ADA)
        world.access.set_reviewer_roles(name, [role], ADA)
    return world


def test_changes_are_asked_of_the_requester_who_answers_with_an_edit() -> None:
    """The item leaves the queue for the requester, and comes back with the whole history."""
    world = a_world()
    asked = world.conversing.request_changes("rev_1", ROSA, 1, "Say until when.")
    (own,) = world.conversing.to_answer(MARA)
    answered = world.conversing.answer("rev_1", MARA, own.version, BETTER, "Done.")

    assert asked.state is State.CHANGES_REQUESTED
    assert (answered.state, answered.copy_now) == (State.WAITING, BETTER)
    assert [one.act for one in answered.decisions] == ["request_changes", "edit", "answer"]
    request = answered.change_request
    assert request is not None
    assert (request.asks, request.by, request.answered_by) == ("Say until when.", "rosa", "mara")
    assert world.conversing.to_answer(MARA) == []


def test_a_reply_is_an_answer_too() -> None:
    """Words alone send the item back, with the copy as it was."""
    world = a_world()
    asked = world.conversing.request_changes("rev_1", AXEL, 1, "Is it 20%?")
    answered = world.conversing.answer("rev_1", MARA, asked.version, note="It is.")

    assert (answered.state, answered.copy_now) == (State.WAITING, a_copy())
    assert answered.decisions[-1].note == "It is."
    assert world.reviewing.approve("rev_1", AXEL, 3).state is State.APPROVED


def test_only_who_asked_for_the_copy_answers() -> None:
    """Another requester does not see it, a reviewer is refused; so is an unasked answer."""
    world = a_world()
    other = Actor("olu", frozenset({Role.REQUESTER}))
    with pytest.raises(WrongMove, match="answer is not possible"):
        world.conversing.answer("rev_1", MARA, 1, note="So.")
    world.conversing.request_changes("rev_1", ROSA, 1, "Why?")

    with pytest.raises(NotFound, match="no review item rev_1"):
        world.conversing.answer("rev_1", other, 2, note="So.")
    both = Actor("rob", frozenset({Role.REQUESTER, Role.REVIEWER}))
    with pytest.raises(Forbidden, match="mara asked for this copy, and answers for it"):
        world.conversing.answer("rev_1", both, 2, note="So.")
    with pytest.raises(Forbidden, match="needs the role requester"):
        world.conversing.answer("rev_1", ROSA, 2, note="So.")
    with pytest.raises(WrongMove, match="approve is not possible"):
        world.reviewing.approve("rev_1", AXEL, 2)


@pytest.mark.parametrize("note", [None, " "])
def test_asking_and_answering_take_words(note: str | None) -> None:
    """A request says what should change; an answer has copy or words."""
    world = a_world()
    with pytest.raises(InputError, match="say what the requester should change"):
        world.conversing.request_changes("rev_1", ROSA, 1, note)
    world.conversing.request_changes("rev_1", ROSA, 1, "Why?")

    with pytest.raises(InputError, match="answer with an edit"):
        world.conversing.answer("rev_1", MARA, 2, note=note)


def test_a_request_is_taken_back() -> None:
    """Any reviewer may release an item that waits for its requester, who may be away."""
    world = a_world()
    world.conversing.request_changes("rev_1", ROSA, 1, "Why?")

    assert world.reviewing.release("rev_1", AXEL, 2).state is State.WAITING


def test_an_answer_to_an_escalated_item_leaves_it_escalated() -> None:
    """It comes back to where it was: with whom it was escalated to."""
    world = staffed()
    world.reviewing.escalate("rev_1", ROSA, 1, "Lawful?", "legal")
    world.conversing.request_changes("rev_1", NIA, 2, "Which law?")
    answered = world.conversing.answer("rev_1", MARA, 3, note="The FTC Act.")

    assert (answered.state, answered.escalated_to) == (State.ESCALATED, "legal")


def test_an_item_is_escalated_to_a_role() -> None:
    """Who holds the role acts on it, others do not; a signature stays an approver's."""
    world = staffed()
    handed = world.reviewing.escalate("rev_1", ROSA, 1, "Lawful?", "legal")

    assert (handed.escalated_to, handed.decisions[-1].note) == ("legal", "to legal: Lawful?")
    for outsider in (ROSA, AXEL):
        with pytest.raises(Forbidden, match="needs the reviewer role legal"):
            world.reviewing.reject("rev_1", outsider, 2, "unlawful")
    with pytest.raises(Forbidden, match="needs the role approver"):
        world.reviewing.approve("rev_1", NIA, 2)
    assert world.reviewing.reject("rev_1", NIA, 2, "unlawful").state is State.REJECTED


def test_an_approver_hands_an_escalated_item_on() -> None:
    """So that none is stuck with a role whose holder left; without a role it is any approver's."""
    world = staffed()
    world.reviewing.escalate("rev_1", ROSA, 1, "Lawful?", "legal")
    with pytest.raises(Forbidden, match="needs the role approver"):
        world.reviewing.escalate("rev_1", ROSA, 2, "Again?")
    world.reviewing.escalate("rev_1", AXEL, 2, "Nobody is there.")

    assert world.reviewing.approve("rev_1", AXEL, 3).state is State.APPROVED


def test_a_role_that_nobody_holds_is_refused() -> None:
    """The refusal names the roles that somebody holds, as the policy maps them."""
    world = staffed(policy(signers={"legal": ["counsel"]}))

    with pytest.raises(Contradiction, match=r"a role that somebody holds \(counsel, legal\)"):
        world.reviewing.escalate("rev_1", ROSA, 1, "Safe?", "medical")
    assert world.reviewing.escalate("rev_1", ROSA, 1, "Lawful?", "legal").version == 2
    assert world.reviewing.reject("rev_1", LENA, 2, "unlawful").state is State.REJECTED


def test_approving_with_an_edit_needs_another_to_sign() -> None:
    """The edit and its approval are told apart, and its editor is an author."""
    world = a_world()
    edited = world.reviewing.approve_with_edit("rev_1", AXEL, 1, BETTER, "Shorter.")

    assert (edited.state, edited.editors) == (State.WAITING, ("axel",))
    assert [one.act for one in edited.decisions] == ["edit", "approve_with_edit"]
    with pytest.raises(SelfApproval):
        world.reviewing.approve("rev_1", AXEL, 2)
    with pytest.raises(Forbidden):
        world.reviewing.approve_with_edit("rev_1", ROSA, 2, a_copy(subject="Mud"))
    assert world.reviewing.approve("rev_1", KIM, 2).copy_now == BETTER


def test_an_edit_is_checked_while_it_is_written() -> None:
    """Copy is checked on the item's facts, for reviewer and requester, and nothing is stored."""
    world = a_world()
    wrong = a_copy(subject="50% off")

    for actor in (ROSA, MARA, ADA):
        assert world.reviewing.check("rev_1", actor, wrong).verdict is Verdict.BLOCK
        assert world.reviewing.check("rev_1", actor, BETTER).verdict is Verdict.PASS
    with pytest.raises(Forbidden):
        world.reviewing.check("rev_1", TOOL, BETTER)
    assert (world.item().version, world.acts("rev_1")) == (1, [])


def test_comments_are_for_reviewers_and_the_requester() -> None:
    """Both sides talk on the item, which keeps its version; others are refused."""
    world = a_world()
    world.conversing.comment("rev_1", ROSA, "Is this new?", Slot.SUBJECT)
    world.later(minutes=1)
    world.conversing.comment("rev_1", MARA, "It is.")

    said = world.conversing.comments("rev_1", AXEL)
    assert [(one.by, one.text, one.slot) for one in said] == [
        ("rosa", "Is this new?", Slot.SUBJECT),
        ("mara", "It is.", None),
    ]
    assert world.item().version == 1
    assert world.acts("rev_1") == [("review.commented", "rosa"), ("review.commented", "mara")]
    with pytest.raises(Forbidden):
        world.conversing.comment("rev_1", TOOL, "Me, too.")
    with pytest.raises(NotFound):
        world.conversing.comment("rev_1", Actor("olu", frozenset({Role.REQUESTER})), "Me, too.")


def test_a_comment_with_a_key_is_said_once() -> None:
    """The same words again give the same comment, other words are refused."""
    world = a_world()
    first = world.conversing.comment("rev_1", ROSA, "Hm.", key="k1")
    world.later(minutes=1)

    assert world.conversing.comment("rev_1", ROSA, "Hm.", key="k1") == first
    assert len(world.acts("rev_1")) == 1
    with pytest.raises(KeyReused):
        world.conversing.comment("rev_1", ROSA, "Oh.", key="k1")


def test_blind_readers_do_not_read_each_others_comments() -> None:
    """Each sees their own words and the requester's, until both have decided."""
    blind = policy(signatures=[{"blind": True}])
    world = World(policy=blind).with_campaign().with_item()
    for actor, text in ((KIM, "Too loud."), (MARA, "As agreed.")):
        world.conversing.comment("rev_1", actor, text)
        world.later(minutes=1)

    def read_by(actor: Actor) -> list[str]:
        return [one.text for one in world.conversing.comments("rev_1", actor)]

    assert (read_by(AXEL), len(read_by(KIM))) == (["As agreed."], 2)
    world.reviewing.approve("rev_1", KIM, 1)
    world.reviewing.approve("rev_1", AXEL, 2)
    assert read_by(AXEL) == ["Too loud.", "As agreed."]
