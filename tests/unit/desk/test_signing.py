"""Signatures: in reviewer roles, by two blind readers, bound to all that was read, and undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from copydesk.access import Actor, Role
from copydesk.errors import (
    Conflict,
    Forbidden,
    NothingToServe,
    SelfApproval,
    StaleVersion,
    WrongMove,
)
from copydesk.guardrails import Severity
from copydesk.publishing import Campaign, PullQuery
from copydesk.review_queue import Case, Policy, ReviewItem, Route, State
from tests.factories import a_brand, a_brief, a_copy, an_audience
from tests.unit.desk.world import AXEL, EVERYTHING, ROSA, TOOL, World, a_world
from tests.unit.publishing.campaigns import a_campaign
from tests.unit.review_queue.items import a_finding, checked

SIGNS = frozenset({Role.REVIEWER, Role.APPROVER})
LENA = Actor("lena", SIGNS, frozenset({"counsel"}))
"""Signs as `legal`."""
PETE = Actor("pete", SIGNS, frozenset({"principal"}))
KIM = Actor("kim", SIGNS)
SHIPPED = Policy.load().model_dump(exclude_defaults=True)


def policy(**more: Any) -> Policy:
    return Policy.model_validate({**SHIPPED, **more})


def signed_by(*roles: str, **more: Any) -> World:
    """Return a desk whose policy asks for these reviewer roles; counsel signs as `legal`."""
    asked = policy(signatures=[{"roles": list(roles)}], signers={"legal": ["counsel"]})
    return World(policy=asked).with_campaign().with_item(**more)


def blind() -> World:
    return World(policy=policy(signatures=[{"blind": True}])).with_campaign().with_item()


def pulled(world: World) -> str:
    query = PullQuery("spring", None, "lapsed-runners", (), "neutral")
    return world.serving.pull(query, TOOL).variant_id


def test_copy_is_approved_when_each_role_asked_for_has_signed() -> None:
    """The first signature leaves the item waiting and unserved, the last one approves it."""
    world = signed_by("legal", "principal")
    first = world.reviewing.approve("rev_1", LENA, 1, "Lawful.")

    assert (first.state, first.approval_hash) == (State.WAITING, None)
    assert [one.roles for one in first.signatures] == [("legal",)]
    assert world.reviewing.needs("rev_1", AXEL).missing == ("principal",)
    with pytest.raises(NothingToServe):
        pulled(world)
    assert world.reviewing.approve("rev_1", PETE, 2).state is State.APPROVED
    assert pulled(world) == "var_1"
    assert [act for act, _ in world.acts("rev_1")] == ["review.signed", "review.approved"]


def test_a_signature_that_nobody_asked_for_is_refused() -> None:
    """An approver without the role, and one who has signed, are told what is still needed."""
    world = signed_by("legal", "principal")

    with pytest.raises(Forbidden, match="needs a signature as legal, principal; axel holds"):
        world.reviewing.approve("rev_1", AXEL, 1)
    world.reviewing.approve("rev_1", LENA, 1)
    with pytest.raises(WrongMove, match="lena has decided on this copy already: it still needs"):
        world.reviewing.approve("rev_1", LENA, 2)
    assert world.item().version == 2


def test_the_role_alone_signs_nothing() -> None:
    """Who holds a reviewer role and is no approver cannot sign in it."""
    counsel = Actor("nia", frozenset({Role.REVIEWER}), frozenset({"counsel"}))

    with pytest.raises(Forbidden, match="needs the role approver"):
        signed_by("legal").reviewing.approve("rev_1", counsel, 1)


@pytest.mark.parametrize("author", ["requester", "editor", "answerer"])
def test_no_author_signs_in_any_role(author: str) -> None:
    """Who asked, edited or answered cannot approve, whatever their roles are."""
    everybody = Actor("zoe", EVERYTHING, frozenset({"counsel"}))
    world = signed_by("legal", requester="mara" if author == "editor" else "zoe")
    version = 1
    if author == "editor":
        version = world.reviewing.edit("rev_1", everybody, 1, a_copy(subject="Mud")).version
    if author == "answerer":
        asked = world.conversing.request_changes("rev_1", ROSA, 1, "Why?")
        version = world.conversing.answer("rev_1", everybody, asked.version, note="So.").version

    with pytest.raises(SelfApproval):
        world.reviewing.approve("rev_1", everybody, version)
    with pytest.raises(SelfApproval):
        world.reviewing.approve_with_edit("rev_1", everybody, version, a_copy(subject="Moor"))


def test_two_blind_readers_see_nothing_of_each_other() -> None:
    """After the first decision, the second reader's item, record and list tell nothing of it."""
    world = blind()
    first = world.reviewing.reject("rev_1", KIM, 1, "tone", "Too loud.")

    seen = world.reviewing.get("rev_1", AXEL)
    assert (seen.signatures, seen.readers, seen.decisions, seen.undoable) == ((), (), (), None)
    assert seen.state is State.WAITING
    assert world.reviewing.needs("rev_1", AXEL).given == ()
    assert [one.decision for one in first.signatures] == ["reject"]
    assert world.acts("rev_1") == [("review.read_blind", "kim")]
    assert "Too loud" not in str(world.details("rev_1"))


def test_a_blind_approval_and_a_blind_rejection_look_the_same() -> None:
    """What the record says of the first decision does not depend on it."""
    rejected, approved = blind(), blind()
    rejected.reviewing.reject("rev_1", KIM, 1, "tone")
    approved.reviewing.approve("rev_1", KIM, 1)

    assert rejected.details("rev_1") == approved.details("rev_1")


def test_two_blind_readers_who_agree_decide() -> None:
    """Both decisions are told with the second, and each in its reader's name."""
    approved, rejected = blind(), blind()
    approved.reviewing.approve("rev_1", KIM, 1)
    done = approved.reviewing.approve("rev_1", AXEL, 2)
    rejected.reviewing.reject("rev_1", KIM, 1, "tone")
    down = rejected.reviewing.reject("rev_1", AXEL, 2, "untrue")

    assert (done.state, down.state) == (State.APPROVED, State.REJECTED)
    assert [(one.act, one.actor) for one in done.decisions] == [
        ("approve", "kim"),
        ("approve", "axel"),
    ]
    assert pulled(approved) == "var_1"
    assert len(approved.details("rev_1")["signatures"]) == 2


def test_blind_readers_who_disagree_leave_it_to_a_third() -> None:
    """The item is escalated with both decisions told, and neither reader decides alone."""
    world = blind()
    world.reviewing.approve("rev_1", KIM, 1)
    split = world.reviewing.reject("rev_1", AXEL, 2, "tone")

    assert split.state is State.ESCALATED
    assert {one.act for one in split.decisions} == {"approve", "reject"}
    assert world.acts("rev_1")[-1] == ("review.disagreed", "axel")
    with pytest.raises(WrongMove, match="was one of its two readers"):
        world.reviewing.approve("rev_1", KIM, 3)
    assert world.reviewing.approve("rev_1", PETE, 3).state is State.APPROVED


def test_one_person_is_not_two_blind_readers() -> None:
    """The same person cannot give the second decision, nor a reviewer who could only reject."""
    world = blind()
    world.reviewing.approve("rev_1", KIM, 1)

    with pytest.raises(WrongMove, match="decided on this copy already"):
        world.reviewing.reject("rev_1", KIM, 2, "tone")
    with pytest.raises(Forbidden, match="Two approvers decide"):
        world.reviewing.reject("rev_1", ROSA, 2, "tone")


def changed(campaign: Campaign, **update: Any) -> Campaign:
    return campaign.model_copy(update={**update, "version": campaign.version + 1})


AFTER: dict[str, Callable[[Campaign], Campaign]] = {
    "facts": lambda c: changed(c, brief=a_brief(facts=[])),
    "locale": lambda c: changed(c, brief=a_brief(locale="en-GB")),
    "brand": lambda c: changed(c, brand=a_brand(banned_terms=["fog"])),
    "audience": lambda c: changed(
        c, audiences={"lapsed-runners": an_audience(description="Runners who came back")}
    ),
}


@pytest.mark.parametrize("what", ["copy", "facts", "policy", "brand", "audience", "locale"])
def test_any_change_of_what_was_signed_voids_an_approval(what: str) -> None:
    """Copy, facts, policy, brand, audience, locale: change one, and nothing is served any more."""
    world = a_world()
    world.reviewing.approve("rev_1", AXEL, 1)
    assert pulled(world) == "var_1"

    with world.store.transaction() as tx:
        if what in AFTER:
            tx.campaigns.save(AFTER[what](a_campaign()), 1)
        if what == "copy":
            (signed,) = tx.library.served("spring")
            tx.library.add(signed.model_copy(update={"copy_": a_copy(subject="Mud")}))
    if what == "policy":
        world = World(store=world.store, policy=policy(signatures=[{"roles": ["legal"]}]))

    with pytest.raises(NothingToServe, match="void approvals for lapsed-runners: 1"):
        pulled(world)


@pytest.mark.parametrize("what", ["copy", "facts", "policy", "brand", "audience", "locale"])
def test_any_change_of_what_was_signed_voids_the_first_of_two_signatures(what: str) -> None:
    """A signature given before the change does not count after it: the role is asked for again."""
    world = signed_by("legal", "principal")
    world.reviewing.approve("rev_1", LENA, 1)
    if what in AFTER:
        with world.store.transaction() as tx:
            tx.campaigns.save(AFTER[what](a_campaign()), 1)
        with pytest.raises(StaleVersion, match="The campaign changed"):
            world.reviewing.approve("rev_1", PETE, 2)
    if what == "copy":
        world.reviewing.edit("rev_1", ROSA, 2, a_copy(subject="Mud is back"))
    if what == "policy":
        more = [{"roles": ["legal", "principal"]}, {"roles": ["medical"]}]
        world = World(store=world.store, policy=policy(signatures=more))

    assert "legal" in world.reviewing.needs("rev_1", AXEL).missing
    signed = world.reviewing.approve("rev_1", PETE, world.item().version)
    assert signed.state is State.WAITING


def test_a_finding_asks_for_the_role_that_its_rule_names() -> None:
    """Where the policy knows the role, copy with such a finding needs that signature, else not."""
    known = policy(signers={"legal": ["counsel"]})
    world = World(policy=known, reviewers={"us.claim": "legal", "us.style": "brand"})
    world.with_campaign()
    found = checked(
        a_finding(rule="us.claim", severity=Severity.REVIEW),
        a_finding(rule="us.style", severity=Severity.REVIEW),
    )
    world.with_item(checked=found)

    assert world.reviewing.needs("rev_1", AXEL).missing == ("legal",)
    with pytest.raises(Forbidden, match="needs a signature as legal"):
        world.reviewing.approve("rev_1", AXEL, 1)
    assert world.reviewing.approve("rev_1", LENA, 1).state is State.APPROVED


Doing = Callable[[World], ReviewItem]
DO: dict[str, Doing] = {
    "approve": lambda w: w.reviewing.approve("rev_1", AXEL, 1),
    "reject": lambda w: w.reviewing.reject("rev_1", AXEL, 1, "tone"),
    "edit": lambda w: w.reviewing.edit("rev_1", AXEL, 1, a_copy(subject="Mud is back")),
}


@pytest.mark.parametrize("act", list(DO))
def test_what_was_just_done_can_be_taken_back(act: str) -> None:
    """Within ten seconds the item is as before, at a new version, and both are on the record."""
    world, before = a_world(), a_world().item()
    done = DO[act](world)
    world.later(seconds=9)

    undone = world.reviewing.undo("rev_1", AXEL, done.version)

    assert (undone.state, undone.copy_now, undone.editors) == (State.WAITING, before.copy_now, ())
    assert [(one.act, one.note) for one in undone.decisions] == [("undo", f"took back {act}")]
    assert [name for name, _ in world.acts("rev_1")][1] == "review.undone"
    with pytest.raises(NothingToServe):
        pulled(world)
    assert DO[act](a_world()).version == 2
    assert world.reviewing.approve("rev_1", AXEL, 3).state is State.APPROVED


@pytest.mark.parametrize("act", list(DO))
def test_undoing_is_for_who_did_it_and_for_seconds(act: str) -> None:
    """Somebody else is refused, and after ten seconds everybody."""
    world = a_world()
    done = DO[act](world)

    with pytest.raises(Forbidden, match="Only who did it"):
        world.reviewing.undo("rev_1", KIM, done.version)
    world.later(seconds=10)
    with pytest.raises(Conflict, match="too late to undo"):
        world.reviewing.undo("rev_1", AXEL, done.version)


def test_what_was_pulled_is_not_taken_back() -> None:
    """One pull is enough, also within the seconds; the approval stands and is served on."""
    world = a_world()
    world.reviewing.approve("rev_1", AXEL, 1)
    assert pulled(world) == "var_1"

    with pytest.raises(Conflict, match="the copy was pulled already"):
        world.reviewing.undo("rev_1", AXEL, 2)
    assert world.item().state is State.APPROVED
    assert pulled(world) == "var_1"


def test_an_act_that_another_followed_is_not_taken_back() -> None:
    """After a claim of the edited item there is nothing to undo, and the refusal says what was."""
    world = a_world()
    edited = DO["edit"](world)
    claimed = world.reviewing.claim("rev_1", ROSA, edited.version)

    with pytest.raises(WrongMove, match=r"nothing to undo\. The last act was claim by rosa"):
        world.reviewing.undo("rev_1", AXEL, claimed.version)


def test_undoing_a_rejection_serves_again_what_it_withdrew() -> None:
    """An earlier approval of the same copy that the rejection withdrew holds again."""
    world = a_world()
    world.reviewing.approve("rev_1", AXEL, 1)
    world.with_item(id="rev_2")
    world.reviewing.reject("rev_2", ROSA, 1, "untrue")

    world.reviewing.undo("rev_2", ROSA, 2)

    assert pulled(world) == "var_1"


def test_a_blind_decision_that_was_opened_stays() -> None:
    """The second reader has seen the first decision by then; the first could still undo before."""
    world = blind()
    world.reviewing.approve("rev_1", KIM, 1)
    world.reviewing.undo("rev_1", KIM, 2)
    world.reviewing.reject("rev_1", KIM, 3, "tone")
    world.reviewing.approve("rev_1", AXEL, 4)

    with pytest.raises(WrongMove, match="nothing to undo"):
        world.reviewing.undo("rev_1", AXEL, 5)


def test_whoever_comes_too_late_is_told_what_happened() -> None:
    """The refusal names the act, who did it and when."""
    world = a_world()
    world.reviewing.reject("rev_1", ROSA, 1, "tone")

    said = r"The last act was reject by rosa at 2026-03-06 12:00:00 \(tone\)"
    with pytest.raises(StaleVersion, match=said):
        world.reviewing.approve("rev_1", AXEL, 1)
    with pytest.raises(WrongMove, match=said):
        world.reviewing.approve("rev_1", AXEL, 2)


def test_copy_that_asks_for_signatures_is_never_let_out_by_a_rule() -> None:
    """A rule that would approve, and trust, give way to the signatures that the policy asks for."""
    asked = policy(signatures=[{"when": {"kinds": [a_brief().kind]}, "roles": ["legal"]}])
    case = Case(a_brief(), an_audience(sensitive=False), a_brand(), checked())

    assert Policy.load().route(case).route is Route.APPROVED
    assert asked.route(case).rule == "signatures"
