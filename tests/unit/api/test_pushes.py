"""`/v1/pushes`: ordered by one call, carried out by the jobs, told by another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.api.office import Office
from tests.unit.pushing.bench import SECRET, settings_at
from tests.unit.pushing.twin import Twin, twin_of, wait_until

ORDER = {"campaign": "spring", "target": "news"}


@pytest.fixture
def twin() -> Iterator[Twin]:
    with twin_of("listmonk") as twin:
        yield twin


@pytest.fixture
def office(twin: Twin, tmp_path: Path) -> Iterator[Office]:
    """An office that pushes to a listmonk, with one copy signed."""
    opened = Office.opened(**settings_at(twin, tmp_path))
    opened.let_in()
    with opened.client:
        opened.act("bea", "approve", opened.item(n=1))
        yield opened


def test_an_order_is_carried_out_by_the_jobs(office: Office, twin: Twin) -> None:
    """202 at once; a little later the copy is in the tool, and the push says so."""
    ordered = office.post("ada", "/v1/pushes", json=ORDER)
    path = f"/v1/pushes/{ordered.json()['id']}"
    assert ordered.status_code == 202
    wait_until(lambda: office.get("mailer", path).json()["is_over"])

    found = office.get("ada", path).json()
    assert found["counts"] == {"pushed": 1}
    assert found["places"][0]["remote"] in twin.things


def test_no_answer_and_no_error_tells_the_secret(office: Office, twin: Twin) -> None:
    """The tool repeats the key in its refusal: neither the push nor the page shows it."""
    twin.shape["error"] = {"message": f"invalid token {SECRET}"}
    twin.faults = ["403"] * 3
    push_id = office.post("ada", "/v1/pushes", json=ORDER).json()["id"]
    wait_until(lambda: office.get("ada", f"/v1/pushes/{push_id}").json()["is_over"])

    told = office.get("ada", f"/v1/pushes/{push_id}").json()
    assert 'answered 403: {"message": "invalid token …"}' in told["places"][0]["trouble"]
    assert SECRET not in json.dumps(told)


def test_orders_that_cannot_be_carried_out_are_refused(office: Office) -> None:
    """Another target, another campaign, a reviewer, and a push that is not there."""
    assert office.post("ada", "/v1/pushes", json={**ORDER, "target": "x"}).status_code == 422
    assert office.post("ada", "/v1/pushes", json={**ORDER, "campaign": "x"}).status_code == 404
    assert office.post("rex", "/v1/pushes", json=ORDER).status_code == 403
    assert office.post("ada", "/v1/pushes", json={"campaign": "spring"}).status_code == 422
    assert office.get("ada", "/v1/pushes/psh_" + "0" * 20).status_code == 404
    assert office.get("ada", "/v1/pushes/nonsense").status_code == 422
