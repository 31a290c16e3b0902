"""What is stored of a report says nothing about whom."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.feedback.redaction import KEYED, Redactor
from copydesk.feedback.tools import tool_named

REDACTOR = Redactor(lambda name: f"h{len(name)}")
NAMES = st.from_regex(r"[a-z]{3,8}", fullmatch=True)
ADDRESSES = st.builds("{}.{}@{}.example".format, NAMES, NAMES, NAMES)
FIELDS = st.sampled_from(["email", "note", "userId", "subject", "a.b"])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), ADDRESSES, st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50)
@given(st.dictionaries(FIELDS, VALUES, max_size=5), ADDRESSES)
def test_no_address_is_left_wherever_it_stood(event: dict[str, object], address: str) -> None:
    """In a field of its own, in text, in a link, nested: a hash takes its place."""
    link = f"https://a.example/?who={address.replace('@', '%40')}&x=1"
    kept = json.dumps(REDACTOR.event(tool_named("iterable"), {**event, "href": link, "t": address}))

    assert ".example@" not in kept
    assert "%40" not in kept
    assert "@" not in "".join(part for part in kept.split('"') if part.endswith(".example"))


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("userId", "customer-7", KEYED + "h10"),
        ("userId", 4711, KEYED + "h4"),
        ("email", "Ada@Inbox.example", KEYED + "h17"),
        ("other", "2001:db8::1", ""),
        ("other", "203.0.113.9", ""),
        ("at", "12:30:45", "12:30:45"),
        ("agent", "Chrome/120.0.0.0 Safari/537.36", "Chrome/120.0.0.0 Safari/537.36"),
        ("note", "ask ada@inbox.example today", f"ask {KEYED}h17 today"),
    ],
)
def test_what_becomes_of_a_field(field: str, value: object, kept: object) -> None:
    """Ids and addresses become hashes, addresses of machines go, and versions are no addresses."""
    assert REDACTOR.event(tool_named("iterable"), {field: value}) == {field: kept}


@pytest.mark.parametrize("field", ["ip", "ipAddress", "first_name", "Phone-Number", "location"])
def test_what_says_who_or_where_is_dropped(field: str) -> None:
    """However the field is written, and wherever it stands."""
    event = {"data": {field: "x", "metric": "opened"}, field: "y"}

    assert REDACTOR.event(tool_named("customerio"), event) == {"data": {"metric": "opened"}}


def test_what_was_redacted_is_not_redacted_again() -> None:
    """A hash stands for itself, so that a delivery that is read again says the same."""
    once = REDACTOR.event(tool_named("braze"), {"external_user_id": "customer-7"})

    assert REDACTOR.event(tool_named("braze"), once) == once


@pytest.mark.parametrize("text", ["a" * 2_000_000, "a@" * 1_000_000, "a@" + "b-" * 1_000_000])
def test_a_long_text_is_cleaned_in_time_proportional_to_it(text: str) -> None:
    """Two million characters that are nearly addresses take no two seconds."""
    began = time.thread_time()
    kept = REDACTOR.text(f"{text} who@inbox.example")

    assert kept.endswith(f" {KEYED}h17")
    assert time.thread_time() - began < 2
