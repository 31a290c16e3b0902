"""The chain of hashes over the audit record."""

from __future__ import annotations

import hashlib
import json
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.review_queue import AuditEvent, Noted
from copydesk.storage.chain import START, Link, canonical, hash_of, linked, walked
from tests.contract.nouns import an_event

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=9)


def chain(*subjects: str, **changes: Any) -> list[Link]:
    events = [an_event(subject, **changes) for subject in subjects]
    return list(accumulate(events, linked, initial=START))[1:]


@given(st.lists(WORDS, max_size=8))
def test_an_untouched_chain_holds(subjects: list[str]) -> None:
    """Whatever was recorded, the chain counts it all and ends in the last hash."""
    links = chain(*subjects)

    found = walked(links)

    assert (found.events, found.broken_at, found.fault) == (len(subjects), None, None)
    assert found.sha256 == (links[-1].sha256 if links else "0" * 64)


@pytest.mark.parametrize(
    ("forged", "broken_at", "fault"),
    [
        ([0, 2, 3], 2, "missing: number 3 follows number 1"),
        ([1, 2, 3], 1, "missing: number 2 follows number 0"),
        ([0, 2, 1, 3], 2, "missing"),
        ([0, 1, 1, 2, 3], 3, "number 2 stands here"),
    ],
)
def test_a_record_out_of_order_is_broken(forged: list[int], broken_at: int, fault: str) -> None:
    """Taking out, swapping or repeating events breaks the chain where it was done, in words."""
    links = chain("a", "b", "c", "d")

    found = walked(links[i] for i in forged)

    assert found.broken_at == broken_at
    assert fault in (found.fault or "")


def test_a_changed_event_is_found_though_later_ones_fit() -> None:
    """The first event that was changed is named."""
    links = chain("a", "b", "c")
    links[1] = links[1]._replace(document=links[1].document.replace("rob", "eve"))

    assert walked(links).broken_at == 2
    assert "do not fit each other" in (walked(links).fault or "")
    assert '"actor":"eve"' in (walked(links).found or "")


def test_an_event_put_in_with_a_hash_that_fits_it_breaks_the_next() -> None:
    """Numbers and own hashes all fit, but the next event was made to follow another one."""
    first, second = chain("a", "b")
    put_in = linked(first, an_event("eve"))
    renumbered = second._replace(number=3, sha256=hash_of(3, second.previous, second.document))

    found = walked([first, put_in, renumbered])

    assert found.broken_at == 3
    assert "follow the one before" in (found.fault or "")


def test_an_event_filed_under_another_name_is_found() -> None:
    """Whoever hides an event from a search, by changing where it is filed, is found out."""
    links = chain("a", "b")
    assert links[1].filed is not None
    links[1] = links[1]._replace(filed=links[1].filed._replace(subject="elsewhere"))

    assert walked(links).broken_at == 2
    assert walked(links).fault == "it is filed under subject elsewhere, and says b"


def test_a_document_that_is_no_event_is_told() -> None:
    """Text with a hash that fits, but that nobody can read as an event, is a fault."""
    own = hash_of(1, "0" * 64, "{}")
    link = chain("a")[0]._replace(document="{}", sha256=own)

    assert "does not read as an event" in (walked([link]).fault or "")


def test_what_was_noted_of_the_record_is_found_in_it() -> None:
    """The hash and count noted then still hold when the record has grown since."""
    links = chain("a", "b", "c")
    then = Noted(links[1].sha256, 2)

    assert walked(links, then).fault is None
    assert walked(links, Noted(sha256=then.sha256)).fault is None
    assert walked(links, Noted(events=2)).fault is None
    assert walked(links, Noted("0" * 64, 0)).fault is None


@pytest.mark.parametrize(
    ("noted", "fault"),
    [
        (Noted(events=3), "1 of the 3 events noted were cut off at the end"),
        (Noted("3" * 64, 3), "1 of the 3 events noted were cut off at the end"),
        (Noted(sha256="3" * 64), f"no event has the hash noted, {'3' * 64}: some were cut off"),
        (Noted("3" * 64, 2), f"no event number 2 has the hash noted, {'3' * 64}"),
    ],
)
def test_cutting_off_the_end_shows_against_what_was_noted(noted: Noted, fault: str) -> None:
    """A shortened record holds in itself; the hash or count noted elsewhere tells it apart."""
    links = chain("a", "b", "c")[:2]

    assert walked(links).fault is None
    found = walked(links, noted)
    assert found.broken_at is None
    assert fault in (found.fault or "")


def test_canonical_json_does_not_depend_on_the_order_of_names() -> None:
    """Two events that say the same are hashed the same, and text stays readable."""
    one = an_event(details={"b": 1, "a": "Ärger"})
    other = AuditEvent.model_validate(json.loads(canonical(one)))

    assert canonical(one) == canonical(other)
    assert '"details":{"a":"Ärger","b":1}' in canonical(one)


def test_a_hash_covers_number_previous_hash_and_document() -> None:
    """Three lines, hashed with SHA-256: anyone can do it again."""
    by_hand = hashlib.sha256(f"7\n{'0' * 64}\n{{}}".encode()).hexdigest()

    assert hash_of(7, "0" * 64, "{}") == by_hand
