"""`POST /v1/events`: what recipients do, and the pull that follows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.factories import AUDIENCE
from tests.unit.api.office import Office

RULES = """
triggers:
  - name: cart
    on: cart_abandoned
    campaign: spring
    audience: carts
"""
CART = {
    "event_id": "cart-1",
    "kind": "cart_abandoned",
    "at": "2026-03-06T11:59:00Z",
    "recipient": "maria",
    "consent": True,
}
BOUGHT = {**CART, "event_id": "order-1", "kind": "purchased", "at": "2026-03-06T12:00:00Z"}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Office]:
    """Give an office with one rule, and copy approved for carts alone."""
    file = tmp_path / "triggers.yaml"
    file.write_text(RULES, encoding="utf-8")
    office = Office.opened(triggers=file)
    with office.client:
        office.let_in()
        for name in ("carts", "others"):
            office.generate(audience={**AUDIENCE, "id": name})
        yield office


def pulled(office: Office, recipient: str) -> Any:
    key = office.desk.serving.recipient_key(recipient)
    return office.get("mailer", f"/v1/pull/spring?r={key}&slot=subject")


def test_an_event_is_accepted_and_answered_by_the_next_pull(shop: Office) -> None:
    """The recipient of the event gets the copy of its audience, nobody else does."""
    assert pulled(shop, "maria").status_code == 409
    taken = shop.post("mailer", "/v1/events", json={"events": [CART]})

    assert (taken.status_code, taken.json()) == (202, {"accepted": 1, "new": 1, "ignored": 0})
    assert pulled(shop, "maria").json()["source"] == "approved"
    assert pulled(shop, "maria").status_code == 200, "by the fast lane, too"
    assert pulled(shop, "eva").status_code == 409


def test_a_purchase_leaves_no_reminder(shop: Office) -> None:
    """The pull is refused with the reason; with a fallback it is that, marked as withheld."""
    shop.post("mailer", "/v1/events", json=[BOUGHT, CART, BOUGHT])
    refused = pulled(shop, "maria")
    assert refused.status_code == 409
    assert "cart_abandoned at 2026-03-06 11:59:00+00:00 was followed by" in refused.json()["detail"]
    copy = {"subject": "Hello", "preheader": "From us", "body": "Have a good day."}
    version = shop.get("bea", "/v1/campaigns/spring").json()["version"]
    shop.call("bea", "PUT", "/v1/campaigns/spring/fallback", json=copy, version=version)

    answer = pulled(shop, "maria")
    assert (answer.json()["source"], answer.headers["cache-control"]) == (
        "fallback",
        "private, no-store",
    )
    assert "followed by purchased" in answer.json()["withheld"][0]
    assert "withheld" not in pulled(shop, "eva").json()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"recipient_key": "k"}, "name the recipient once"),
        ({"kind": "Cart Abandoned"}, "should match pattern"),
        ({"at": "2026-03-06T13:00:00Z"}, "it is 2026-03-06T12:00:00+00:00"),
        ({"email": "maria@example.com"}, "email"),
    ],
)
def test_what_is_no_event_is_refused(shop: Office, changes: dict[str, Any], said: str) -> None:
    """With the field and what would be right; nothing of the batch is kept."""
    bad = {**CART, "event_id": "other", **changes}
    refused = shop.post("mailer", "/v1/events", json=[CART, bad])
    assert refused.status_code == 422
    assert said in refused.text
    assert pulled(shop, "maria").status_code == 409


def test_only_who_pulls_reports_events(shop: Office) -> None:
    """Whoever writes or signs copy does not say what recipients did."""
    assert shop.post("ada", "/v1/events", json=[CART]).status_code == 403
    assert shop.post(None, "/v1/events", json=[CART]).status_code == 401


def test_a_campaign_asks_about_hours_and_fatigue(shop: Office) -> None:
    """Who complained gets the reason with the pull, and a score; nobody else may be given it."""
    path = "/v1/campaigns/spring/timing"
    version = shop.get("bea", "/v1/campaigns/spring").json()["version"]
    asked = {"best_hours": True, "fatigue": "tell"}
    refused = shop.call("ada", "PUT", path, json={"fatigue": "loudly"}, version=version)
    changed = shop.call("ada", "PUT", path, json=asked, version=version)
    assert (refused.status_code, changed.json()["timing"]) == (422, asked)
    key = shop.desk.serving.recipient_key("maria")
    event = {"event_id": "1", "kind": "complaint", "at": "2026-03-06T10:00:00Z"}
    told = [{**event, "campaign": "spring", "recipient_key": key}]
    assert shop.post("mailer", "/v1/outcomes", json=told).status_code == 202
    answer = shop.get("mailer", f"/v1/pull/spring?audience=others&r={key}&slot=subject")

    assert answer.json()["fatigue"] == {
        "score": 1.0, "level": "withhold", "why": "the recipient complained",
    }  # fmt: skip
    assert "best_hours" not in answer.json()
    assert answer.headers["cache-control"] == "private, no-store"
