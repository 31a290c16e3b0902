"""The table of moves, and what no role gets around."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from copydesk.errors import (
    BlockedCopy,
    CopydeskError,
    Forbidden,
    HeldByAnother,
    InputError,
    SelfApproval,
    WrongMove,
)
from copydesk.guardrails import Severity
from copydesk.review_queue import (
    Act,
    Deed,
    Dismissal,
    Reason,
    Reviewer,
    ReviewItem,
    State,
    move,
    open_acts,
    with_facts,
)
from tests.factories import NOW, a_brand, a_brief, a_copy, an_audience
from tests.unit.review_queue.items import PASSED, a_finding, an_item, checked

REVIEWER = Reviewer("rosa")
APPROVER = Reviewer("axel", may_approve=True)
LATER = NOW + timedelta(minutes=16)

WARNING = a_finding(severity=Severity.WARN)
DEED = Deed(
    note="please look", reason="tone", copy=a_copy(subject="Mud is back"), checked=PASSED,
    approval_hash="a" * 64,
)  # fmt: skip
DISMISSING = Deed(
    note="fine", reason="false_alarm",
    dismissal=Dismissal(finding=WARNING, by="rosa", at=NOW, reason="false_alarm"),
)  # fmt: skip

# What each act leads to, by state, for a reviewer and for an approver who hold the item where
# somebody holds it. `-` is no move, `!` needs an approver.
EXPECTED = """
                   claim         approve     edit                reject            escalate            release             approve_with_edit  request_changes                      answer dismiss
waiting            claimed/claimed     !/approved  waiting/waiting     rejected/rejected escalated/escalated -/-                 !/waiting          changes_requested/changes_requested  -/-    waiting/waiting
claimed            claimed/claimed     !/approved  waiting/waiting     rejected/rejected escalated/escalated waiting/waiting     !/waiting          changes_requested/changes_requested  -/-    claimed/claimed
escalated          !/escalated         !/approved  !/escalated         !/rejected        !/escalated         !/escalated         !/escalated        !/changes_requested                  -/-    !/escalated
changes_requested  -/-                 -/-         -/-                 rejected/rejected -/-                 waiting/waiting     -/-                -/-                                  !/!    -/-
approved           -/-                 -/-         -/-                 -/-               -/-                 -/-                 -/-                -/-                                  -/-    -/-
rejected           -/-                 -/-         -/-                 -/-               -/-                 -/-                 -/-                -/-                                  -/-    -/-
"""  # noqa: E501 - a table


def outcomes() -> dict[tuple[str, str, bool], str]:
    head, *rows = [line.split() for line in EXPECTED.strip().splitlines()]
    cells = {(row[0], act): cell for row in rows for act, cell in zip(head, row[1:], strict=True)}
    return {
        (*place, is_approver): cell.split("/")[is_approver]
        for place, cell in cells.items()
        for is_approver in (False, True)
    }


def held(state: State, by: Reviewer) -> ReviewItem:
    if state in {State.CLAIMED, State.ESCALATED}:
        lease = {"holder": by.name, "lease_until": NOW + timedelta(minutes=15)}
        return an_item(state=state, checked=checked(WARNING), **lease)
    return an_item(state=state, checked=checked(WARNING))


def deed(act: Act) -> Deed:
    """Return what the act needs; an escalation or a question to the requester carries no copy."""
    if act is Act.DISMISS:
        return DISMISSING
    return DEED if act in {Act.EDIT, Act.APPROVE_WITH_EDIT} else replace(DEED, copy=None)


@pytest.mark.parametrize(("state", "act", "is_approver"), list(product(State, Act, (False, True))))
def test_every_act_in_every_state_does_what_the_table_says(
    state: State, act: Act, is_approver: bool
) -> None:
    """Each of 120 combinations of state, act and role moves the item or is refused."""
    by = APPROVER if is_approver else REVIEWER
    expected = outcomes()[state.value, act.value, is_approver]
    item = held(state, by)

    if expected in {"-", "!"}:
        with pytest.raises({"-": WrongMove, "!": Forbidden}[expected]):
            move(item, act, by, NOW, deed(act))
    else:
        assert move(item, act, by, NOW, deed(act)).state is State(expected)


@pytest.mark.parametrize(("state", "is_approver"), list(product(State, (False, True))))
def test_open_acts_are_those_that_would_be_allowed(state: State, is_approver: bool) -> None:
    """The acts offered to a person are exactly the acts that the table grants."""
    by = APPROVER if is_approver else REVIEWER
    granted = [act for act in Act if outcomes()[state, act, is_approver] not in {"-", "!"}]

    assert open_acts(held(state, by), by, NOW) == tuple(granted)


def test_a_move_counts_the_version_and_keeps_the_decision() -> None:
    """Every act gives the next version and appends who did what, when and why."""
    moved = move(an_item(version=4), Act.REJECT, REVIEWER, LATER, deed(Act.REJECT))

    assert moved.version == 5
    assert moved.updated_at == LATER
    assert moved.decisions[-1].model_dump() == {
        "act": "reject", "actor": "rosa", "at": LATER, "note": "please look", "reason": "tone",
    }  # fmt: skip


def test_a_claim_holds_for_the_lease() -> None:
    """A claimed item names its holder until the lease ends."""
    claimed = move(an_item(), Act.CLAIM, REVIEWER, NOW, Deed(lease=timedelta(minutes=5)))

    assert (claimed.holder, claimed.lease_until) == ("rosa", NOW + timedelta(minutes=5))


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.ANSWER])
def test_a_running_lease_keeps_everybody_else_out(act: Act) -> None:
    """While a lease runs no act of another is possible, not even an approver's."""
    item = move(an_item(), Act.CLAIM, REVIEWER, NOW)

    with pytest.raises(HeldByAnother, match="rosa holds this item until 2026-03-06 12:15"):
        move(item, act, APPROVER, NOW, DEED)


def test_a_lease_that_ran_out_may_be_taken_over() -> None:
    """After the lease another reviewer claims the item, and then holds it."""
    item = move(an_item(), Act.CLAIM, REVIEWER, NOW)
    taken = move(item, Act.CLAIM, APPROVER, LATER)

    assert taken.holder == "axel"
    with pytest.raises(HeldByAnother):
        move(taken, Act.REJECT, REVIEWER, LATER, DEED)


def test_a_claim_that_ran_out_counts_as_waiting() -> None:
    """The state of an abandoned claim is waiting again, with nobody having to release it."""
    item = move(an_item(), Act.CLAIM, REVIEWER, NOW)

    assert (item.state_at(NOW), item.state_at(LATER)) == (State.CLAIMED, State.WAITING)


@pytest.mark.parametrize("author", [{"requester": "axel"}, {"editors": ("rosa", "axel")}])
def test_nobody_approves_their_own_copy(author: dict[str, Any]) -> None:
    """Who asked for the copy or edited it cannot approve it, whatever their roles."""
    with pytest.raises(SelfApproval, match=r"axel .* another person must approve it"):
        move(an_item(**author), Act.APPROVE, APPROVER, NOW, DEED)


def test_blocked_copy_cannot_be_approved_but_edited() -> None:
    """A blocking finding refuses the signature in its own words, and leaves the edit open."""
    item = an_item(checked=checked(a_finding()))

    with pytest.raises(BlockedCopy, match="the offer says 30%"):
        move(item, Act.APPROVE, APPROVER, NOW, DEED)
    assert Act.EDIT in open_acts(item, APPROVER, NOW)


def test_an_editor_is_an_author_and_hands_the_item_back() -> None:
    """After an edit the item waits for another, its editor is named, and the slots changed told."""
    item = move(an_item(), Act.CLAIM, APPROVER, NOW)
    edited = move(item, Act.EDIT, APPROVER, NOW, DEED)

    assert (edited.state, edited.holder, edited.editors) == (State.WAITING, None, ("axel",))
    assert edited.copy_now == DEED.copy
    assert edited.decisions[-1].note == "changed subject: please look"
    with pytest.raises(SelfApproval):
        move(edited, Act.APPROVE, APPROVER, NOW, DEED)


def test_an_edit_that_changes_nothing_is_refused() -> None:
    """The same copy again would make an author of somebody who wrote nothing."""
    with pytest.raises(InputError, match="the same as before"):
        move(an_item(), Act.EDIT, REVIEWER, NOW, Deed(copy=a_copy(), checked=PASSED))


def test_nobody_gives_back_what_nobody_holds() -> None:
    """Releasing an escalated item without a holder is no move."""
    with pytest.raises(WrongMove, match="nothing to give back"):
        move(an_item(state=State.ESCALATED), Act.RELEASE, APPROVER, NOW)


def test_a_final_decision_says_that_it_is_final() -> None:
    """The refusal names the state and that nothing leads out of it."""
    with pytest.raises(WrongMove, match="is approved: reject is not possible, that decision"):
        move(an_item(state=State.APPROVED), Act.REJECT, APPROVER, NOW, DEED)


@pytest.mark.parametrize(
    ("act", "deed", "said"),
    [
        (Act.REJECT, Deed(reason="ugly"), "give one of: off_brand, untrue, unlawful"),
        (Act.REJECT, Deed(), "give one of"),
        (Act.REJECT, Deed(reason=Reason.OTHER, note="  "), "`other` needs a note"),
        (Act.ESCALATE, Deed(note=" "), "say what the approver should look at"),
    ],
)
def test_an_act_says_what_it_lacks(act: Act, deed: Deed, said: str) -> None:
    """A rejection needs a known reason, `other` and an escalation need words."""
    with pytest.raises(InputError, match=said):
        move(an_item(), act, REVIEWER, NOW, deed)


def test_other_facts_make_another_version_and_an_author() -> None:
    """An item on new facts has the next version, the new check, and their author among its own."""
    item = move(an_item(), Act.CLAIM, REVIEWER, NOW)
    facts = (a_brief(cta="Go"), a_brand(), an_audience())
    fresh = with_facts(item, facts, checked(a_finding()), LATER, "kim")

    assert (fresh.version, fresh.state, fresh.holder) == (3, State.CLAIMED, "rosa")
    assert fresh.brief.cta == "Go"
    assert fresh.editors == ("kim",)
    with pytest.raises(CopydeskError):
        move(fresh, Act.APPROVE, Reviewer("kim", may_approve=True), LATER, DEED)
