"""People from outside: one link, one item, one decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from copydesk.access import Actor, Role
from copydesk.errors import (
    Forbidden,
    HeldByAnother,
    InputError,
    LinkEnded,
    NotFound,
    SelfApproval,
    StaleVersion,
    VersionRequired,
    WrongMove,
)
from copydesk.review_queue import Policy, State
from tests.factories import a_copy
from tests.unit.desk.test_signing import KIM, LENA, SIGNS, policy, pulled
from tests.unit.desk.world import ADA, AXEL, EVERYTHING, MARA, ROSA, World

DAY = timedelta(days=1)
NAME = "outside:Dr. Ng"


def a_desk(known: Policy | None = None, **item: Any) -> World:
    world = World(policy=known) if known else World()
    for name in ("axel", "lena"):
        world.access.add_user(name, [Role.APPROVER], None, ADA)
    world.access.set_reviewer_roles("lena", sorted(LENA.reviews_as), ADA)
    return world.with_campaign().with_item(**item)


def invited(
    world: World, by: Actor = AXEL, reviews_as: Sequence[str] = (), valid: timedelta = DAY
) -> str:
    """Return the token of a link to rev_1."""
    return world.outside.invite("rev_1", by, "Dr. Ng", valid, reviews_as, "Is it safe?")[1]


def test_a_link_shows_one_item_and_nothing_of_the_house() -> None:
    """Copy, facts and findings are shown; who works on it, and what they said, is not."""
    world = a_desk()
    world.conversing.comment("rev_1", ROSA, "Our lawyer is slow.")
    view = world.outside.open(invited(world))

    assert (view.person, view.asks, view.may_decide) == ("Dr. Ng", "Is it safe?", True)
    assert (view.copy_, view.version) == (a_copy(), 1)
    shown = view.model_dump_json()
    assert not [name for name in ("rosa", "mara", "axel", "slow") if name in shown]


def test_somebody_from_outside_signs_in_their_own_name() -> None:
    """The approval is served, and the record names the person, the link and who invited them."""
    world = a_desk()
    view = world.outside.approve(invited(world), 1, "Safe.")

    assert (view.state, view.decided, view.may_decide) == (State.APPROVED, "approve", False)
    assert pulled(world) == "var_1"
    assert world.item().decisions[-1].actor == NAME
    assert world.acts("rev_1") == [
        ("review.link_made", "axel"), ("review.approved", NAME), ("review.link_used", NAME),
    ]  # fmt: skip
    assert world.details("rev_1")["invited_by"] == "axel"


def test_somebody_from_outside_rejects_with_a_reason() -> None:
    """As in the house, a rejection has a reason of the list and is final."""
    world = a_desk()
    token = invited(world)
    with pytest.raises(InputError, match="give one of"):
        world.outside.reject(token, 1, "ugly")

    assert world.outside.reject(token, 1, "untrue", "No study.").state is State.REJECTED
    assert world.outside.open(token).decided == "reject"


def test_a_link_decides_once() -> None:
    """A second decision is refused with what the first was, and so is one on an item now closed."""
    world = a_desk(policy(signatures=[{"roles": ["legal", "medical"]}]))
    world.access.set_reviewer_roles("lena", ["medical"], ADA)
    token = invited(world, Actor("lena", SIGNS, frozenset({"medical"})), ["medical"])
    world.outside.approve(token, 1)

    with pytest.raises(LinkEnded, match="decides once, and was used for approve"):
        world.outside.reject(token, 2, "tone")
    assert world.item().version == 2


def test_a_link_ends_with_its_time_and_when_it_is_revoked() -> None:
    """Both are told, and neither shows or takes anything any more."""
    world = a_desk()
    link, revoked = world.outside.invite("rev_1", AXEL, "Eve", DAY)
    short = invited(world, valid=timedelta(hours=1))
    world.outside.revoke(link.id, AXEL)
    world.later(hours=1)

    with pytest.raises(LinkEnded, match="out of date"):
        world.outside.approve(short, 1)
    for use in (world.outside.open, lambda token: world.outside.comment(token, "Hello")):
        with pytest.raises(LinkEnded, match="was revoked"):
            use(revoked)
    assert [one.revoked_at is not None for one in world.outside.links("rev_1", ROSA)].count(
        True
    ) == 1


def test_a_link_that_was_changed_is_none() -> None:
    """Another id, another expiry, another signature, or another desk's secret: not found."""
    world, other = a_desk(), a_desk()
    link_id, expires, signature = invited(world).split(".")
    theirs = invited(other).split(".")
    forged = [
        f"{theirs[0]}.{expires}.{signature}",
        f"{link_id}.{int(expires) + 9999}.{signature}",
        f"{link_id}.{expires}.{'A' * len(signature)}",
        f"{link_id}.{expires}.",
        "nonsense",
    ]

    for token in forged:
        with pytest.raises(NotFound, match="no such link"):
            world.outside.open(token)
    with pytest.raises(NotFound, match="no such link"):
        world.outside.open(".".join(theirs))


def test_no_author_invites_or_decides_by_a_link() -> None:
    """Neither at once nor by editing the copy after the link was made."""
    world = a_desk()
    with pytest.raises(SelfApproval):
        world.outside.invite("rev_1", Actor("mara", EVERYTHING), "A friend", DAY)
    token = invited(world)
    world.reviewing.edit("rev_1", AXEL, 1, a_copy(subject="Mud is back"))

    with pytest.raises(SelfApproval, match="axel edited this copy"):
        world.outside.approve(token, 2)


def test_who_invites_and_who_comes_are_one_person() -> None:
    """A link is no second reader of its maker, before or after they decided themselves."""
    blind = policy(signatures=[{"blind": True}])
    first, second = a_desk(blind), a_desk(blind)
    token = invited(first)
    first.outside.approve(token, 1)
    with pytest.raises(WrongMove, match="decided on this copy already"):
        first.reviewing.approve("rev_1", AXEL, 2)
    second.reviewing.approve("rev_1", AXEL, 1)

    with pytest.raises(WrongMove, match="decided on this copy already"):
        second.outside.approve(invited(second), 2)
    assert first.reviewing.approve("rev_1", KIM, 2).state is State.APPROVED


def test_a_role_is_given_away_by_who_holds_it() -> None:
    """Counsel lets outside counsel sign as `legal`; another approver cannot, an admin can."""
    known = policy(signatures=[{"roles": ["legal"]}], signers={"legal": ["counsel"]})
    world = a_desk(known)
    with pytest.raises(Forbidden, match="does not hold the reviewer role legal"):
        invited(world, AXEL, ["legal"])
    with pytest.raises(Forbidden, match="needs a signature as legal"):
        world.outside.approve(invited(world), 1)

    assert world.outside.approve(invited(world, LENA, ["legal"]), 1).state is State.APPROVED


@pytest.mark.parametrize("actor", [MARA, ROSA, ADA])
def test_only_approvers_invite(actor: Actor) -> None:
    """Whose decision counts as an approver's is invited by an approver."""
    with pytest.raises(Forbidden):
        invited(a_desk(), actor)


@pytest.mark.parametrize("valid", [timedelta(0), timedelta(days=31)])
def test_a_link_is_good_for_a_month_at_most(valid: timedelta) -> None:
    """A link that is good for no time, or for longer, is not made."""
    with pytest.raises(InputError, match="1 to 720"):
        invited(a_desk(), valid=valid)


def test_a_link_ends_with_its_makers_leave_to_sign() -> None:
    """When who made it is disabled, nobody decides by it."""
    world = a_desk()
    token = invited(world)
    world.access.disable_user("axel", ADA)

    with pytest.raises(LinkEnded, match="axel, who made this link, may not sign"):
        world.outside.approve(token, 1)


def test_a_decision_by_a_link_names_the_version_that_was_read() -> None:
    """Without it, and with another one, nothing is decided and the link can still be used."""
    world = a_desk()
    token = invited(world)
    with pytest.raises(VersionRequired):
        world.outside.approve(token, None)
    world.reviewing.edit("rev_1", ROSA, 1, a_copy(subject="Mud is back"))
    with pytest.raises(StaleVersion, match="at version 2, you read 1"):
        world.outside.approve(token, 1)

    assert world.outside.approve(token, 2).decided == "approve"


def test_a_refusal_names_nobody_of_the_house() -> None:
    """Neither who changed the copy, nor who holds it, nor who decided on it."""
    world = a_desk()
    token = invited(world)
    world.reviewing.claim("rev_1", ROSA, 1)
    said = []
    for version in (1, 2):
        with pytest.raises((StaleVersion, HeldByAnother)) as refused:
            world.outside.approve(token, version)
        said.append(refused.value.message)
    world.reviewing.reject("rev_1", ROSA, 2, "tone")
    with pytest.raises(WrongMove, match="This item is rejected") as over:
        world.outside.approve(token, 3)

    assert "rosa" not in " ".join((*said, over.value.message))


def test_a_reviewer_role_ends_with_its_givers() -> None:
    """Who is counsel no more has no outside counsel sign for them, by a link of before either."""
    known = policy(signatures=[{"roles": ["legal"]}], signers={"legal": ["counsel"]})
    world = a_desk(known)
    token = invited(world, LENA, ["legal"])
    world.access.set_reviewer_roles("lena", [], ADA)

    with pytest.raises(Forbidden, match="needs a signature as legal"):
        world.outside.approve(token, 1)


def test_somebody_from_outside_comments() -> None:
    """Their words are on the item in their name, and are all that they see of the talk."""
    world = a_desk()
    token = invited(world)
    world.outside.comment(token, "Which study?", key="k")
    world.outside.comment(token, "Which study?", key="k")

    assert [one.by for one in world.conversing.comments("rev_1", ROSA)] == [NAME]
    assert [one.text for one in world.outside.open(token).comments] == ["Which study?"]
