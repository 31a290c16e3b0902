"""One campaign in which everything happens: events, an experiment, an objection, and a recall."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from copydesk.access import Actor, Role
from copydesk.desk.experimenting import Experimenting
from copydesk.desk.keeping_time import KeepingTime
from copydesk.desk.recipients import Recipients
from copydesk.desk.serving import Serving
from copydesk.desk.triggering import Triggering
from copydesk.experiments.experiment import Design, Version
from copydesk.guardrails import Submission
from copydesk.publishing import (
    ApprovedCopy,
    Campaign,
    Pulled,
    PullQuery,
    Source,
    approval_hash,
    fallback_hash,
    recipient_key,
)
from copydesk.publishing.triggers import Occurrence
from copydesk.ranking import TransparentRanker
from copydesk.review_queue import ReviewItem
from copydesk.storage import Store
from copydesk.storage.watched import WatchedStore
from tests.factories import NOW, a_copy, a_variant, an_audience
from tests.unit.desk.test_recalling import CHECKER, DATED, ENDS_LATER, POLICY, UNDATED
from tests.unit.desk.test_triggering import BOOK
from tests.unit.desk.world import SECRET
from tests.unit.publishing.campaigns import GENERIC, a_campaign, with_fallback
from tests.unit.review_queue.items import an_item

MARA = Actor("mara", frozenset({Role.REQUESTER}))
TOOL = Actor("braze", frozenset({Role.PULLER}))
BODIES = {"var_dated": DATED[0], "var_drop": UNDATED[2], "var_mud": UNDATED[3]}
"""Arms of the experiment; a later end of the offer recalls the first, and no other."""
NAMES = [f"reader{n}" for n in range(60)]


class Campaigning:
    """The desk of one process: two audiences, of which left carts call the one."""

    def __init__(self, store: Store) -> None:
        self.store = WatchedStore(store)
        wired = (self.store, CHECKER, POLICY, self.clock, SECRET)
        keep = timedelta(days=30)
        self.triggering = Triggering(self.store, BOOK, self.clock, self.key, keep)
        recipients = Recipients(self.triggering, KeepingTime(self.store, self.clock, "UTC"))
        self.serving = Serving(*wired, recipients=recipients)
        self.experimenting = Experimenting(self.store, POLICY, TransparentRanker(), self.clock)

    def clock(self) -> datetime:
        return NOW

    def key(self, name: str) -> str:
        return recipient_key(SECRET, name)

    def furnished(self) -> Campaigning:
        carts = an_audience(id="carts")
        campaign = with_fallback(a_campaign(an_audience(), carts))
        assert campaign.fallback is not None
        signed = fallback_hash(GENERIC, campaign, POLICY.sha256, leans_on_offer=False)
        fallback = campaign.fallback.model_copy(update={"approval_hash": signed})
        campaign = campaign.model_copy(update={"fallback": fallback})
        with self.store.transaction() as tx:
            tx.campaigns.add(campaign)
            for name, body in BODIES.items():
                item, approved = _signed(campaign, name, body)
                tx.reviews.add(item)
                tx.library.add(approved)
        return self

    def left_a_cart(self, *names: str) -> None:
        events = [
            Occurrence(event_id=name, kind="cart_abandoned", at=NOW, recipient=name, consent=True)
            for name in names
        ]
        self.triggering.take(events)

    def running(self) -> Version:
        arms = tuple(BODIES)
        design = Design(
            id="carts", campaign="spring", audience="carts", arms=arms, recipients=60,
            control="var_mud",
        )  # fmt: skip
        self.experimenting.plan(design, MARA)
        latest = self.experimenting.start("carts", MARA).latest
        assert latest is not None
        return latest

    def pulled(self, name: str, audience: str | None = None) -> Pulled:
        return self.serving.pull(PullQuery("spring", self.key(name), audience), TOOL)

    def everybody(self) -> dict[str, str]:
        return {name: self.pulled(name).variant_id for name in NAMES}


def _signed(campaign: Campaign, name: str, body: str) -> tuple[ReviewItem, ApprovedCopy]:
    copy = a_copy(subject="Mud", preheader="For full-price pairs", body=body)
    facts = (campaign.brief, campaign.brand, campaign.audiences["carts"])
    item = an_item(
        id=f"rev_{name}", variant=a_variant(copy, name), copy_now=copy, brief=facts[0],
        audience=facts[2], checked=CHECKER.check(Submission(copy, *facts)), state="approved",
    )  # fmt: skip
    approved = ApprovedCopy(
        id=name, campaign="spring", audience_id="carts", copy_=copy,
        approval_hash=approval_hash(copy, *facts, POLICY.sha256), approved_by="axel",
        approved_at=NOW - timedelta(days=1), review_id=item.id,
    )  # fmt: skip
    return item, approved


@pytest.fixture
def world(store: Store) -> Campaigning:
    return Campaigning(store).furnished()


def test_whom_an_event_calls_gets_their_arm(world: Campaigning) -> None:
    """The arm that the experiment assigns, whether the caller names the audience or not."""
    version = world.running()
    before = world.pulled(NAMES[0])
    world.left_a_cart(*NAMES)
    experiment = world.experimenting.get("carts", MARA)

    assert (before.source, before.individual) == (Source.FALLBACK, False)
    got = world.everybody()
    for name, variant in got.items():
        assigned = experiment.assign(world.key(name), version)
        assert assigned is not None
        assert (variant, world.pulled(name, "carts").variant_id) == (assigned.variant,) * 2
    assert set(got.values()) == set(BODIES)


def test_who_objects_gets_generic_copy_and_their_arm_when_they_take_it_back(
    world: Campaigning,
) -> None:
    """Neither an event nor an experiment stands above an objection; nobody else sees anything."""
    world.running()
    world.left_a_cart(*NAMES)
    before, maria = world.everybody(), NAMES[0]
    world.serving.identities.object([world.key(maria)], TOOL)
    objected, others = world.pulled(maria), world.everybody()
    world.serving.identities.take_back([world.key(maria)], TOOL)

    assert objected.source is Source.FALLBACK
    assert any("objected" in why for why in objected.withheld)
    assert others == {**before, maria: "fallback"}
    assert world.everybody() == before


def test_a_recall_takes_one_arm_from_whom_events_called(world: Campaigning) -> None:
    """Its recipients fall to the other arms, all others keep theirs, an objection stands on."""
    world.running()
    world.left_a_cart(*NAMES)
    before, maria = world.everybody(), NAMES[0]
    world.serving.identities.object([world.key(maria)], TOOL)
    change = world.serving.set_brief("spring", ENDS_LATER, MARA, 1)
    after = world.everybody()

    assert change.voided == ("var_dated",)
    assert set(after.values()) == {"var_drop", "var_mud", "fallback"}
    assert after[maria] == "fallback"
    kept = {name for name, one in before.items() if one != "var_dated" and name != maria}
    assert all(after[name] == before[name] for name in kept)


def test_another_process_serves_the_same(world: Campaigning, store: Store) -> None:
    """Event, arm, objection and recall are all in the store."""
    world.running()
    world.left_a_cart(*NAMES[:30])
    world.serving.identities.object([world.key(NAMES[1])], TOOL)
    world.serving.set_brief("spring", ENDS_LATER, MARA, 1)

    assert Campaigning(store).everybody() == world.everybody()


def test_a_purchase_ends_it_all(world: Campaigning) -> None:
    """Who bought gets the fallback, whatever arm was theirs."""
    world.running()
    world.left_a_cart(*NAMES[:2])
    bought = Occurrence(
        event_id="order", kind="purchased", at=NOW, recipient=NAMES[0], consent=True
    )
    world.triggering.take([bought])

    assert world.pulled(NAMES[0]).source is Source.FALLBACK
    assert world.pulled(NAMES[1]).source is Source.APPROVED
