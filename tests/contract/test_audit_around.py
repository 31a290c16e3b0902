"""Walking part of the record, on every store: the stretches around what a pack is about."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.storage import Store
from copydesk.storage.chain import START, STRETCH, Link, linked, stretches, walked_around
from copydesk.storage.memory import MemoryStore
from copydesk.storage.sql import schema
from tests.contract.nouns import an_event
from tests.contract.test_audit_tampering import changed

EVENTS = 4 * STRETCH + 30
FIELDS = [column.name for column in schema.audit.columns]


@cache
def record() -> tuple[Link, ...]:
    links = [START]
    for i in range(EVENTS):
        links.append(linked(links[-1], an_event(f"rev_{i}")))
    return tuple(links[1:])


def kept(links: list[Link]) -> MemoryStore:
    store = MemoryStore()
    with store.transaction() as tx:
        tx.audit.links[:] = links
    return store


def test_part_of_the_record_is_walked(store: Store) -> None:
    """The hundred around an event and the one after, and those at the end; the head is the same."""
    with store.transaction() as tx:
        for link in record():
            tx.audit.append(link.entry.event)
    with store.transaction() as tx:
        found, whole = tx.audit.around([105, 107]), tx.audit.chain()

        assert (found.events, found.sha256, found.fault) == (EVENTS, whole.sha256, None)
        assert found.walked == (STRETCH + 1) + 30
        assert tx.audit.around(range(1, EVENTS)).walked == EVENTS


def test_an_empty_record_holds(store: Store) -> None:
    """There is nothing to walk, and nothing is wrong with it."""
    with store.transaction() as tx:
        found = tx.audit.around([])

        assert (found.events, found.walked, found.fault) == (0, 0, None)


@given(st.integers(1, EVENTS), st.sampled_from(FIELDS))
def test_a_change_of_the_event_itself_is_found(number: int, what: str) -> None:
    """Whatever of it was changed past Copydesk, walking around it tells that the record is bad."""
    links = list(record())
    links[number - 1] = changed(links[number - 1], what)
    links.sort(key=lambda link: link.number)

    with kept(links).transaction() as tx:
        assert tx.audit.around([number]).fault


@given(st.integers(2, STRETCH), st.integers(1, 2 * STRETCH))
def test_events_made_anew_are_found_where_they_meet_the_old(first: int, many: int) -> None:
    """Who makes an event anew, with others after it, is found within the stretch."""
    links = list(record())
    for at in range(first - 1, min(first - 1 + many, STRETCH)):
        links[at] = linked(links[at - 1], an_event("rev_forged"))

    with kept(links).transaction() as tx:
        assert tx.audit.around([first]).fault


@given(st.integers(0, EVENTS - 2))
def test_a_dropped_event_is_missed_wherever_it_was(at: int) -> None:
    """The number of the last event tells how many there must be."""
    links = list(record())
    del links[at]

    with kept(links).transaction() as tx:
        assert tx.audit.around([1]).fault


def test_a_change_far_away_is_found_by_the_whole_walk_alone() -> None:
    """What was not looked at is not vouched for: the count of what was walked says so."""
    links = list(record())
    links[250] = changed(links[250], "document")

    with kept(links).transaction() as tx:
        assert tx.audit.around([3]).fault is None
        assert tx.audit.chain().broken_at == 251


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ([], []),
        ([1], [(1, 101)]),
        ([100, 101], [(1, 201)]),
        ([5, 301], [(1, 101), (301, 401)]),
    ],
)
def test_stretches_that_touch_are_one(numbers: list[int], found: list[tuple[int, int]]) -> None:
    """No event is read twice where two stretches overlap."""
    assert list(stretches(numbers)) == found


def test_a_stretch_that_ends_too_soon_is_no_whole_one() -> None:
    """Where rows are missing up to the next stretch that is read, it is told from which on."""
    links = record()[:50]

    found = walked_around(
        [1], record()[-1], EVENTS, lambda first, last: links[max(first - 1, 0) : last]
    )

    assert (found.broken_at, found.fault) == (51, "it is missing: nothing follows")
