"""Events in, and the copy that they call: each counts once, and every process knows."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from copydesk.access import Actor, Role
from copydesk.audiences import Audience
from copydesk.brand_voice import EVERY_BRAND
from copydesk.desk.keeping_time import KeepingTime
from copydesk.desk.recipients import Recipients
from copydesk.desk.serving import Serving
from copydesk.desk.triggering import Taken, Triggering
from copydesk.errors import Forbidden, InputError
from copydesk.guardrails.checker import Checker
from copydesk.publishing import ApprovedCopy, Campaign, PullQuery, approval_hash, recipient_key
from copydesk.publishing.keyring import Keyring, kept_key
from copydesk.publishing.triggers import Occurrence, TriggerBook
from copydesk.review_queue import Policy
from copydesk.storage.memory import MemoryStore
from copydesk.storage.watched import WatchedStore
from copydesk.storage.watching import Watch
from tests.factories import NOW, an_audience
from tests.unit.desk.world import SECRET, TOOL
from tests.unit.publishing.campaigns import a_campaign, approved

BOOK = TriggerBook.model_validate(
    {"triggers": [
        {"name": "cart", "on": "cart_abandoned", "campaign": "spring", "audience": "carts"},
    ]}
)  # fmt: skip
PAGE = 20
"""Recipients read at once: few, so that few make several pages."""
MARIA = recipient_key(SECRET, "maria")
POLICY = Policy.load()


def event(kind: str = "cart_abandoned", hours: float = 0, **changes: Any) -> Occurrence:
    given = {
        "event_id": f"{kind}{hours}", "kind": kind, "at": NOW + timedelta(hours=hours),
        "recipient": "maria", "consent": True, **changes,
    }  # fmt: skip
    return Occurrence.model_validate(given)


class Shop:
    """A process that serves a campaign of two audiences, for all others and for left carts."""

    def __init__(self, store: MemoryStore | None = None, book: TriggerBook = BOOK) -> None:
        inner = store or MemoryStore()
        self.inner, self.now = inner, NOW
        self.store = WatchedStore(inner)
        keep = timedelta(days=30)
        wired = (self.store, book, lambda: self.now, lambda one: recipient_key(SECRET, one))
        self.triggering = Triggering(*wired, keep, page=PAGE)
        self.timing = KeepingTime(self.store, lambda: self.now, "UTC")
        self.serving = Serving(
            self.store, Checker([]), POLICY, lambda: self.now, SECRET,
            recipients=Recipients(self.triggering, self.timing),
        )  # fmt: skip
        self.watch = Watch(self.store, [self.triggering])

    def filled(self) -> Shop:
        audiences = [an_audience(id=name) for name in ("lapsed-runners", "carts")]
        campaign = a_campaign(*audiences)
        copies = [self._signed(campaign, one) for one in audiences]
        with self.store.transaction() as tx:
            tx.campaigns.add(campaign)
            for copy in copies:
                tx.library.add(copy)
        return self

    def _signed(self, campaign: Campaign, audience: Audience) -> ApprovedCopy:
        copy = approved(campaign, f"var_{audience.id}", audience.id)
        facts = (campaign.brief, campaign.brand, audience, POLICY.sha256)
        update = {"approval_hash": approval_hash(copy.copy_, *facts), "review_id": None}
        return copy.model_copy(update=update)

    def pulled(self, recipient: str = MARIA, audience: str | None = None) -> str | None:
        choice = self.serving._chosen(PullQuery("spring", recipient, audience), EVERY_BRAND)
        return choice.approved.id if choice.approved else " ".join(choice.withheld)

    def at_hand(self, recipient: str = MARIA) -> str | None:
        choice = self.serving.at_hand(PullQuery("spring", recipient), EVERY_BRAND)
        return choice.approved.id if choice and choice.approved else None


def test_an_event_calls_the_copy_of_its_audience() -> None:
    """From the moment it is taken, for that recipient alone, and not where one is named."""
    shop = Shop().filled()
    assert shop.pulled() == ("name an audience: there are carts, lapsed-runners")
    assert shop.triggering.take([event()]) == Taken(1, 1, 0)
    assert shop.pulled() == "var_carts"
    assert "name an audience" in str(shop.pulled("another"))
    assert shop.pulled(audience="lapsed-runners") == "var_lapsed-runners"


def test_an_event_counts_once() -> None:
    """Told again, in one batch or later, even with other content, it is the same event."""
    shop = Shop().filled()
    first, again = event(), event(kind="purchased", hours=0, event_id="cart_abandoned0")
    assert shop.triggering.take([first, first]) == Taken(2, 1, 0)
    assert shop.triggering.take([first]) == Taken(1, 0, 0)
    assert shop.triggering.take([again]) == Taken(1, 0, 0)
    assert shop.pulled() == "var_carts"


def test_a_purchase_takes_the_reminder_back() -> None:
    """The recipient gets no reminder from then on, and the reason; an older purchase is none."""
    shop = Shop().filled()
    shop.triggering.take([event(), event("purchased", -2)])
    assert shop.pulled() == "var_carts"
    shop.triggering.take([event("purchased", 0)])
    assert "followed by purchased" in str(shop.pulled())
    assert "followed by purchased" in str(shop.pulled(audience="carts"))


def test_old_events_and_strange_ones_are_ignored_and_future_ones_refused() -> None:
    """What comes later than it is remembered changes nothing; what is to come cannot be told."""
    shop = Shop().filled()
    old, strange = event(hours=-24 * 31), event("waved")
    assert shop.triggering.take([old, strange]) == Taken(2, 0, 2)
    with pytest.raises(InputError, match=r"events\[1\].at"):
        shop.triggering.take([event(), event(hours=1)])
    assert shop.triggering.standing(MARIA) is None


def test_a_pull_at_send_time_reads_nothing() -> None:
    """What was taken here is in memory at once; what is withheld goes the long way."""
    shop = Shop().filled()
    shop.watch.start()
    try:
        shop.triggering.take([event()])
        shop.pulled()
        assert shop.at_hand() == "var_carts"
        shop.triggering.take([event("purchased", 0)])
        assert shop.at_hand() is None
    finally:
        shop.watch.stop()


def test_other_processes_know_what_was_taken_here() -> None:
    """They read what is new when they look; who does not look reads with every pull."""
    here = Shop().filled()
    there, blind = Shop(here.inner), Shop(here.inner)
    there.triggering.follow()
    here.triggering.take([event()])
    there.pulled()
    blind.pulled()
    assert (there.at_hand(), blind.at_hand()) == (None, None)
    there.triggering.follow()

    assert (there.at_hand(), there.pulled(), blind.pulled()) == (("var_carts",) * 3)
    assert blind.at_hand() is None


def test_many_recipients_are_followed_page_by_page() -> None:
    """None is left out between two pages, though all were stored in one moment."""
    here = Shop().filled()
    some = [event(event_id=str(n), recipient=f"r{n}") for n in range(45)]
    here.triggering.take(some)
    there = Shop(here.inner)
    there.triggering.follow()
    there.pulled(recipient_key(SECRET, "r1"))

    keys = [recipient_key(SECRET, f"r{n}") for n in (0, 19, 20, 44)]
    assert [there.at_hand(key) for key in keys] == ["var_carts"] * 4


def test_campaigns_without_rules_read_nothing_of_recipients() -> None:
    """For them a pull is what it was."""
    shop = Shop(book=TriggerBook()).filled()
    shop.pulled()
    choice = shop.serving.at_hand(PullQuery("spring", MARIA, "carts"), EVERY_BRAND)
    assert choice is not None


def test_who_reports_for_single_brands_calls_no_copy() -> None:
    """An event may call copy of any brand."""
    narrow = Actor("braze", frozenset(), brand_roles={"Northpeak": frozenset({Role.PULLER})})
    shop = Shop()
    with pytest.raises(Forbidden, match="a key for every brand"):
        shop.triggering.receive([event()], narrow)
    assert shop.triggering.receive([event()], TOOL).new == 1


def test_an_objection_among_events_holds_for_every_campaign() -> None:
    """It is kept with all others, and lifted by consent that came later."""
    shop = Shop(book=TriggerBook()).filled()

    def stands() -> bool | None:
        with shop.store.transaction() as tx:
            found = tx.objections.find(MARIA)
        return found.stands if found is not None else None

    shop.triggering.take([event("viewed")])
    assert stands() is None
    shop.triggering.take([event("unsubscribed", -2), event("consented", -3)])
    assert stands() is True
    shop.triggering.take([event("consented", -1)])
    assert stands() is False
    with shop.store.transaction() as tx:
        acts = [one.act for one in tx.audit.about("recipients")]
        assert acts == ["recipients.objected", "recipients.took-back"]
        assert MARIA not in repr(tx.audit.about("recipients"))


def test_keys_of_every_generation_mean_the_same_recipient() -> None:
    """An event is remembered under the key that is kept here, whatever the sender holds."""
    shop = Shop().filled()
    ring = Keyring(SECRET, newest=2)
    of_theirs = partial(kept_key, SECRET)
    here = Triggering(
        shop.store, BOOK, lambda: NOW, lambda one: recipient_key(SECRET, one),
        timedelta(days=30), of_theirs,
    )  # fmt: skip
    here.take([event(recipient=None, recipient_key=ring.key_for("maria"))])
    assert here.standing(MARIA) is not None
