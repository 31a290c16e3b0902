"""Deciding on review items: roles, versions, the record, and the facts of now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest

from copydesk.access import Actor, Role
from copydesk.errors import (
    BlockedCopy,
    Conflict,
    CopydeskError,
    Forbidden,
    HeldByAnother,
    InputError,
    NotFound,
    SelfApproval,
    StaleVersion,
    VersionRequired,
)
from copydesk.guardrails import Verdict
from copydesk.publishing import approval_hash
from copydesk.review_queue import Act, ReviewItem, ReviewQuery, State
from tests.factories import NOW, a_brief, a_copy, an_audience
from tests.unit.desk.world import (
    ADA,
    AXEL,
    EVERYTHING,
    MARA,
    ROSA,
    World,
    a_world,
    offering,
)

Doing = Callable[[World, Actor, int | None], ReviewItem]
NEW_COPY = a_copy(subject="Mud is back: 20% off")

DO: dict[Act, Doing] = {
    Act.CLAIM: lambda w, a, v: w.reviewing.claim("rev_1", a, v),
    Act.APPROVE: lambda w, a, v: w.reviewing.approve("rev_1", a, v),
    Act.EDIT: lambda w, a, v: w.reviewing.edit("rev_1", a, v, NEW_COPY),
    Act.REJECT: lambda w, a, v: w.reviewing.reject("rev_1", a, v, "tone"),
    Act.ESCALATE: lambda w, a, v: w.reviewing.escalate("rev_1", a, v, "Legal?"),
    Act.RELEASE: lambda w, a, v: w.reviewing.release("rev_1", a, v),
}
DONE = {
    Act.CLAIM: "review.claimed",
    Act.APPROVE: "review.approved",
    Act.EDIT: "review.edited",
    Act.REJECT: "review.rejected",
    Act.ESCALATE: "review.escalated",
    Act.RELEASE: "review.released",
}
WAITING = {
    Act.CLAIM: {Role.REVIEWER, Role.APPROVER},
    Act.APPROVE: {Role.APPROVER},
    Act.EDIT: {Role.REVIEWER, Role.APPROVER},
    Act.REJECT: {Role.REVIEWER, Role.APPROVER},
    Act.ESCALATE: {Role.REVIEWER, Role.APPROVER},
    Act.RELEASE: set[Role](),
}


@pytest.mark.parametrize(("act", "role"), list(product(DO, Role)))
def test_each_role_may_do_on_a_waiting_item_what_is_its_own(act: Act, role: Role) -> None:
    """Of thirty combinations of act and role, nine are allowed; all others change nothing."""
    world, actor = a_world(), Actor("kim", frozenset({role}))

    if role in WAITING[act]:
        moved = DO[act](world, actor, 1)
        assert moved == world.item()
        assert world.acts("rev_1") == [(DONE[act], "kim")]
    else:
        with pytest.raises(CopydeskError):
            DO[act](world, actor, 1)
        assert world.item().version == 1
        assert world.acts("rev_1") == []


@pytest.mark.parametrize("act", list(DO))
def test_every_act_needs_the_version_that_was_read(act: Act) -> None:
    """Without a version it is required, with another one it is stale, and nothing is changed."""
    world = a_world()

    with pytest.raises(VersionRequired):
        DO[act](world, AXEL, None)
    with pytest.raises(StaleVersion, match="rev_1 is at version 1, you read 7"):
        DO[act](world, AXEL, 7)
    assert world.item().version == 1


@pytest.mark.parametrize("act", list(DO))
def test_an_item_that_is_not_there_is_not_found(act: Act) -> None:
    """An unknown id is told before its version is asked for."""
    with pytest.raises(NotFound):
        DO[act](World(), AXEL, None)


def test_approved_copy_stands_in_the_library_under_its_hash() -> None:
    """The signature binds the campaign's facts and the policy, and names signer and review."""
    world = a_world()
    approved = world.reviewing.approve("rev_1", AXEL, 1, "Good.")
    item = world.item()
    expected = approval_hash(
        item.copy_now, item.brief, item.brand, item.audience, world.policy.sha256
    )

    assert (approved.state, approved.approval_hash) == (State.APPROVED, expected)
    with world.store.transaction() as tx:
        (copy,) = tx.library.served("spring")
    assert (copy.id, copy.approval_hash, copy.approved_by) == ("var_1", expected, "axel")
    assert (copy.review_id, copy.generation_id) == ("rev_1", "gen_1")
    assert world.details("rev_1")["approval_hash"] == expected
    assert world.details("rev_1")["note"] == "Good."


def test_nothing_is_approved_twice() -> None:
    """The second of two approvers who read the same version is refused."""
    world = a_world()
    world.reviewing.approve("rev_1", AXEL, 1)

    with pytest.raises(StaleVersion):
        world.reviewing.approve("rev_1", Actor("kim", EVERYTHING), 1)
    assert world.acts("rev_1") == [("review.approved", "axel")]


def test_the_requester_cannot_approve_with_every_role() -> None:
    """All roles together do not let the one who asked sign; nothing reaches the library."""
    world = a_world()

    with pytest.raises(SelfApproval):
        world.reviewing.approve("rev_1", Actor("mara", EVERYTHING), 1)
    with world.store.transaction() as tx:
        assert not tx.library.served("spring")


def test_an_editor_cannot_approve_and_another_can() -> None:
    """The edit is checked, on the record with before and after, and another signs it."""
    world = a_world()
    edited = world.reviewing.edit("rev_1", AXEL, 1, NEW_COPY, "shorter")

    assert edited.checked.verdict is Verdict.PASS
    details = world.details("rev_1")
    assert details["before"]["subject"] == str(a_copy().subject)
    assert details["after"]["subject"] == str(NEW_COPY.subject)
    with pytest.raises(SelfApproval):
        world.reviewing.approve("rev_1", AXEL, 2)
    signed = world.reviewing.approve("rev_1", Actor("kim", EVERYTHING), 2)
    assert signed.copy_now == NEW_COPY


def test_an_edit_may_block_the_copy_and_another_may_free_it() -> None:
    """A wrong number in an edit makes the item unapprovable until it is edited again."""
    world = a_world()
    wrong = world.reviewing.edit("rev_1", ROSA, 1, a_copy(subject="50% off"))

    assert wrong.checked.verdict is Verdict.BLOCK
    with pytest.raises(BlockedCopy, match="The copy says 50%"):
        world.reviewing.approve("rev_1", AXEL, 2)
    right = world.reviewing.edit("rev_1", ROSA, 2, NEW_COPY)
    assert world.reviewing.approve("rev_1", AXEL, right.version).state is State.APPROVED


def test_a_claim_keeps_others_out_until_the_lease_ends() -> None:
    """After fifteen minutes another may decide, without asking the first."""
    world = a_world()
    world.reviewing.claim("rev_1", ROSA, 1)

    with pytest.raises(HeldByAnother):
        world.reviewing.approve("rev_1", AXEL, 2)
    world.later(minutes=15)
    assert world.reviewing.approve("rev_1", AXEL, 2).state is State.APPROVED


def test_who_lost_an_item_is_told_who_took_it_over() -> None:
    """Coming back too late, the first holder learns that the lease ran out, and who has it."""
    world = a_world()
    world.reviewing.claim("rev_1", ROSA, 1)
    world.later(minutes=20)
    taken = world.reviewing.claim("rev_1", AXEL, 2)

    with pytest.raises(StaleVersion) as late:
        world.reviewing.release("rev_1", ROSA, 2)
    with pytest.raises(HeldByAnother, match="axel holds this item until"):
        world.reviewing.claim("rev_1", ROSA, taken.version)

    ran_out, until = (f"{NOW + timedelta(minutes=m):%Y-%m-%d %H:%M:%S}" for m in (15, 35))
    assert f"took over from rosa, whose lease ran out at {ran_out}" in late.value.message
    assert "claim by axel" in late.value.message
    assert f"the lease runs until {until}" in late.value.message
    assert world.details("rev_1")["note"] == taken.decisions[-1].note


def test_who_claims_again_holds_longer_and_takes_over_from_nobody() -> None:
    """After its end, one's own lease is taken anew without a word about it."""
    world = a_world()
    world.reviewing.claim("rev_1", ROSA, 1)
    world.later(minutes=20)

    again = world.reviewing.claim("rev_1", ROSA, 2)

    assert again.lease_until == world.now + timedelta(minutes=15)
    assert again.decisions[-1].note is None


def test_an_escalated_item_is_for_approvers() -> None:
    """After escalation the reviewer cannot act on it, the approver can."""
    world = a_world()
    world.reviewing.escalate("rev_1", ROSA, 1, "Is this lawful?")

    with pytest.raises(Forbidden, match="needs the role approver"):
        world.reviewing.reject("rev_1", ROSA, 2, "unlawful")
    assert world.reviewing.approve("rev_1", AXEL, 2).state is State.APPROVED


@pytest.mark.parametrize("note", [None, "", "  "])
def test_escalating_without_words_is_refused(note: str | None) -> None:
    """The approver has to be told what to look at."""
    with pytest.raises(InputError, match="say what the approver should look at"):
        a_world().reviewing.escalate("rev_1", ROSA, 1, note)


def test_facts_that_changed_are_read_before_they_are_signed() -> None:
    """An item checked on older facts is refused, brought up to date, and then can be signed."""
    world = World().with_campaign().with_item(brief=a_brief(facts=[]))

    with pytest.raises(StaleVersion, match="The campaign changed since this item was checked"):
        world.reviewing.approve("rev_1", AXEL, 1)
    fresh = world.item()
    assert (fresh.version, fresh.brief) == (2, a_brief())
    assert world.acts("rev_1") == [("review.rechecked", "copydesk")]
    assert world.reviewing.approve("rev_1", AXEL, 2).state is State.APPROVED


def test_copy_that_no_longer_fits_the_campaign_is_blocked() -> None:
    """When the campaign's offer is another now, the copy is blocked with the finding's words."""
    world = World().with_campaign().with_item(
        brief=offering(30), copy_now=a_copy(subject="30% off")
    )  # fmt: skip

    with pytest.raises(BlockedCopy, match=r"The campaign changed, .* The copy says 30%"):
        world.reviewing.approve("rev_1", AXEL, 1)
    assert world.item().checked.verdict is Verdict.BLOCK
    assert world.item().version == 2


def test_copy_for_an_audience_that_is_gone_cannot_be_signed() -> None:
    """It would never be served, and the refusal says so."""
    world = World().with_campaign().with_item(audience=an_audience(id="vips"))

    with pytest.raises(Conflict, match="has no audience vips any more"):
        world.reviewing.approve("rev_1", AXEL, 1)


def test_rejecting_withdraws_an_earlier_approval_of_the_same_copy() -> None:
    """Copy that was approved, then put back to review and rejected, is no longer served."""
    world = a_world()
    world.reviewing.approve("rev_1", AXEL, 1)
    world.with_item(id="rev_2")
    world.reviewing.reject("rev_2", ROSA, 1, "untrue")

    with world.store.transaction() as tx:
        assert not tx.library.served("spring")
        assert tx.library.find()[0].withdrawn_because == "rejected: untrue"


@pytest.mark.parametrize("actor", [ROSA, AXEL, ADA])
def test_reviewers_approvers_and_admins_read_the_queue(actor: Actor) -> None:
    """The three roles see the items, their number, one item and its history."""
    world = a_world()

    assert [item.id for item in world.reviewing.find(ReviewQuery(), actor)] == ["rev_1"]
    assert world.reviewing.count(actor)[State.WAITING] == 1
    assert world.reviewing.get("rev_1", actor).id == "rev_1"
    assert world.reviewing.history("rev_1", actor) == []


def test_requesters_do_not_read_the_queue() -> None:
    """Who only asks for copy reads the item of their own copy, and nothing else here."""
    reviewing = a_world().reviewing

    for read in (
        lambda: reviewing.find(ReviewQuery(), MARA),
        lambda: reviewing.count(MARA),
        lambda: reviewing.history("rev_1", MARA),
    ):
        with pytest.raises(Forbidden):
            read()
    with pytest.raises(NotFound):
        reviewing.get("rev_1", Actor("kim", frozenset({Role.REQUESTER})))


def test_abandoned_claims_are_found_among_the_waiting() -> None:
    """A claim that ran out is listed as waiting and no longer as claimed."""
    world = a_world().with_item(id="rev_2")
    world.reviewing.claim("rev_1", ROSA, 1)
    waiting, claimed = (ReviewQuery(states=(state,)) for state in (State.WAITING, State.CLAIMED))

    def ids(query: ReviewQuery) -> list[str]:
        return [item.id for item in world.reviewing.find(query, ROSA)]

    assert (ids(waiting), ids(claimed)) == (["rev_2"], ["rev_1"])
    world.later(minutes=15)
    assert (ids(waiting), ids(claimed)) == (["rev_1", "rev_2"], [])


def test_pages_of_the_waiting_are_full_although_claims_are_left_out() -> None:
    """Of five items with every other one claimed, pages of two hold two, then one."""
    world = a_world()
    for number in (2, 3, 4, 5):
        world.with_item(id=f"rev_{number}")
    for number in (2, 4):
        world.reviewing.claim(f"rev_{number}", ROSA, 1)
    query = ReviewQuery(states=(State.WAITING,), limit=2)
    first = world.reviewing.find(query, ROSA)
    rest = world.reviewing.find(query._replace(after=first[-1].id), ROSA)

    assert [item.id for item in (*first, *rest)] == ["rev_1", "rev_3", "rev_5"]


def test_siblings_are_the_other_items_of_the_generation() -> None:
    """What else was written for the same request, without the item itself."""
    world = a_world().with_item(id="rev_2").with_item(id="rev_3", generation_id="gen_2")

    assert [item.id for item in world.reviewing.siblings(world.item(), ROSA)] == ["rev_2"]
