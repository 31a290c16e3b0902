"""Recipient keys rotate in the middle of everything: whoever was meant is meant still."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from copydesk.desk.exporting import stock_of
from copydesk.feedback import Outcome
from tests.factories import AUDIENCE
from tests.unit.api.office import OPERATOR, Office
from tests.unit.api.test_events import CART, shop
from tests.unit.api.test_experiments import arms, planned
from tests.unit.api.test_serving import EVENT

__all__ = ["arms", "shop"]
OVERLAP = timedelta(days=30)


def key_of(office: Office, recipient: str) -> str:
    return office.desk.identities.handing()(recipient)


def rotate(office: Office) -> None:
    office.desk.identities.rotate(OVERLAP, OPERATOR)


def test_nobody_changes_variants_in_a_running_experiment(office: Office, arms: list[str]) -> None:
    """Pulls and assignments by keys of before and of now are of one wave and one variant."""
    planned(office, arms)
    office.post("ada", "/v1/experiments/subjects/start")
    people = [f"person-{number}" for number in range(12)]

    def told() -> list[tuple[str, str]]:
        keys = [key_of(office, person) for person in people]
        path = "/v1/experiments/subjects/assignments"
        items = office.post("mailer", path, json={"recipients": keys}).json()["items"]
        assert [one["recipient"] for one in items] == keys
        pulls = [office.get("mailer", f"/v1/pull/spring?r={key}").json() for key in keys]
        return [
            (one["variant_id"], said["variant_id"]) for one, said in zip(items, pulls, strict=True)
        ]

    before = told()
    rotate(office)
    after = told()
    rotate(office)

    assert before == after == told()
    assert len({variant for variant, _ in before}) == 2
    assert all(assigned == pulled for assigned, pulled in before)


def test_events_by_any_key_are_about_one_person(shop: Office) -> None:
    """A cart by the key of before and an order by that of now: no reminder."""
    reported = {name: value for name, value in CART.items() if name != "recipient"}
    cart = {**reported, "recipient_key": key_of(shop, "maria")}
    shop.post("mailer", "/v1/events", json=[cart])
    rotate(shop)
    called = shop.get("mailer", f"/v1/pull/spring?r={key_of(shop, 'maria')}").status_code
    order = {**cart, "event_id": "o1", "kind": "purchased", "at": "2026-03-06T12:00:00Z"}
    shop.post("mailer", "/v1/events", json=[{**order, "recipient_key": key_of(shop, "maria")}])

    refused = shop.get("mailer", f"/v1/pull/spring?r={key_of(shop, 'maria')}")

    assert (called, refused.status_code) == (200, 409)
    assert "was followed by" in refused.json()["detail"]


def test_what_tools_deliver_is_kept_under_one_key(office: Office) -> None:
    """Outcomes that a webhook or a file brings, by a key of each generation, are one person's."""
    for number in range(3):
        key = key_of(office, "4711")
        event = {**EVENT, "event_id": f"evt-{number}", "recipient_key": key, "source": "braze"}
        with office.desk.store.transaction() as tx:
            assert office.desk.sorting.keep(tx, [Outcome.model_validate(event)]) == 1
        rotate(office)

    kept = office.desk.serving.recipient_key("4711")
    with office.desk.store.transaction() as tx:
        found = tx.outcomes.of_recipient(kept, office.clock() - timedelta(days=30), 10)

    assert len(found) == 3


def individual(office: Office) -> None:
    anna = {**AUDIENCE, "id": "anna", "recipient": "anna-1", "sensitive": True}
    assert office.act("bea", "approve", office.item(n=1, audience=anna)).is_success


def exported(office: Office) -> list[dict[str, Any]]:
    office.clock.forward(minutes=1)
    rows: list[dict[str, Any]] = office.get("mailer", "/v1/export/spring").json()["rows"]
    return rows


def test_an_export_carries_the_key_that_pull_takes(office: Office) -> None:
    """Copy for one person leaves under their key of now, and comes by it."""
    individual(office)
    rotate(office)

    (row,) = exported(office)

    assert row["recipient_key"] == key_of(office, "anna-1")
    assert row["recipient_key"].startswith("k1.")
    said = office.get("mailer", "/v1/pull/spring", params={"r": row["recipient_key"]}).json()
    assert said["variant_id"] == row["variant_id"]


def test_who_objected_by_another_key_is_not_exported(office: Office) -> None:
    """An objection holds for what is taken out or pushed, too, whatever was rotated since."""
    individual(office)
    objecting = {"recipient_keys": [key_of(office, "anna-1")]}
    office.post("mailer", "/v1/objections", json=objecting)
    rotate(office)

    desk = office.desk
    with desk.store.transaction() as tx:
        campaign = tx.campaigns.get("spring")
        stock = stock_of(tx, campaign, desk.policy, desk.serving.recipient_key)

    assert exported(office) == []
    assert stock.objecting == frozenset({"anna"})
