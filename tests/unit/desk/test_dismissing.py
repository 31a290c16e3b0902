"""Dismissing findings: who may, what for, and how long it holds."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.access import Actor
from copydesk.errors import BlockedCopy, Contradiction, Forbidden, InputError, SelfApproval
from copydesk.guardrails import Finding, Severity, Verdict
from copydesk.review_queue import State
from copydesk.variants import Slot
from tests.factories import a_brief, a_copy
from tests.unit.desk.test_signing import LENA, PETE, policy
from tests.unit.desk.world import AXEL, EVERYTHING, ROSA, World
from tests.unit.publishing.campaigns import a_campaign
from tests.unit.review_queue.items import a_finding, checked

BLOCKING = a_finding(rule="us.claim")
STYLE = a_finding(rule="us.style", severity=Severity.REVIEW, slot=Slot.BODY, match="best")
NAMED = {"us.claim": "legal"}


def found(*findings: Finding, **more: Any) -> World:
    known = policy(signers={"legal": ["counsel"]})
    world = World(policy=known, reviewers=NAMED).with_campaign()
    return world.with_item(checked=checked(*findings), **more)


def test_a_dismissed_finding_stays_visible_and_counts_no_more() -> None:
    """The item keeps finding and dismissal with its reason, and the record keeps both for good."""
    world = found(STYLE)
    item = world.reviewing.dismiss("rev_1", ROSA, 1, 0, "false_alarm", "A name.")

    assert (item.verdict_now, item.checked.verdict) == (Verdict.PASS, Verdict.REVIEW)
    assert item.checked.findings == (STYLE,)
    (dismissal,) = item.dismissed
    assert (dismissal.finding, dismissal.by, dismissal.reason) == (STYLE, "rosa", "false_alarm")
    details = world.details("rev_1")
    assert (details["rule"], details["finding"]["match"]) == ("us.style", "best")


def test_what_blocks_is_dismissed_in_the_role_that_its_rule_names() -> None:
    """Counsel signs as `legal`, so counsel may; then the copy can be approved, by counsel too."""
    world = found(BLOCKING)

    for outsider in (ROSA, AXEL, PETE):
        with pytest.raises(Forbidden, match="only the reviewer role legal may dismiss"):
            world.reviewing.dismiss("rev_1", outsider, 1, 0, "false_alarm", "Fine.")
    with pytest.raises(BlockedCopy):
        world.reviewing.approve("rev_1", LENA, 1)
    freed = world.reviewing.dismiss("rev_1", LENA, 1, 0, "borne_out", "See the survey.")
    assert freed.dismissed[0].role == "legal"
    with pytest.raises(Forbidden, match="needs a signature as legal"):
        world.reviewing.approve("rev_1", AXEL, 2)
    assert world.reviewing.approve("rev_1", LENA, 2).state is State.APPROVED


def test_what_blocks_without_naming_a_role_is_edited_not_dismissed() -> None:
    """A rule that names nobody leaves its finding to no one's judgement."""
    world = found(a_finding(rule="format.tag"))

    with pytest.raises(Forbidden, match="names no reviewer role"):
        world.reviewing.dismiss("rev_1", LENA, 1, 0, "false_alarm", "Fine.")


def test_no_author_dismisses_what_was_found() -> None:
    """Neither who asked for the copy nor who edited it."""
    everybody = Actor("mara", EVERYTHING, frozenset({"counsel"}))
    with pytest.raises(SelfApproval, match="another person must dismiss what was found"):
        found(BLOCKING).reviewing.dismiss("rev_1", everybody, 1, 0, "accepted", "Fine.")
    with pytest.raises(SelfApproval):
        found(STYLE, editors=("rosa",)).reviewing.dismiss("rev_1", ROSA, 1, 0, "false_alarm")


@pytest.mark.parametrize(
    ("number", "reason", "note", "said"),
    [
        (1, "false_alarm", None, "name a finding by its place, 0 to 0"),
        (-1, "false_alarm", None, "name a finding by its place"),
        (0, "other", " ", "the reason `other` needs a note"),
    ],
)
def test_a_dismissal_that_cannot_be_is_told_why(
    number: int, reason: str, note: str | None, said: str
) -> None:
    """The finding has to be there, and `other` has to be explained."""
    with pytest.raises(Contradiction, match=said):
        found(STYLE).reviewing.dismiss("rev_1", ROSA, 1, number, reason, note)


def test_an_unknown_reason_and_a_second_dismissal_are_refused() -> None:
    """Reasons are of a list; what blocks needs words as well; once is enough."""
    world = found(BLOCKING, STYLE)
    with pytest.raises(InputError, match="give one of: false_alarm, borne_out"):
        world.reviewing.dismiss("rev_1", ROSA, 1, 1, "whatever")
    with pytest.raises(Contradiction, match="what blocks needs a note"):
        world.reviewing.dismiss("rev_1", LENA, 1, 0, "false_alarm")
    world.reviewing.dismiss("rev_1", ROSA, 1, 1, "false_alarm")

    with pytest.raises(Contradiction, match="dismissed already"):
        world.reviewing.dismiss("rev_1", ROSA, 2, 1, "false_alarm")


def test_dismissing_keeps_the_claim() -> None:
    """Who holds the item goes on holding it."""
    world = found(STYLE)
    world.reviewing.claim("rev_1", ROSA, 1)
    item = world.reviewing.dismiss("rev_1", ROSA, 2, 0, "false_alarm")

    assert (item.state, item.holder) == (State.CLAIMED, "rosa")


def test_a_dismissal_falls_with_the_words_it_was_about() -> None:
    """An edit of that slot, or of the facts, makes the finding stand again."""
    best = a_copy(body="The best shoes. Now.")
    world = found(STYLE, copy_now=best)
    reread = world.reviewing.check("rev_1", ROSA, best)
    world = World(reviewers=NAMED).with_campaign().with_item(copy_now=best, checked=reread)
    world.reviewing.dismiss("rev_1", ROSA, 1, 0, "house_style")
    kept = world.reviewing.edit(
        "rev_1", ROSA, 2, best.model_copy(update={"subject": best.preheader})
    )
    assert len(kept.dismissed) == 1

    other = a_copy(body="The best shoes. Later.").model_copy(update={"subject": best.preheader})
    edited = world.reviewing.edit("rev_1", ROSA, 3, other)

    assert (edited.dismissed, edited.verdict_now) == ((), Verdict.REVIEW)


def test_a_dismissal_falls_with_the_facts() -> None:
    """When the campaign changes, what was dismissed has to be judged again."""
    world = found(STYLE)
    world.reviewing.dismiss("rev_1", AXEL, 1, 0, "borne_out")
    with world.store.transaction() as tx:
        moved = a_campaign().model_copy(update={"brief": a_brief(facts=[]), "version": 2})
        tx.campaigns.save(moved, 1)

    assert world.reviewing.edit("rev_1", ROSA, 2, a_copy(subject="Mud")).dismissed == ()


def test_dismissals_are_counted_by_rule_and_reason() -> None:
    """What was taken back is not counted; the rule dismissed most often comes first."""
    world = found(BLOCKING, STYLE)
    world.reviewing.dismiss("rev_1", LENA, 1, 0, "borne_out", "Proved.")
    world.reviewing.dismiss("rev_1", ROSA, 2, 1, "false_alarm")
    world.reviewing.undo("rev_1", ROSA, 3)
    world.with_item(id="rev_2", checked=checked(STYLE))
    world.reviewing.dismiss("rev_2", ROSA, 1, 0, "house_style")

    counted = [one.model_dump() for one in world.reviewing.dismissals(AXEL)]

    assert counted == [
        {"rule": "us.claim", "dismissed": 1, "reasons": {"borne_out": 1}},
        {"rule": "us.style", "dismissed": 1, "reasons": {"house_style": 1}},
    ]
    assert world.item().verdict_now is Verdict.REVIEW
