"""A request as the fields of a form, and back."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from copydesk.api.examples import GENERATION
from copydesk.api.pages.brief_form import (
    WHERE,
    compact,
    document_of,
    fields_of,
    place_of,
    rows,
    scalar_of,
    scalar_text,
    with_row,
    without_row,
)
from copydesk.audiences import Audience, Consent
from copydesk.briefs import Brief, Kind, OfferKind, Sector
from copydesk.documents import load, shaped
from copydesk.errors import InputError
from copydesk.generations import GenerationRequest
from tests.factories import AUDIENCE, BRAND, BRIEF

EXAMPLES = Path(__file__).parents[3] / "examples"
FOLDERS = sorted(one.parent for one in EXAMPLES.glob("*/briefs"))
REQUEST: dict[str, Any] = {"brief": BRIEF, "audience": AUDIENCE, "brand": BRAND, "n": 2}

lines = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), min_size=1)
    .map(str.strip)
    .filter(bool)
)
slugs = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=9)
words = st.text(string.ascii_letters + string.punctuation, min_size=1, max_size=20)
amounts = st.floats(0, 1e9) | st.integers(0, 10**9)
zones = st.integers(-14 * 4, 14 * 4).map(lambda n: timezone(timedelta(minutes=15 * n)))
moments = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2099, 1, 1),  # noqa: DTZ001
    timezones=zones | st.just(UTC),
).map(datetime.isoformat)
Documents = st.SearchStrategy[dict[str, Any]]
products: Documents = st.fixed_dictionaries(
    {"name": lines, "currency": st.sampled_from(["USD", "EUR"])},
    optional={"price": amounts, "url": words},
)
offers: Documents = st.fixed_dictionaries(
    {"kind": st.sampled_from(OfferKind), "value": st.floats(0.5, 100)},
    optional={
        "code": words,
        "starts": moments,
        "ends": moments,
        "extendable": st.booleans(),
        "conditions": lines,
        "regular_price": amounts,
        "lowest_price_30d": amounts,
        "stock": st.integers(0, 10**6),
    },
)
facts: Documents = st.fixed_dictionaries({"id": slugs, "text": lines}, optional={"evidence": lines})
briefs: Documents = st.fixed_dictionaries(
    {
        "goal": lines,
        "kind": st.sampled_from(Kind),
        "sector": st.sampled_from(get_args(Sector)),
        "jurisdictions": st.lists(st.sampled_from(WHERE), min_size=1, max_size=3, unique=True),
        "locale": st.sampled_from(["en-US", "de", "zh-Hant-TW"]),
        "send_at": moments,
        "product": products,
    },
    optional={
        "offer": offers,
        "facts": st.lists(facts, max_size=3, unique_by=lambda fact: str(fact["id"])),
        "links": st.lists(words, max_size=3),
        "cta": lines,
    },
)
values = lines | st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9) | st.booleans()
audiences: Documents = st.fixed_dictionaries(
    {"id": slugs, "description": lines, "consent": st.sampled_from(Consent)},
    optional={
        "signals": st.dictionaries(slugs, values, max_size=3),
        "sensitive": st.booleans(),
        "recipient": words,
        "fields": st.dictionaries(slugs, lines, max_size=2),
    },
)


def through_the_form(request: GenerationRequest) -> GenerationRequest:
    """Return the request that the form makes of the fields that it shows for this one."""
    plain = request.model_dump(mode="json", exclude={"brand"})
    typed = document_of(fields_of(plain))
    assert typed.problems == ()
    return shaped({**typed.document, "brand": request.brand}, GenerationRequest)


@settings(max_examples=150, deadline=None)
@given(briefs, audiences, st.integers(1, 20), st.none() | slugs)
def test_a_request_comes_back_from_the_form_as_it_was(
    brief: dict[str, Any], audience: dict[str, Any], n: int, campaign: str | None
) -> None:
    """Whatever a brief and an audience say, the fields of the form say the same."""
    asked = {"brief": brief, "audience": audience, "brand": BRAND, "n": n, "campaign": campaign}
    try:
        request = shaped(asked, GenerationRequest)
    except InputError:
        assume(False)

    assert through_the_form(request) == request


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_examples_come_back_as_they_were(folder: Path) -> None:
    """The briefs and audiences that ship as examples go through the form unchanged."""
    for brief in folder.glob("briefs/*.yaml"):
        for audience in folder.glob("audiences/*.yaml"):
            read = {"brief": load(brief, Brief), "audience": load(audience, Audience)}
            request = shaped({**read, "brand": BRAND}, GenerationRequest)
            assert through_the_form(request) == request


def test_the_example_of_the_page_comes_back_as_it_was() -> None:
    """So does what `Start from an example` fills in."""
    request = shaped(GENERATION, GenerationRequest)

    assert through_the_form(request) == request


@given(values)
def test_a_signal_keeps_its_kind(value: str | float) -> None:
    """A number comes back as a number, and text that looks like one as text."""
    told = scalar_of(scalar_text(value))

    assert (told, type(told)) == (value, type(value))


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        ("UTC", "2026-03-07T09:00Z"),
        ("+01:00", "2026-03-07T09:00+01:00"),
        ("Europe/Berlin", "2026-03-07T09:00:00+01:00"),
        ("America/New_York", "2026-03-07T09:00:00-05:00"),
        ("", "2026-03-07T09:00"),
    ],
)
def test_a_time_has_a_zone_in_any_of_three_ways(zone: str, says: str) -> None:
    """UTC, an offset, or a place; without one the time is handed on for the model to refuse."""
    typed = document_of({"brief.send_at": "2026-03-07T09:00", "brief.send_at.zone": zone})

    assert typed.document == {"brief": {"send_at": says}}


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../../etc/passwd", "1", "/etc"])
def test_a_zone_that_is_none_is_told_beside_its_field(zone: str) -> None:
    """No file is opened for it, and the field that holds it is named."""
    typed = document_of({"brief.send_at": "2026-03-07T09:00", "brief.send_at.zone": zone})

    assert [one.field for one in typed.problems] == ["brief.send_at.zone"]


def test_empty_rows_are_passed_over_and_the_others_numbered_anew() -> None:
    """So an error's number is that of the row that is shown."""
    fields = {"brief.facts[0].id": "", "brief.facts[2].id": "drop", "brief.facts[2].text": "6 mm"}

    assert compact(fields) == {
        "brief.facts[0].id": "drop",
        "brief.facts[0].text": "6 mm",
        "brief.facts[0].evidence": "",
    }


def test_rows_come_and_go() -> None:
    """A row is added at the end, and taken from wherever it is."""
    fields = fields_of({"brief": {"links": ["a", "b", "c"]}})

    assert rows(with_row(fields, "brief.links"), "brief.links") == 4
    assert document_of(without_row(fields, "brief.links", 1)).document == {
        "brief": {"links": ["a", "c"]}
    }


def test_signals_need_names_that_differ() -> None:
    """Neither a value without a name nor a second value of one name is dropped in silence."""
    fields = {
        "audience.signals[0].name": "tier",
        "audience.signals[1].name": "tier",
        "audience.signals[2].value": "gold",
    }

    told = [one.field for one in document_of(fields).problems]
    assert told == ["audience.signals[1].name", "audience.signals[2].name"]


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ("brief.goal", "brief.goal"),
        ("brief.facts[1].id", "brief.facts"),
        ("brief.offer.value", "brief.offer"),
        ("audience.signals.tier.str", "audience.signals"),
        ("nowhere", None),
    ],
)
def test_an_error_is_shown_at_the_nearest_field_or_group(field: str, shown: str | None) -> None:
    """A field that the page does not show hands its errors to the group that it is in."""
    known = ["brief.goal", "brief.facts", "brief.offer", "audience.signals"]

    assert place_of(field, known) == shown


def test_a_signals_value_that_is_made_to_exhaust_a_parser_is_text() -> None:
    """Brackets within brackets by the thousand are no number, and no crash."""
    assert scalar_of("[" * 100_000) == "[" * 100_000
