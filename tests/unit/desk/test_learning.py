"""Learning at work: versions made, judged, kept or promoted, and taken back, on the record."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import NamedTuple

import pytest

from copydesk.access import Actor, Role
from copydesk.desk.learning import Learning, older
from copydesk.desk.own_rankers import OwnRankers
from copydesk.errors import Conflict, Forbidden, InputError, NotFound
from copydesk.ranking import RankRequest
from copydesk.ranking.build import ModelFiles
from copydesk.ranking.owned import ALL, Objectives
from copydesk.ranking.sends import PastSend
from copydesk.storage.memory import MemoryStore
from tests.contract.nouns import a_campaign, an_approved, an_outcome
from tests.factories import AUDIENCE, BRAND, COPY, NOW
from tests.unit.api.office import Clock

ADMIN = Actor("root", frozenset({Role.ADMIN}))
BRAND_NAME = "Northpeak"
SUBJECTS = ("Which shoes for the mud?", "New shoes for the muddy season", "Shoes at 20% off")


class Desk(NamedTuple):
    store: MemoryStore
    own: OwnRankers
    learning: Learning

    def acts(self) -> list[str]:
        with self.store.transaction() as tx:
            return [event.act for event in tx.audit.about(f"ranker:{BRAND_NAME}")]


@pytest.fixture
def desk() -> Desk:
    store = MemoryStore()
    own = OwnRankers(store, ModelFiles())
    return Desk(store, own, Learning(store, own, Clock()))


def sends(days: int, share: float = 0.04, since: int = 0) -> list[PastSend]:
    pick = Random(since)
    return [
        PastSend(
            pick.choice(SUBJECTS),
            NOW + timedelta(days=day - 200),
            5_000,
            round(5_000 * share * pick.uniform(0.8, 1.2)),
            segment="lapsed-runners",
        )
        for day in range(since, since + days)
    ]


def request(brand: str = BRAND_NAME) -> RankRequest:
    told = {"brand": {**BRAND, "name": brand}, "audience": AUDIENCE}
    candidates = [{"id": str(at), "copy": {"subject": text}} for at, text in enumerate(SUBJECTS)]
    return RankRequest.model_validate({**told, "candidates": candidates})


def test_a_better_version_is_put_into_use(desk: Desk) -> None:
    """Sixty sends of a brand beat what ships on the newest of them, and the ranker asks them."""
    assert desk.own.own(request()) is None

    taught = desk.learning.learn(BRAND_NAME, ADMIN, sends(60))

    assert (taught.promoted, taught.sends, taught.learned) == (True, 60, 40)
    own = desk.own.own(request())
    assert own is not None
    assert taught.version in own(SUBJECTS[0]).parts[0][2]
    assert desk.own.own(request("Other")) is None
    assert desk.acts() == ["ranker.promoted"]


def test_few_sends_make_a_version_that_waits(desk: Desk) -> None:
    """Ten sends are learned from and kept; judged once later ones are known, they are promoted."""
    first = desk.learning.learn(BRAND_NAME, ADMIN, sends(10))
    assert (first.promoted, first.learned) == (False, 10)
    assert first.why == "0 later sends tell too little: 20 are needed"
    with pytest.raises(Conflict, match="not put into use: 0 later sends"):
        desk.learning.promote(BRAND_NAME, first.version, ADMIN)

    desk.learning.learn(BRAND_NAME, ADMIN, sends(30, since=10))
    while desk.learning.ranker(BRAND_NAME, ADMIN).versions.active.sends:
        desk.learning.roll_back(BRAND_NAME, ADMIN)
    assert desk.learning.promote(BRAND_NAME, first.version, ADMIN).promoted


def test_the_same_sends_make_no_new_version(desk: Desk) -> None:
    """Learning again from what is known changes nothing; what is to be gained may change alone."""
    first = desk.learning.learn(BRAND_NAME, ADMIN, sends(60))
    again = desk.learning.learn(BRAND_NAME, ADMIN, objectives=Objectives(unsubscribe=9))

    assert (again.version, again.promoted) == (first.version, True)
    assert "nothing new" in again.why
    ranker = desk.learning.ranker(BRAND_NAME, ADMIN)
    assert (len(ranker.versions.snapshots), ranker.objectives.unsubscribe) == (2, 9)
    assert desk.acts() == ["ranker.promoted", "ranker.aimed"]


def test_a_version_is_taken_back_by_one_step(desk: Desk) -> None:
    """The version before is in use at once, the change names who made it, and no step is left."""
    desk.learning.learn(BRAND_NAME, ADMIN, sends(60))

    ranker = desk.learning.roll_back(BRAND_NAME, ADMIN)

    assert desk.own.own(request()) is None
    assert (ranker.versions.changes[-1].act, ranker.versions.changes[-1].by) == (
        "rolled back",
        "root",
    )
    with pytest.raises(Conflict, match="nothing was promoted"):
        desk.learning.roll_back(BRAND_NAME, ADMIN)
    assert desk.acts() == ["ranker.promoted", "ranker.rolled_back"]


def test_sends_that_changed_take_the_place_of_those_known(desk: Desk) -> None:
    """A file with later counts replaces its sends, and older versions keep those they saw."""
    first = desk.learning.learn(BRAND_NAME, ADMIN, sends(60))
    more = [dataclasses.replace(send, clicks=send.clicks + 5) for send in sends(60)]

    second = desk.learning.learn(BRAND_NAME, ADMIN, more)

    with desk.store.transaction() as tx:
        assert tx.rankers.sends(BRAND_NAME, ALL) == tuple(more)
        assert tx.rankers.sends(BRAND_NAME, first.version) == tuple(sends(60)[:40])
    assert second.version != first.version
    versions = desk.learning.ranker(BRAND_NAME, ADMIN).versions
    assert desk.own.learned(BRAND_NAME, versions.named(first.version)).models["clicks"].known


def test_outcomes_of_approved_copy_are_sends(desk: Desk) -> None:
    """What recipients did with a pulled copy is learned from once it is three days old."""
    events = [
        an_outcome(f"{kind}{n}", kind=kind, recipient_key=f"r{n}", at=NOW - timedelta(days=days))
        for days in (9, 1)
        for n in range(days * 100, days * 100 + 40)
        for kind in (("sent", "click") if n % 8 == 0 else ("sent",))
    ]
    with desk.store.transaction() as tx:
        tx.campaigns.add(a_campaign())
        tx.library.add(an_approved(brand=BRAND_NAME))
        tx.outcomes.add([*events, an_outcome("lost", kind="click", variant_id=None)])

    taught = desk.learning.learn(BRAND_NAME, ADMIN)

    assert (taught.from_outcomes, taught.sends) == (1, 1)
    assert taught.remarks == ("1 outcome names no copy that is known, and is left out",)
    with desk.store.transaction() as tx:
        (send,) = tx.rankers.sends(BRAND_NAME, ALL)
    assert (send.subject, send.recipients, send.clicks) == (COPY["subject"], 40, 5)


def test_drift_is_told_in_words(desk: Desk) -> None:
    """A click rate that halves after the version was made is told; before, nothing is."""
    desk.learning.learn(BRAND_NAME, ADMIN, sends(60))
    assert desk.learning.drift(BRAND_NAME, ADMIN).found == ()

    desk.learning.learn(BRAND_NAME, ADMIN, sends(30, share=0.015, since=60))
    told = desk.learning.drift(BRAND_NAME, ADMIN)

    assert any("below what was expected" in line for line in told.found), told


def test_only_admins_learn(desk: Desk) -> None:
    """Whoever is no admin neither learns, nor reads, nor takes back."""
    approver = Actor("bea", frozenset({Role.APPROVER, Role.REVIEWER, Role.REQUESTER}))
    for act in (desk.learning.learn, desk.learning.drift, desk.learning.roll_back):
        with pytest.raises(Forbidden):
            act(BRAND_NAME, approver)
    with pytest.raises(Forbidden):
        desk.learning.rankers(approver)


def test_a_brand_without_sends_is_told_so(desk: Desk) -> None:
    """Nothing is made of nothing, and a version that is not there is not found."""
    with pytest.raises(InputError, match="no send of this brand is known"):
        desk.learning.learn(BRAND_NAME, ADMIN)
    with pytest.raises(NotFound, match="Nothing was learned for Northpeak"):
        desk.learning.promote(BRAND_NAME, "v1", ADMIN)


@pytest.mark.parametrize("brand", ["", "   ", "x" * 3_000])
def test_what_is_no_name_of_a_brand_is_refused(desk: Desk, brand: str) -> None:
    """A name that no brand can have is an error of input, and nothing is stored."""
    with pytest.raises(InputError, match="give the brand's name"):
        desk.learning.learn(brand, ADMIN, sends(30))

    assert desk.learning.rankers(ADMIN) == []


@pytest.mark.parametrize(("number", "kept"), [(1, 1), (25, 25), (26, 6), (60, 40), (200, 160)])
def test_the_newest_sends_are_held_out(number: int, kept: int) -> None:
    """A fifth, and at least twenty, where six are left to learn from."""

    def learned(known: Sequence[PastSend]) -> int:
        return len(older(known))

    assert learned(sends(number)) == kept


def test_drift_that_is_looked_for_by_itself_goes_on_the_record_once(desk: Desk) -> None:
    """The look of the next day finds the same, and adds nothing."""
    desk.learning.learn(BRAND_NAME, ADMIN, sends(60))
    desk.learning.learn(BRAND_NAME, ADMIN, sends(30, share=0.015, since=60))
    found = [[drifted.found for drifted in desk.learning.steps()] for _ in range(2)]

    assert found[0] == found[1]
    assert "below what was expected" in found[0][0][0]
    assert desk.acts().count("ranker.drifted") == 1


def test_revenue_is_learned_from_outcomes(desk: Desk) -> None:
    """What conversions brought is the revenue of the send; of two currencies no sum is made."""
    told = [("sent", {}), ("click", {}), ("conversion", {"value": "12.50", "currency": "EUR"})]
    events = [
        an_outcome(f"{kind}{n}", kind=kind, recipient_key=f"r{n}", at=NOW - timedelta(9), **more)
        for n in range(40)
        for kind, more in (told if n % 8 == 0 else told[:1])
    ]
    other = {"kind": "conversion", "recipient_key": "r1", "at": NOW - timedelta(9)}
    with desk.store.transaction() as tx:
        tx.campaigns.add(a_campaign())
        tx.library.add(an_approved(brand=BRAND_NAME))
        tx.outcomes.add(events)
    taught = [desk.learning.learn(BRAND_NAME, ADMIN, objectives=Objectives(aim="revenue"))]
    with desk.store.transaction() as tx:
        (send,) = tx.rankers.sends(BRAND_NAME, ALL)
        tx.outcomes.add([an_outcome("usd", **other, value="3", currency="USD")])
    taught.append(desk.learning.learn(BRAND_NAME, ADMIN))

    assert (send.revenue, send.conversions) == (62.5, 5)
    assert taught[0].remarks == ()
    assert "told in EUR and USD: revenue is not known" in taught[1].remarks[0]
