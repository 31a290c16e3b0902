"""Review items, on every store."""

from __future__ import annotations

import pytest

from copydesk.errors import NotFound, StaleVersion
from copydesk.review_queue import Decision, ReviewQuery, State
from copydesk.storage import Store
from tests.contract.nouns import an_item, later
from tests.factories import NOW, a_copy


def found(store: Store, query: ReviewQuery) -> list[str]:
    with store.transaction() as tx:
        return [item.id for item in tx.reviews.find(query)]


def test_an_item_comes_back_as_it_was_stored(store: Store) -> None:
    """What is read equals what was added, decisions and merge tags included."""
    decision = Decision(act="edit", actor="rob", at=NOW, note="shorter")
    item = an_item(decisions=(decision,), copy_now=a_copy(subject="Kürzer 👟"), editors=("rob",))
    with store.transaction() as tx:
        tx.reviews.add(item)

    with store.transaction() as tx:
        assert item == tx.reviews.get("rev_1")


def test_adding_again_changes_nothing(store: Store) -> None:
    """An item that is there already stays as it is, so that a step may run twice."""
    claimed = an_item(state=State.CLAIMED, version=2)
    with store.transaction() as tx:
        tx.reviews.add(an_item())
        tx.reviews.save(claimed, expected_version=1)
        tx.reviews.add(an_item())

        assert claimed == tx.reviews.get("rev_1")


def test_a_change_to_an_older_version_is_refused(store: Store) -> None:
    """Saving at a version that no longer stands is StaleVersion, and nothing is overwritten."""
    claimed = an_item(state=State.CLAIMED, version=2)
    with store.transaction() as tx:
        tx.reviews.add(an_item())
        tx.reviews.save(claimed, expected_version=1)
        with pytest.raises(StaleVersion, match="at version 2, not 1"):
            tx.reviews.save(an_item(state=State.REJECTED, version=2), expected_version=1)

        assert claimed == tx.reviews.get("rev_1")


def test_an_unknown_item_is_not_found(store: Store) -> None:
    """Reading, saving or paging on from an item that is not there is NotFound."""
    with store.transaction() as tx:
        with pytest.raises(NotFound, match="rev_404"):
            tx.reviews.get("rev_404")
        with pytest.raises(NotFound, match="rev_404"):
            tx.reviews.save(an_item("rev_404"), expected_version=1)
        with pytest.raises(NotFound, match="rev_404"):
            tx.reviews.find(ReviewQuery(after="rev_404"))


def test_items_are_found_by_what_they_are(store: Store) -> None:
    """States, campaign and generation narrow the search, alone and together."""
    with store.transaction() as tx:
        tx.reviews.add(an_item("rev_1"))
        tx.reviews.add(an_item("rev_2", state=State.ESCALATED, campaign="autumn"))
        tx.reviews.add(an_item("rev_3", state=State.APPROVED, generation_id="gen_2"))

    assert found(store, ReviewQuery()) == ["rev_1", "rev_2", "rev_3"]
    assert found(store, ReviewQuery((State.WAITING, State.ESCALATED))) == ["rev_1", "rev_2"]
    assert found(store, ReviewQuery(campaign="autumn")) == ["rev_2"]
    assert found(store, ReviewQuery(generation_id="gen_2")) == ["rev_3"]
    assert found(store, ReviewQuery((State.WAITING,), campaign="autumn")) == []


def test_pages_follow_each_other_without_gap_or_repeat(store: Store) -> None:
    """Oldest first, equal times by id, and each page goes on after the last item of the one before.

    Ids are in byte order whatever the database's locale: `_` comes after `Z` and before `a`.
    """
    ids = ["rev_B", "rev__", "rev_a", "rev_-", "rev_Z"]
    with store.transaction() as tx:
        for item_id in ids:
            tx.reviews.add(an_item(item_id))
        tx.reviews.add(an_item("rev_0", created_at=later(1)))
        tx.reviews.add(an_item("rev_9", created_at=later(-1)))

    pages, after = [], None
    while page := found(store, ReviewQuery(limit=3, after=after)):
        pages.append(page)
        after = page[-1]

    assert pages == [["rev_9", "rev_-", "rev_B"], ["rev_Z", "rev__", "rev_a"], ["rev_0"]]


def test_every_state_is_counted(store: Store) -> None:
    """Counts name every state, with zero where there is none."""
    with store.transaction() as tx:
        tx.reviews.add(an_item("rev_1"))
        tx.reviews.add(an_item("rev_2"))
        tx.reviews.add(an_item("rev_3", state=State.REJECTED))

        counted = tx.reviews.count()

    expected = dict.fromkeys(State, 0) | {State.WAITING: 2, State.REJECTED: 1}
    assert expected == counted


def test_an_item_of_before_there_were_bindings_is_read(store: Store) -> None:
    """A check that was stored without bindings says that none were worked out."""
    old = an_item(checked={"verdict": "pass", "findings": []})
    with store.transaction() as tx:
        tx.reviews.add(old)

    with store.transaction() as tx:
        assert tx.reviews.get("rev_1").checked.bindings is None
