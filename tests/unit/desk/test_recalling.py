"""Recall: a change takes back exactly the copy that leans on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.briefs import Brief
from copydesk.desk.serving import CampaignChange, Serving
from copydesk.errors import InputError
from copydesk.guardrails import Submission
from copydesk.guardrails.build import build_checker
from copydesk.guardrails.checker import Checker
from copydesk.notifications import Event
from copydesk.publishing import ApprovedCopy, approval_hash, holds
from copydesk.review_queue import Policy
from copydesk.storage.memory import MemoryStore
from copydesk.variants import Copy
from tests.factories import BRIEF, NOW, a_brand, a_brief, a_copy, a_variant, an_audience
from tests.unit.desk.world import MARA, SECRET
from tests.unit.publishing.campaigns import a_campaign
from tests.unit.review_queue.items import an_item

CHECKER: Checker = build_checker()
POLICY = Policy.load()
ENDS_LATER = a_brief(offer={**BRIEF["offer"], "ends": "2026-03-10T23:59:59Z"})

DATED = (
    "Through March 8, and then it is over.",
    "The offer ends Sunday, March 8.",
    "Last chance: it ends tomorrow.",
    "These are the final days.",
    "Two days left.",
    "Hurry, it ends March 8.",
)
"""Each leans on the end of the offer."""
UNDATED = (
    "Code TRAIL20 takes 20% off full-price trail shoes, one per order.",
    "Rated 4.6 out of 5 by 2,314 verified buyers.",
    "The Ridgeline has a 6 mm heel-to-toe drop.",
    "The mud is back and so is the season.",
    "Shop trail shoes: https://northpeak.example/trail",
    "Was $98, now 20% less on full-price pairs.",
)
SUBJECTS = ("Trail shoes for the mud", "20% off trail shoes", "Rated 4.6 out of 5")
AUDIENCES = ("lapsed-runners", "new-runners", "loyal-runners")


class Written(NamedTuple):
    """One variant, and whether it says anything of the end."""

    audience: str
    copy: Copy
    is_dated: bool


@st.composite
def variants(draw: st.DrawFn) -> Written:
    dated = draw(st.lists(st.sampled_from(DATED), max_size=2, unique=True))
    undated = draw(st.lists(st.sampled_from(UNDATED), min_size=1, max_size=3, unique=True))
    body = " ".join(draw(st.permutations([*dated, *undated])))
    subject = draw(st.sampled_from(SUBJECTS))
    copy = a_copy(subject=subject, preheader="For full-price pairs", body=body)
    return Written(draw(st.sampled_from(AUDIENCES)), copy, bool(dated))


class Campaigning:
    """One campaign whose copy was all signed."""

    def __init__(self, written: Sequence[Written], brief: Brief | None = None) -> None:
        self.store = MemoryStore()
        self.serving = Serving(self.store, CHECKER, POLICY, lambda: NOW, SECRET)
        audiences = [an_audience(id=name) for name in AUDIENCES]
        self.campaign = a_campaign(*audiences, brief=brief or a_brief())
        with self.store.transaction() as tx:
            tx.campaigns.add(self.campaign)
        for number, one in enumerate(written):
            self.sign(f"var_{number}", one)

    def sign(self, name: str, one: Written) -> None:
        audience = self.campaign.audiences[one.audience]
        facts = (self.campaign.brief, self.campaign.brand, audience)
        checked = CHECKER.check(Submission(one.copy, *facts))
        item = an_item(
            id=f"rev_{name}", variant=a_variant(one.copy, name), copy_now=one.copy,
            brief=self.campaign.brief, audience=audience, checked=checked, state="approved",
        )  # fmt: skip
        approved = ApprovedCopy(
            id=name, campaign="spring", audience_id=audience.id, copy_=one.copy,
            approval_hash=approval_hash(one.copy, *facts, POLICY.sha256), approved_by="axel",
            approved_at=NOW - timedelta(days=1), review_id=item.id,
        )  # fmt: skip
        with self.store.transaction() as tx:
            tx.reviews.add(item)
            tx.library.add(approved)

    def held(self) -> set[str]:
        """Return what may be served now."""
        with self.store.transaction() as tx:
            campaign = tx.campaigns.get("spring")
            served = tx.library.served("spring")
        return {copy.id for copy in served if holds(copy, campaign, POLICY.sha256)}

    def change(self, brief: Brief) -> CampaignChange:
        return self.serving.set_brief("spring", brief, MARA, 1)

    def acts(self, subject: str) -> list[str]:
        with self.store.transaction() as tx:
            return [event.act for event in tx.audit.about(subject)]


@settings(max_examples=12, deadline=None)
@given(st.lists(variants(), min_size=1, max_size=4))
def test_another_end_recalls_exactly_the_copy_that_leans_on_it(written: list[Written]) -> None:
    """Whatever says when the offer ends is void and in review; all else is served on, rebound."""
    world = Campaigning(written)
    change = world.change(ENDS_LATER)

    dated = {f"var_{n}" for n, one in enumerate(written) if one.is_dated}
    undated = {f"var_{n}" for n, one in enumerate(written) if not one.is_dated}
    assert (set(change.voided), set(change.kept)) == (dated, undated)
    assert world.held() == undated
    assert len(change.requeued) == len(dated)
    for name in undated:
        assert world.acts(f"rev_{name}") == ["copy.rebound"]


def one_of_each() -> Campaigning:
    """Return a campaign with a variant for each sentence that names no end, and one that does."""
    bodies = [*UNDATED, DATED[0]]
    copies = [a_copy(subject="Mud", preheader="For full-price pairs", body=one) for one in bodies]
    return Campaigning([Written(AUDIENCES[0], copy, is_dated=False) for copy in copies])


def offer(**changes: Any) -> Brief:
    return a_brief(offer={**BRIEF["offer"], **changes})


OFFERED, RATED, DROP, MUD, LINKED, PRICED, ENDING = (f"var_{n}" for n in range(7))


@pytest.mark.parametrize(
    ("brief", "voided"),
    [
        (offer(value=25), {OFFERED, PRICED}),
        (offer(code="MUD20"), {OFFERED}),
        (offer(conditions="On all shoes."), {OFFERED, PRICED, ENDING}),
        (a_brief(facts=BRIEF["facts"][1:]), {RATED}),
        (a_brief(links=["https://northpeak.example/mud"]), {LINKED}),
        (a_brief(cta="Shop now"), {LINKED}),
        (a_brief(send_at="2026-03-07T15:00:00Z"), {ENDING}),
        (a_brief(facts=[*BRIEF["facts"], {"id": "new", "text": "Now in blue"}]), set()),
        (a_brief(jurisdictions=["US", "UK"]), {f"var_{n}" for n in range(7)}),
    ],
    ids=["value", "code", "conditions", "fact", "link", "cta", "send_at", "more", "law"],
)
def test_a_change_recalls_what_rests_on_it(brief: Brief, voided: set[str]) -> None:
    """An offer's terms, a fact, a link, a day and the law each take back their own copy."""
    change = one_of_each().change(brief)
    assert set(change.voided) == voided
    assert len(change.requeued) == len(voided)


def test_who_must_know_of_a_recall_is_told() -> None:
    """Requester and reviewers are told what waits again, the approver what is not served."""
    world = one_of_each()
    world.change(ENDS_LATER)
    with world.store.transaction() as tx:
        notices = {notice.event: notice for notice in tx.outbox.unrouted(10)}

    assert notices[Event.RECALLED].concerns == ("axel",)
    assert notices[Event.VOIDED].asks == ("reviewer", "approver")
    assert world.acts("spring") == ["campaign.brief_changed"]


def test_copy_that_was_kept_is_recalled_by_the_next_change() -> None:
    """It is bound to the facts of now: what it does lean on takes it back still."""
    world = one_of_each()
    world.change(ENDS_LATER)
    facts = BRIEF["facts"][1:]
    again = a_brief(facts=facts, offer={**BRIEF["offer"], "ends": "2026-03-10T23:59:59Z"})
    change = world.serving.set_brief("spring", again, MARA, 2)

    assert change.voided == (RATED,)


def test_a_brands_terms_recall_what_says_them() -> None:
    """A word that is banned now takes back the copy with it; another voice takes back all."""
    world = one_of_each()
    banned = a_brand(banned_terms=["cheap", "crush it", "mud"])
    change = world.serving.set_brand("spring", banned, MARA, 1)
    louder = banned.model_copy(update={"voice": ("loud",)})
    after = world.serving.set_brand("spring", louder, MARA, change.version)

    assert set(change.voided) == {f"var_{n}" for n in range(7)}, "each has it in its subject"
    assert (after.voided, world.held()) == ((), set())
    with pytest.raises(InputError, match="name another campaign"):
        world.serving.set_brand("spring", a_brand(name="Other"), MARA, after.version)
