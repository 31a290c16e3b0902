"""The chain of hashes over the audit record."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.storage.chain import FIRST, Link, linked, walked


def chain(*documents: str) -> list[Link]:
    first = Link("", FIRST)
    return list(accumulate(documents, lambda link, d: linked(link.sha256, d), initial=first))[1:]


@given(st.lists(st.text(), max_size=8))
def test_an_untouched_chain_holds(documents: list[str]) -> None:
    """Whatever was recorded, the chain counts it all and ends in the last hash."""
    links = chain(*documents)

    found = walked(links)

    assert (found.events, found.broken_at) == (len(documents), None)
    assert found.sha256 == (links[-1].sha256 if links else FIRST)


def test_an_empty_record_ends_in_zeros() -> None:
    """Before the first event stands a hash of zeros."""
    assert walked([]).sha256 == "0" * 64


@pytest.mark.parametrize(
    ("forged", "broken_at"),
    [
        ([0, 2, 3], 2),
        ([1, 2, 3], 1),
        ([0, 2, 1, 3], 2),
        ([0, 1, 1, 2, 3], 3),
    ],
)
def test_a_record_out_of_order_is_broken(forged: list[int], broken_at: int) -> None:
    """Taking out, swapping or repeating events breaks the chain where it was done."""
    links = chain("a", "b", "c", "d")

    assert walked(links[i] for i in forged).broken_at == broken_at


def test_a_changed_event_is_found_though_later_ones_fit() -> None:
    """The first event that was changed is named."""
    links = chain("a", "b", "c")
    links[1] = links[1]._replace(document="B")

    assert walked(links).broken_at == 2


def test_cutting_off_the_end_shows_in_the_last_hash() -> None:
    """A shortened record holds in itself; the hash noted elsewhere tells it from the whole."""
    links = chain("a", "b", "c")

    assert walked(links[:2]).broken_at is None
    assert walked(links[:2]).sha256 != walked(links).sha256
