"""Pushing: each copy once whatever happens between, and taken back when it holds no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from copydesk.desk.posting import LEASE, Posting
from copydesk.desk.pushing import Pushing, PushStanding
from copydesk.errors import Conflict, Forbidden, InputError, NotFound, Undelivered
from copydesk.notifications import Event
from copydesk.publishing import Campaign, approval_hash
from copydesk.pushing.build import build_tools
from copydesk.review_queue import Policy
from tests.contract.nouns import an_approved
from tests.factories import NOW, a_brief, a_copy, an_audience
from tests.unit.desk.world import AXEL, MARA, ROSA, TOOL, World, offering
from tests.unit.publishing.campaigns import GENERIC, a_campaign
from tests.unit.pushing.bench import secret_of, targets_at
from tests.unit.pushing.twin import Twin, twin_of

FIVE = tuple(f"var_{i}" for i in range(5))


class Yard:
    """A desk with five approved copies, and a tool that they are pushed to."""

    def __init__(self, twin: Twin, world: World, **target: Any) -> None:
        self.twin = twin
        self.world = world
        self.targets = targets_at(twin, **target)
        key_of = world.serving.recipient_key
        self.pushing = Pushing(world.store, world.policy, self.targets, self.now, key_of)
        self.posting = self.another_process()

    def now(self) -> datetime:
        return self.world.now

    def another_process(self) -> Posting:
        tools = build_tools(self.targets, {"news": [secret_of(self.twin.tool)]})
        wired = (self.world.store, self.world.policy, self.targets, tools, self.now)
        return Posting(*wired, self.world.serving.recipient_key, lambda: 0.5)

    def ask(self, **changes: Any) -> PushStanding:
        return self.pushing.ask("spring", "news", changes.pop("actor", MARA), **changes)

    def work(self, tries: int = 100) -> int:
        """Make what is due, at most so many tries; return how many were made."""
        due = list(self.posting.round())[:tries]
        for try_id in due:
            self.posting.run(try_id)
        return len(due)

    def told(self) -> dict[str, int]:
        with self.world.store.transaction() as tx:
            places = tx.pushes.places_of("spring")
        told = [place.told for place in places]
        return {one: told.count(one) for one in told}

    def acts(self) -> list[str]:
        return [act for act, _ in self.world.acts("spring")]


def stocked(campaign: Campaign, *variants: str) -> World:
    """Return a world whose library holds these variants of a campaign, for its first audience."""
    world = World().with_campaign(campaign)
    audience = next(iter(campaign.audiences.values()))
    bound = (campaign.brief, campaign.brand, audience, Policy.load().sha256)
    with world.store.transaction() as tx:
        for name in variants:
            copy = a_copy(subject=f"{name}: 20% off trail shoes")
            given = {"copy_": copy, "approval_hash": approval_hash(copy, *bound)}
            tx.library.add(an_approved(name, audience_id=audience.id, **given))
    return world


@pytest.fixture
def yard() -> Iterator[Yard]:
    with twin_of("listmonk") as twin:
        yield Yard(twin, stocked(a_campaign(), *FIVE), copies_per_minute=6_000)


def test_every_copy_is_put_there_once(yard: Yard) -> None:
    """Asked and carried out, five copies are five campaigns in the tool, and on the record."""
    asked = yard.ask()
    yard.work()
    found = yard.pushing.get(asked.id, TOOL)

    assert (asked.is_over, found.is_over, found.counts) == (False, True, {"pushed": 5})
    assert len(yard.twin.names()) == len(set(yard.twin.names())) == 5
    assert yard.acts().count("campaign.pushed") == 5


def test_to_ask_again_pushes_nothing_twice(yard: Yard) -> None:
    """A second order finds all of it there already, and calls nobody."""
    yard.ask()
    yard.work()
    calls = len(yard.twin.calls)
    again = yard.ask()

    assert (again.is_over, again.counts) == (True, {"pushed": 5})
    assert (yard.work(), len(yard.twin.calls)) == (0, calls)


def test_a_push_killed_in_the_middle_goes_on_where_it_was(yard: Yard) -> None:
    """Two done, one made with its answer lost and nobody left to note it: five in the end."""
    yard.ask()
    yard.work(tries=2)
    yard.twin.faults = ["", "lost"]
    with yard.world.store.transaction() as tx:
        third = tx.pushes.due(NOW, 1)[0]
    begun = yard.posting._begin(third.id, third.version)
    assert begun is not None
    with pytest.raises(Undelivered):  # and the process dies before it notes a thing
        yard.posting._send(begun)

    yard.posting = yard.another_process()
    yard.ask()
    yard.work()
    assert yard.told() == {"pushed": 4, "under way": 1}
    yard.world.now += LEASE
    yard.work()
    assert yard.told() == {"pushed": 5}
    assert (len(yard.twin.names()), yard.twin.made) == (5, 5)


def test_two_processes_never_make_the_same_try(yard: Yard) -> None:
    """Both look at once, both run all that they saw: each copy is sent by one of them."""
    yard.ask()
    other = yard.another_process()
    due = yard.posting.round()
    assert list(due) == list(other.round())
    for try_id in due:
        other.run(try_id)
        yard.posting.run(try_id)

    assert (yard.twin.did().count("create"), yard.told()) == (5, {"pushed": 5})


def test_a_tool_that_asks_to_wait_is_left_alone_for_so_long(yard: Yard) -> None:
    """After a 429 nothing else is sent until `Retry-After` is over, then all of it."""
    yard.ask()
    yard.twin.faults = ["429"]
    yard.work()
    first = len(yard.twin.calls)
    yard.world.later(seconds=6)
    assert (first, yard.work()) == (0, 0)

    yard.world.later(seconds=60)
    yard.work()
    assert yard.told() == {"pushed": 5}


def test_no_more_is_sent_than_the_target_allows() -> None:
    """With two copies a minute allowed, a round hands out two, and a third finds no room."""
    with twin_of("listmonk") as twin:
        yard = Yard(twin, stocked(a_campaign(), *FIVE), copies_per_minute=2)
        yard.ask()

        assert (yard.work(), yard.work()) == (2, 0)
        assert yard.told() == {"pushed": 2, "under way": 3}


def test_what_a_tool_refuses_is_given_up_and_told(yard: Yard) -> None:
    """A refusal ends the push of that copy with the reason; to ask again tries it again."""
    asked = yard.ask()
    yard.twin.faults = ["422"]
    yard.work()
    failed = [p for p in yard.pushing.get(asked.id, MARA).places if p.trouble]

    assert "answered 422" in str(failed[0].trouble)
    assert yard.told() == {"pushed": 4, "failed": 1}
    assert "campaign.push_failed" in yard.acts()
    yard.ask()
    yard.work()
    assert yard.told() == {"pushed": 5}


def test_trouble_on_the_way_is_tried_again_until_it_is_given_up() -> None:
    """A server that fails is tried later and later; after three days the copy is given up."""
    lasting = a_campaign(brief=a_brief(offer=None))
    with twin_of("listmonk") as twin:
        yard = Yard(twin, stocked(lasting, "var_0"))
        yard.ask()
        twin.faults = ["500"] * 1_000
        tried = 0
        for _ in range(40):
            tried += yard.work()
            yard.world.later(hours=3)

        assert yard.told() == {"failed": 1}
        assert 5 < tried < 40


def test_a_changed_offer_takes_back_what_was_pushed(yard: Yard) -> None:
    """The brief says 30: in the tool stands the fallback instead, on the record, and told."""
    yard.world.serving.set_fallback("spring", GENERIC, AXEL, 1)
    yard.ask()
    yard.work()
    yard.world.serving.set_brief("spring", offering(30), MARA, 2)
    yard.world.later(seconds=3)
    yard.work()

    bodies = [thing["body"]["subject"] for thing in yard.twin.things.values()]
    with yard.world.store.transaction() as tx:
        notices = [one for one in tx.outbox.unrouted(100) if one.event is Event.RECALLED]
    assert (set(bodies), yard.told()) == ({"Trail shoes are back"}, {"withdrawn": 5})
    assert {"campaign.push_recalled", "campaign.push_withdrawn"} <= set(yard.acts())
    assert any("taken back from news" in one.why for one in notices)


def test_an_offer_that_ends_takes_back_what_leans_on_it(yard: Yard) -> None:
    """Nobody changed anything: at the offer's end what was pushed is gone from the tool."""
    yard.ask()
    yard.work()
    yard.world.later(days=7)
    yard.work()

    assert (yard.twin.things, yard.told()) == ({}, {"withdrawn": 5})


def test_what_held_no_more_before_it_was_sent_is_never_sent(yard: Yard) -> None:
    """Between order and try the brief changed: the tool hears nothing of that copy."""
    yard.ask()
    yard.world.serving.set_brief("spring", offering(30), MARA, 1)
    yard.work()

    assert (yard.twin.calls, yard.told()) == ([], {"void": 5})


def test_what_cannot_be_taken_back_is_told_to_people(yard: Yard) -> None:
    """A tool that refuses to give it up leaves a notice that says what to do by hand."""
    yard.ask()
    yard.work()
    yard.world.later(days=7)
    yard.twin.faults = ["409"] * 5
    yard.work()
    with yard.world.store.transaction() as tx:
        why = [one.why for one in tx.outbox.unrouted(100)]

    assert yard.told() == {"not withdrawn": 5}
    assert sum("by hand" in one for one in why) == 5
    assert "campaign.push_stuck" in yard.acts()


def test_copy_for_one_person_goes_only_where_it_can() -> None:
    """listmonk holds none: it is left out with the reason, and alone it is refused."""
    anna = an_audience(id="anna", recipient="anna-1")
    with twin_of("listmonk") as twin:
        yard = Yard(twin, stocked(a_campaign(anna), "var_0"))
        with pytest.raises(Conflict, match="var_0 for anna: listmonk holds no copy for one person"):
            yard.ask()
    with twin_of("sfmc") as twin:
        yard = Yard(twin, stocked(a_campaign(anna), "var_0"))
        yard.ask()
        yard.work()
        row = next(iter(twin.things.values()))["body"][0]["values"]

        assert (row["SubscriberKey"], row["State"]) == ("anna-1", "approved")


def test_who_may_push_what_where_is_checked_first(yard: Yard) -> None:
    """Reviewers may not, targets and campaigns must be there, and something must hold."""
    with pytest.raises(Forbidden):
        yard.ask(actor=ROSA)
    with pytest.raises(InputError, match="give one of: news"):
        yard.pushing.ask("spring", "olds", MARA)
    with pytest.raises(NotFound):
        yard.pushing.ask("winter", "news", MARA)
    yard.world.serving.set_brief("spring", a_brief(facts=[], offer=None), MARA, 1)
    with pytest.raises(Conflict, match="may be pushed"):
        yard.ask()
    assert yard.twin.calls == []


def test_an_order_counts_as_served(yard: Yard) -> None:
    """From the order on the approvals cannot be undone: the copy has left the house."""
    yard.ask()
    with yard.world.store.transaction() as tx:
        pulled = [copy.pulled_at for copy in tx.library.served("spring")]

    assert pulled == [NOW] * 5


def test_copy_bound_anew_is_put_again_under_its_new_approval(yard: Yard) -> None:
    """The words hold still: the tool gets them with the hash that stands now."""
    yard.ask()
    yard.work()
    with yard.world.store.transaction() as tx:
        place = tx.pushes.places_of("spring")[0]
        old = place.model_copy(update={"approval_hash": "0" * 64, "version": place.version + 1})
        tx.pushes.save(old, place.version)
    yard.world.later(seconds=3)
    yard.work()

    with yard.world.store.transaction() as tx:
        assert "0" * 64 not in {one.approval_hash for one in tx.pushes.places_of("spring")}
    assert (yard.told(), yard.twin.did()[-1]) == ({"pushed": 5}, "update")


def test_a_campaign_tells_what_was_pushed_and_exported(yard: Yard) -> None:
    """Its newest pushes are listed with where they stand; to strangers there is no campaign."""
    yard.ask()
    yard.work()
    (listed,) = yard.pushing.of_campaign("spring", ROSA)

    assert (listed.counts, listed.asked_by, listed.tool) == ({"pushed": 5}, "mara", "listmonk")
    assert yard.pushing.exports_of("spring", ROSA) == []
    with pytest.raises(NotFound):
        yard.pushing.get("psh_" + "0" * 20, ROSA)


def test_a_target_of_another_brand_takes_nothing() -> None:
    """It is no target for this campaign, and is not named; what waits for it is not sent."""
    with twin_of("listmonk") as twin:
        world = stocked(a_campaign(), "var_0")
        yard = Yard(twin, world)
        yard.ask()
        elsewhere = Yard(twin, world, brands=["Fjordmark"])
        with pytest.raises(InputError, match="none is set up for Northpeak"):
            elsewhere.ask()
        elsewhere.work()

        assert twin.things == {}
        assert elsewhere.told() == {"failed": 1}
