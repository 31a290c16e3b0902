"""The shape of an event."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk import documents
from copydesk.errors import InputError
from copydesk.feedback import Outcome
from tests.factories import NOW

EVENT: dict[str, Any] = {"event_id": "e1", "kind": "open", "at": NOW, "campaign": "spring"}


def test_an_event_needs_no_more_than_what_happened_when_and_for_which_campaign() -> None:
    """The rest has defaults that claim nothing: nobody was judged human."""
    outcome = Outcome(**EVENT)

    assert (outcome.human, outcome.reasons) == ("unknown", ())
    assert (outcome.variant_id, outcome.recipient_key) == (None, None)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"event_id": ""}, "event_id"),
        ({"kind": "opened"}, "kind"),
        ({"at": "2026-03-06T12:00:00"}, "at"),
        ({"human": "maybe"}, "human"),
        ({"recipient_key": "k" * 129}, "recipient_key"),
        ({"email": "a@b.example"}, "email"),
        ({"kind": "conversion", "value": "-1"}, "value"),
        ({"kind": "conversion", "value": "1", "currency": "euro"}, "currency"),
    ],
)
def test_what_is_no_event_is_refused_by_field(changed: dict[str, Any], field: str) -> None:
    """An unknown kind, a time without zone, or an address as an extra field is named."""
    with pytest.raises(InputError) as caught:
        documents.shaped({**EVENT, **changed}, Outcome)

    assert [problem.field for problem in caught.value.problems] == [field]


@pytest.mark.parametrize(
    ("changed", "remedy"),
    [
        ({"value": "1"}, "leave it out of other kinds"),
        ({"kind": "conversion", "currency": "EUR"}, "give both"),
    ],
)
def test_money_is_told_of_conversions_alone(changed: dict[str, Any], remedy: str) -> None:
    """Of an open there is none, and a currency alone says nothing."""
    with pytest.raises(InputError, match=remedy):
        documents.shaped({**EVENT, **changed}, Outcome)
