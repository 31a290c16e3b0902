"""Money and dates by locale."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from copydesk.generation.phrasebook.figures import Figures

SENT = datetime(2026, 3, 7, tzinfo=UTC)
ENDS = datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "day", "money"),
    [
        ("en-US", "March 8", "$1,098"),
        ("en-GB", "8 March", "US$1,098"),
        ("en-IE", "8 March", "US$1,098"),
        ("de-DE", "8 March", "1.098\xa0US$"),
        ("de", "8 March", "1,098\xa0US$"),
        ("en", "March 8", "$1,098"),
        ("xx-XX", "8 March", "1,098\xa0US$"),
    ],
)
def test_english_is_written_as_in_the_country(locale: str, day: str, money: str) -> None:
    """The words are English, the order of day and month and the signs are the country's."""
    figures = Figures(locale, SENT)

    assert (figures.last_day(ENDS), figures.money(1098, "USD")) == (day, money)


def test_cents_are_written_when_there_are_some() -> None:
    """A round price is written round."""
    figures = Figures("en-GB", SENT)

    assert (figures.money(9.99, "GBP"), figures.money(9, "GBP")) == ("£9.99", "£9")


def test_iso_dates_are_written_out_where_they_are_dates() -> None:
    """A number that only looks like a date stays as it is."""
    figures = Figures("en-GB", SENT)

    assert figures.worded("on 2026-10-13, part 2026-99-99") == "on 13 October, part 2026-99-99"
