"""From what was reported to outcomes: times, ids, campaigns, and what is no event."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.errors import InputError
from copydesk.feedback import Outcome
from copydesk.feedback.attribution import Attribution
from copydesk.feedback.reading import Defaults, events_in, moment, opened, outcome_of
from copydesk.feedback.tools import tool_named, tools
from tests.factories import NOW

SENDGRID = tool_named("sendgrid")
CLICK: dict[str, Any] = {"event": "click", "sg_event_id": "e1", "timestamp": 1772798340}
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


def read(tool: str, event: dict[str, Any], said: Defaults | None = None) -> list[Outcome]:
    shape = tool_named(tool)
    told = [outcome_of(shape, one, said or Defaults()) for one in opened(shape, event)]
    return [one for one in told if one is not None]


@pytest.mark.parametrize(
    "told",
    [1772798340, "1772798340", 1772798340000, 1772798340.0, "2026-03-06T11:59:00Z",
     "2026-03-06 11:59:00 +00:00", "2026-03-06T12:59:00.000+01:00", "2026-03-06 11:59:00 UTC"],
)  # fmt: skip
def test_a_time_is_read_however_it_is_told(told: object) -> None:
    """Seconds, milliseconds, ISO 8601 with and without a space: the same moment."""
    assert moment(told) == datetime(2026, 3, 6, 11, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"timestamp": "yesterday"}, "timestamp: write a time"),
        ({"timestamp": None}, "timestamp: say when it happened"),
        ({"timestamp": "2026-03-06T11:59:00"}, "its zone"),
        ({"sg_event_id": None}, "sg_event_id: give the event's id"),
        ({"event": None}, "event: say what happened"),
        ({"timestamp": 10**30}, "timestamp: write a time"),
        ({"timestamp": True}, "timestamp: write a time"),
    ],
)
def test_what_is_missing_or_wrong_is_named(changed: dict[str, Any], complaint: str) -> None:
    """The field, what it holds, and what would be right."""
    with pytest.raises(InputError, match=complaint):
        outcome_of(SENDGRID, {**CLICK, **changed})


@settings(max_examples=60)
@given(st.sampled_from(sorted(tools())), JSON)
def test_nothing_that_is_reported_breaks_the_reading(name: str, body: Any) -> None:
    """Any JSON is events, or an input error; never another error."""
    tool = tools()[name]
    try:
        for event in events_in(tool, body):
            outcome_of(tool, event, Defaults("click"))
    except (InputError, ValueError):
        pass


def test_a_link_carries_campaign_and_variant() -> None:
    """Where the tool carries nothing, `cd_c` and `cd_v` of the link that was opened do."""
    url = "https://northpeak.example/a?x=1&cd_c=spring&cd_v=var_9#top"
    (outcome,) = read("sendgrid", {**CLICK, "url": url})

    assert (outcome.campaign, outcome.variant_id) == ("spring", "var_9")


def test_what_a_link_carries_can_be_stored() -> None:
    """A link that somebody changed holds what no database takes: that is left out."""
    (outcome,) = read(
        "sendgrid", {**CLICK, "url": "https://a.example/?cd_v=v%00ar&cd_c=%ED%A0%80s"}
    )

    assert outcome.variant_id == "var"
    assert outcome == Outcome.model_validate_json(outcome.model_dump_json())


def test_an_event_without_an_id_is_told_by_what_it_says() -> None:
    """The same words are the same event, in whatever order the fields come; others are another."""
    event = {"eventName": "emailClick", "messageId": "m", "createdAt": "2026-03-06 11:59:00 +00:00"}
    (first,), (same,) = read("iterable", event), read("iterable", dict(reversed(event.items())))
    (other,) = read("iterable", {**event, "url": "https://a.example"})

    assert first.event_id == same.event_id != other.event_id


def test_ids_of_a_tool_say_where_an_event_belongs(tmp_path: Path) -> None:
    """A file maps them; what the event itself carries stays, and other tools' ids are not ours."""
    file = tmp_path / "attribution.yaml"
    file.write_text("sendgrid:\n  '17': {campaign: spring, variant: var_2}\n")
    known = Attribution.load(file)
    (event,) = read("sendgrid", {**CLICK, "marketing_campaign_id": 17})
    (own,) = read("sendgrid", {**CLICK, "marketing_campaign_id": 17, "copydesk_campaign": "fall"})

    assert (known.of(event).campaign, known.of(event).variant_id) == ("spring", "var_2")
    assert known.of(own) == own
    assert known.of(event.model_copy(update={"source": "braze"})).campaign == ""


def test_a_row_may_tell_several_events() -> None:
    """Mailchimp lists what a recipient did; Keila has a column for each thing."""
    listed = {"campaign_id": "c", "email_id": "key:e", "activity": [
        {"action": "open", "timestamp": "2026-03-06T11:55:00+00:00"},
        {"action": "click", "timestamp": "2026-03-06T11:59:00+00:00", "url": "https://a.example"},
    ]}  # fmt: skip
    wide = {"id": "mr_1", "contact_id": "key:c", "sent_at": NOW, "opened_at": NOW, "clicked_at": ""}

    assert [one.kind for one in read("mailchimp", listed)] == ["open", "click"]
    assert [one.kind for one in read("keila", wide)] == ["sent", "open"]


def test_an_id_that_nobody_hashed_is_not_kept() -> None:
    """Only what the redaction put there becomes a recipient's key."""
    (plain,) = read("sendgrid", {**CLICK, "email": "ada@inbox.example"})
    (keyed,) = read("sendgrid", {**CLICK, "email": "key:abc"})

    assert (plain.recipient_key, keyed.recipient_key) == (None, "abc")


@pytest.mark.parametrize("name", sorted(tools()))
def test_every_tool_says_where_its_shape_is_from(name: str) -> None:
    """But our own; and each that posts says what proves that it was it."""
    tool = tools()[name]

    assert tool.sources or name == "own"
    assert all(source.startswith("https://") for source in tool.sources)
    if tool.proof is not None:
        assert tool.proof.signature or tool.proof.headers


SALE = {"event_id": "e1", "kind": "conversion", "at": "2026-03-06T11:59:00Z", "campaign": "spring"}


def test_what_a_conversion_brought_is_read() -> None:
    """A number or text, with the currency in any case; of a click it is not asked."""
    told: list[dict[str, Any]] = [
        {"value": 129.9, "currency": "eur"},
        {"value": "0"},
        {"kind": "click", "value": "x"},
    ]
    found = [read("own", {**SALE, **one})[0] for one in told]

    assert [(str(one.value), one.currency) for one in found] == [
        ("129.9000", "EUR"),
        ("0.0000", None),
        ("None", None),
    ]


@pytest.mark.parametrize("value", ["-1", "1,200.50", "NaN", "sNaN", "Infinity", "1e400", "€ 5"])
def test_what_is_no_sum_is_named(value: str) -> None:
    """The field, what it holds, and what would be right; nothing is guessed."""
    with pytest.raises(InputError, match=r"value: write a sum .* as 129\.90"):
        read("own", {**SALE, "value": value})


def test_a_currency_is_three_letters() -> None:
    """A sign or a name is refused."""
    with pytest.raises(InputError, match="currency: name the currency by its three letters"):
        read("own", {**SALE, "value": "5", "currency": "euro"})


def test_events_of_any_tool_may_say_what_they_brought() -> None:
    """As a property of the event, beside those that say which campaign it belongs to."""
    event = {"id": "1", "event_type": "users.campaigns.Conversion", "time": 1772798340}
    sale = {"copydesk_value": "12.50", "copydesk_currency": "USD", "copydesk_campaign": "spring"}
    (found,) = read("braze", {**event, "properties": sale})

    assert (str(found.value), found.currency, found.campaign) == ("12.5000", "USD", "spring")
