"""Brands' own rankers, on every store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copydesk.errors import NotFound, StaleVersion
from copydesk.ranking.owned import BrandRanker, Objectives, SendsOfVersion
from copydesk.ranking.sends import PastSend
from copydesk.ranking.snapshots import begun
from copydesk.storage import Store
from tests.factories import NOW

SENDS = tuple(
    PastSend(
        f"Line {day}", NOW + timedelta(days=day), 5_000, 60 + day,
        segment="north", revenue=12.5, bot_clicks=3,
    )
    for day in range(3)
)  # fmt: skip


def a_ranker(brand: str = "Northpeak", revision: int = 1, aim: str = "clicks") -> BrandRanker:
    objectives = Objectives.model_validate({"aim": aim})
    return BrandRanker(brand=brand, revision=revision, objectives=objectives, versions=begun())


def test_a_ranker_comes_back_as_it_was_saved_last(store: Store) -> None:
    """Each revision takes the place of the one before it; of an unknown brand there is none."""
    later = a_ranker(revision=2, aim="revenue")
    with store.transaction() as tx:
        tx.rankers.save(a_ranker())
        tx.rankers.save(later)

    with store.transaction() as tx:
        assert tx.rankers.find("Northpeak") == later
        assert tx.rankers.find("Nobody") is None


def test_rankers_are_listed_by_brand(store: Store) -> None:
    """All are there once, in the order of their brands' names."""
    with store.transaction() as tx:
        for brand in ("zeta", "Alder", "Öre"):
            tx.rankers.save(a_ranker(brand))

        assert [ranker.brand for ranker in tx.rankers.all()] == ["Alder", "zeta", "Öre"]


@pytest.mark.parametrize("revision", [1, 3])
def test_a_change_to_another_revision_is_refused(store: Store, revision: int) -> None:
    """Whoever read an older ranker, or thinks there is none, changes nothing."""
    with store.transaction() as tx:
        tx.rankers.save(a_ranker())
        with pytest.raises(StaleVersion, match="Northpeak is at version 1, not"):
            tx.rankers.save(a_ranker(revision=revision, aim="revenue"))

        assert tx.rankers.find("Northpeak") == a_ranker()


def test_the_sends_of_a_version_come_back_whole(store: Store) -> None:
    """Times, counts, and what is not known are the same; sends are kept by brand and version."""
    with store.transaction() as tx:
        tx.rankers.keep_sends(SendsOfVersion(brand="Northpeak", version="v1", sends=SENDS[:1]))
        tx.rankers.keep_sends(SendsOfVersion(brand="Northpeak", version="v1", sends=SENDS))
        tx.rankers.keep_sends(SendsOfVersion(brand="Other", version="v1", sends=()))

    with store.transaction() as tx:
        assert tx.rankers.sends("Northpeak", "v1") == SENDS
        with pytest.raises(NotFound, match="v2"):
            tx.rankers.sends("Northpeak", "v2")
