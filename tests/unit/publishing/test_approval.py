"""What an approval binds."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.publishing import Campaign, approval_hash
from tests.factories import BRIEF, a_brand, a_brief, a_copy, an_audience
from tests.unit.publishing.campaigns import POLICY, a_campaign

HASH = approval_hash(a_copy(), a_brief(), a_brand(), an_audience(), POLICY)


@pytest.mark.parametrize(
    "changed",
    [
        {"copy": a_copy(subject="Mud")},
        {"brief": a_brief(offer={**BRIEF["offer"], "value": 25})},
        {"brief": a_brief(offer={**BRIEF["offer"], "ends": "2026-03-09T23:59:59Z"})},
        {"brief": a_brief(facts=[])},
        {"brief": a_brief(links=[])},
        {"brief": a_brief(jurisdictions=["US", "EU"])},
        {"brief": a_brief(locale="en-GB")},
        {"brief": a_brief(send_at="2026-03-08T09:00:00Z")},
        {"brand": a_brand(banned_terms=["mud"])},
        {"audience": an_audience(consent=False)},
        {"audience": an_audience(sensitive=True)},
        {"policy": "q" * 64},
    ],
)
def test_any_change_of_what_is_bound_makes_another_hash(changed: dict[str, Any]) -> None:
    """Copy, offer, facts, links, law, locale, day, brand, audience and policy are all bound."""
    bound = {
        "copy": a_copy(), "brief": a_brief(), "brand": a_brand(), "audience": an_audience(),
        "policy": POLICY,
    }  # fmt: skip

    assert approval_hash(**{**bound, **changed}) != HASH


def test_what_differs_between_recipients_is_not_bound() -> None:
    """The approval is of the template: other merge fields or another goal leave the hash."""
    audience = an_audience(fields={"first_name": "Ada"})

    assert approval_hash(a_copy(), a_brief(goal="Sell"), a_brand(), audience, POLICY) == HASH


def test_a_campaign_that_was_stored_binds_the_same() -> None:
    """Written as JSON and read again, a campaign has the same hash."""
    again = Campaign.model_validate_json(a_campaign().model_dump_json())

    assert (
        approval_hash(a_copy(), again.brief, again.brand, again.audiences["lapsed-runners"], POLICY)
        == HASH
    )


def test_citations_of_a_style_guide_are_not_bound() -> None:
    """Confirming where a brand's entries come from changes nothing that was signed."""
    cited = a_brand(
        citations=[
            {"entry": "voice", "value": "plain", "says": "We are plain.", "file": "guide.md",
             "place": "line 3"},
        ],
    )  # fmt: skip

    assert approval_hash(a_copy(), a_brief(), cited, an_audience(), POLICY) == HASH


def test_what_a_guide_teaches_is_bound() -> None:
    """A brand that now writes in full is another brand than the one that was signed for."""
    taught = a_brand(mechanics={"contractions": "never"})

    assert approval_hash(a_copy(), a_brief(), taught, an_audience(), POLICY) != HASH
