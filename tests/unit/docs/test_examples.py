"""The examples: valid, and fit to be shown on any day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.audiences import Consent
from copydesk.cli import examples
from copydesk.errors import InputError
from copydesk.guardrails import Severity, Submission, Verdict
from copydesk.guardrails.build import build_checker
from tests.factories import NOW, a_brief

NAMES = examples.names()


def test_three_brands_come_with_copydesk() -> None:
    """The examples are an outdoor shop, a bank and a pharmacy."""
    assert NAMES == ["bank", "outdoor", "pharmacy"]


@pytest.mark.parametrize("name", NAMES)
def test_example_can_be_played(name: str) -> None:
    """Each example has a brief with facts, and an audience of each sort: one with consent."""
    read = examples.load(name, NOW)

    assert read.brief.facts
    assert not read.audience.sensitive
    assert read.audience.consent is Consent.GIVEN
    assert read.sensitive.sensitive


@pytest.mark.parametrize("name", NAMES)
@given(days=st.integers(0, 2_000), hours=st.integers(0, 23))
def test_offer_runs_whenever_it_is_shown(name: str, days: int, hours: int) -> None:
    """On any day the example is sent within a week, with an offer that runs until then."""
    now = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=days, hours=hours)
    brief = examples.load(name, now).brief

    assert now < brief.send_at <= now + timedelta(weeks=1)
    assert brief.offer is None or (
        brief.offer.holds_at(now) and brief.offer.holds_at(brief.send_at)
    )


@pytest.mark.parametrize("name", NAMES)
def test_careless_copy_is_blocked(name: str) -> None:
    """The careless copy of each example is blocked, for three reasons at least."""
    read = examples.load(name, NOW)

    checked = build_checker().check(
        Submission(read.careless, read.brief, read.brand, read.audience)
    )

    blocking = {f.category for f in checked.findings if f.severity is Severity.BLOCK}
    assert checked.verdict is Verdict.BLOCK
    assert len(blocking) >= 3


def test_moving_keeps_the_day_of_the_week() -> None:
    """Dates are moved by whole weeks, so that a Sunday stays a Sunday."""
    brief = a_brief()

    moved = examples.to_this_week(brief, datetime(2031, 6, 5, tzinfo=UTC))

    assert moved.send_at.weekday() == brief.send_at.weekday()
    assert moved.send_at.time() == brief.send_at.time()


def test_unknown_example_is_refused_with_the_known_ones() -> None:
    """A name that is no example's is an error that lists the examples."""
    with pytest.raises(InputError, match="choose one of bank, outdoor, pharmacy"):
        examples.load("../bank", NOW)
