"""The trust ledger, on every store."""

from __future__ import annotations

import pytest

from copydesk.brand_voice import Brands
from copydesk.errors import NotFound
from copydesk.review_queue.trust import Result, Segment
from copydesk.storage import Store
from tests.contract.nouns import a_trust_entry, an_outcome, later

SEGMENT = Segment("Northpeak", "winback", "lapsed-runners")


def test_an_entry_comes_back_as_it_was_put_last(store: Store) -> None:
    """Putting an entry again replaces the one with its id; an unknown id gives None."""
    decided = a_trust_entry(result=Result.APPROVED, decided_at=later(5))
    with store.transaction() as tx:
        tx.trust.put(a_trust_entry())
        tx.trust.put(decided)

    with store.transaction() as tx:
        assert tx.trust.entry("rev_1") == decided
        assert tx.trust.entry("rev_404") is None
        assert tx.trust.entries(SEGMENT) == [decided]


def test_entries_of_a_segment_are_its_own_oldest_first(store: Store) -> None:
    """Brand, kind and audience must all be the segment's; equal times are in order of ids."""
    with store.transaction() as tx:
        tx.trust.put(a_trust_entry("rev_b"))
        tx.trust.put(a_trust_entry("rev_a"))
        tx.trust.put(a_trust_entry("rev_0", created_at=later(-1)))
        tx.trust.put(a_trust_entry("rev_x", brand="Other"))
        tx.trust.put(a_trust_entry("rev_y", kind="welcome"))
        tx.trust.put(a_trust_entry("rev_z", audience="others"))

        found = [entry.id for entry in tx.trust.entries(SEGMENT)]

    assert found == ["rev_0", "rev_a", "rev_b"]


def test_segments_are_listed_once_in_order(store: Store) -> None:
    """Each segment with an entry is named once; a brand narrows the list to its own."""
    with store.transaction() as tx:
        tx.trust.put(a_trust_entry("rev_1"))
        tx.trust.put(a_trust_entry("rev_2"))
        tx.trust.put(a_trust_entry("rev_3", brand="Alder", audience="zebra"))

        everything, own = tx.trust.segments(), tx.trust.segments(Brands(frozenset({"Northpeak"})))

    assert everything == [Segment("Alder", "winback", "zebra"), SEGMENT]
    assert own == [SEGMENT]


def test_reports_count_the_outcomes_of_a_segments_newer_copies(store: Store) -> None:
    """Outcomes of its copies count by kind; those of older copies or other segments do not."""
    outcomes = [
        an_outcome("e1", kind="delivered"),
        an_outcome("e2", kind="delivered", variant_id="var_2"),
        an_outcome("e3", kind="complaint", variant_id="var_2"),
        an_outcome("e4", kind="complaint", variant_id="var_9"),
        an_outcome("e5", kind="complaint", campaign="autumn", variant_id="var_2"),
    ]
    with store.transaction() as tx:
        tx.trust.put(a_trust_entry("rev_1"))
        tx.trust.put(a_trust_entry("rev_2", created_at=later(1)))
        tx.trust.put(a_trust_entry("rev_9", brand="Other"))
        tx.outcomes.add(outcomes)

        ever, newer = tx.trust.reports(SEGMENT, None), tx.trust.reports(SEGMENT, later(0))

    assert ever == {"delivered": 2, "complaint": 1}
    assert newer == {"delivered": 1, "complaint": 1}


def test_released_copy_is_counted_apart(store: Store) -> None:
    """What trust let out is a number, by age; its outcomes count like those of the rest."""
    with store.transaction() as tx:
        tx.trust.put(a_trust_entry("rev_1"))
        tx.trust.put(a_trust_entry("var_2", result=Result.RELEASED))
        tx.trust.put(a_trust_entry("var_3", result=Result.RELEASED, created_at=later(1)))
        tx.outcomes.add([an_outcome("e1", kind="complaint", variant_id="var_3")])

        assert [entry.id for entry in tx.trust.entries(SEGMENT)] == ["rev_1"]
        assert tx.trust.released(SEGMENT, None) == 2
        assert tx.trust.released(SEGMENT, later(0)) == 1
        assert tx.trust.reports(SEGMENT, None) == {"complaint": 1}


def put_and_fail(store: Store) -> None:
    with store.transaction() as tx:
        tx.trust.put(a_trust_entry())
        tx.reviews.get("rev_404")


def test_an_entry_of_a_failed_transaction_is_not_kept(store: Store) -> None:
    """When the block raises, the ledger is as it was."""
    with pytest.raises(NotFound):
        put_and_fail(store)

    with store.transaction() as tx:
        assert tx.trust.segments() == []
