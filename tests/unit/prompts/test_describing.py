from __future__ import annotations

from typing import Any

import pytest

from copydesk.prompts import draft_prompt
from copydesk.prompts.describing import describe, without_identities
from tests.factories import a_brand, a_brief, an_audience

PERSON = {"recipient": "cust-8841", "fields": {"first_name": "Imke", "city": "Ulm"}}


@pytest.mark.parametrize(
    "changes",
    [{}, {"consent": False}, {**PERSON, "consent": True}],
)
def test_a_description_is_shown(changes: dict[str, Any]) -> None:
    """A segment's description is shown, and an individual's with consent."""
    audience = an_audience(**changes)

    assert describe(audience).description == audience.description


@pytest.mark.parametrize(
    "changes",
    [
        {"sensitive": True},
        {"consent": "objected"},
        {**PERSON, "consent": False},
        {**PERSON, "description": "Imke bought shoes once"},
        {**PERSON, "description": "Runners near ULM, loyal"},
        {**PERSON, "description": "The one with id cust-8841"},
        {"description": "Write to imke@example.com"},
    ],
)
def test_a_description_is_withheld(changes: dict[str, Any]) -> None:
    """Care, objection, an individual without consent and any trace of identity withhold it."""
    assert describe(an_audience(**changes)).description is None


def test_part_of_a_word_is_no_name() -> None:
    """A field's value inside a longer word does not withhold the description."""
    assert describe(an_audience(**PERSON, description="Ulmenweg walkers")).description


def test_identity_never_reaches_a_prompt() -> None:
    """Neither the recipient nor a field's value is in the prompt for an individual."""
    audience = an_audience(**PERSON, description="Bought once")
    prompt = draft_prompt(a_brief(), a_brand(), (), 2, audience)

    assert not [word for word in ("cust-8841", "Imke", "Ulm") if word in prompt.user]


def test_a_sensitive_audience_asks_for_care_without_saying_why() -> None:
    """The model is asked for care and is not told what the audience goes through."""
    audience = an_audience(sensitive=True, description="Recently bereaved")
    user = draft_prompt(a_brief(), a_brand(), (), 1, audience).user

    assert "asks for care" in user
    assert "bereaved" not in user


def test_what_a_check_quotes_of_one_recipient_is_taken_out() -> None:
    """Values of fields and the recipient's id go from a text, as whole words, the longest first."""
    audience = an_audience(
        recipient="r-17", fields={"first_name": "Ana", "name": "Ana Ruiz", "city": " "}
    )

    said = without_identities("subject: “Hi ANA RUIZ” (Ana, r-17) beside Anabel", audience)

    assert said == "subject: “Hi …” (…, …) beside Anabel"
