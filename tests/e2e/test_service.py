"""The main job over HTTP, by three programs that each hold a key of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.documents import load
from copydesk.generations import GenerationRequest
from tests.e2e.processes import EXAMPLES, Answer, Desk, call, ready, served

OUTDOOR = EXAMPLES / "outdoor"


class Service(NamedTuple):
    address: str
    keys: dict[str, str]

    def call(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return call(method, f"{self.address}{path}", self.keys[who], body, named)


@pytest.fixture
def service(desk: Desk) -> Iterator[Service]:
    keys = {
        "maria": desk.key("maria", "requester", "approver"),
        "jonas": desk.key("jonas", "reviewer", "approver"),
        "braze": desk.key("braze", "puller"),
    }
    with served(desk) as address:
        ready(address)
        yield Service(address, keys)


def a_request(audience: str) -> dict[str, Any]:
    brief = load(OUTDOOR / "briefs" / "spring-boots.yaml", Brief)
    asked = GenerationRequest(
        brief=brief.moved_to(datetime.now(UTC) + timedelta(days=2)),
        brand=load(OUTDOOR / "brand.yaml", Brand),
        audience=load(OUTDOOR / "audiences" / f"{audience}.yaml", Audience),
        n=2,
        campaign="boots",
    )
    return asked.model_dump(mode="json")


def test_sensitive_copy_is_signed_by_another_and_pulled_until_the_offer_changes(
    service: Service,
) -> None:
    """Ask, wait in the queue, be refused as one's own approver, be approved, pull, be voided."""
    asked = service.call("maria", "POST", "/v1/generations?wait=30", a_request("paused-members"))
    assert (asked.status, asked.body["state"]) == (200, "done")
    review = next(v["review_id"] for v in asked.body["variants"] if v["review_id"])
    queued = service.call("jonas", "GET", f"/v1/reviews/{review}")
    sign = {"If_Match": queued.headers["etag"]}

    refused = service.call("maria", "POST", f"/v1/reviews/{review}/approve", {}, **sign)
    assert (refused.status, refused.body["type"]) == (403, "urn:copydesk:problem:self-approval")

    signed = service.call("jonas", "POST", f"/v1/reviews/{review}/approve", {}, **sign)
    assert (signed.status, signed.body["state"]) == (200, "approved")

    pulled = service.call("braze", "GET", "/v1/pull/boots?slot=subject,body&dialect=braze")
    assert pulled.status == 200
    assert pulled.body["approval_hash"] == signed.body["approval_hash"]
    assert pulled.headers["x-copydesk-approval"] == signed.body["approval_hash"]

    campaign = service.call("maria", "GET", "/v1/campaigns/boots")
    brief = {**campaign.body["brief"], "offer": {**campaign.body["brief"]["offer"], "value": 25}}
    version = {"If_Match": campaign.headers["etag"]}
    changed = service.call("maria", "PUT", "/v1/campaigns/boots/brief", brief, **version)
    assert changed.status == 200

    void = service.call("braze", "GET", "/v1/pull/boots")
    assert void.status == 409
    assert "brief" in void.body["detail"]
