"""What tools post, over the wire: taken at once, or refused in words."""

from __future__ import annotations

import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from copydesk.api.app import create_app
from copydesk.bootstrap import Copydesk, bootstrap
from copydesk.generation.scripted import ScriptedModel
from copydesk.settings import Settings
from copydesk.storage.memory import MemoryStore
from tests.factories import NOW
from tests.unit.feedback.signing import SAMPLES, SIGNED, Posted, keys, posted, sample

PATIENCE_S = 10.0


class Service:
    """One service for the module: to wire it takes a second."""

    def __init__(self) -> None:
        settings = Settings.model_validate({"database_url": "memory://", "webhook_keys": keys()})
        store, model = MemoryStore(), ScriptedModel([])
        self.desk: Copydesk = bootstrap(settings, store=store, model=model, clock=lambda: NOW)
        self.client = TestClient(create_app(self.desk))

    def post(self, sent: Posted) -> Any:
        path = f"/v1/outcomes/{sent.tool}"
        return self.client.post(path, content=sent.body, headers=sent.headers)

    def waiting(self) -> int:
        return sum(count.waiting for count in self.desk.sorting.counts().values())


@pytest.fixture(scope="module")
def service() -> Service:
    return Service()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_tools_documented_sample_is_taken_and_taken_again(name: str, service: Service) -> None:
    """202 as soon as it is stored; the same delivery again is 202, told apart, and kept once."""
    before = service.waiting()

    answers = [service.post(posted(name)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert [answer.json()["repeated"] for answer in answers] == [False, True]
    assert service.waiting() == before + 1


@pytest.mark.parametrize("name", SAMPLES)
def test_forged_truncated_and_unproven_twins_are_refused(name: str, service: Service) -> None:
    """401, or 400 where only the body tells; always a problem document, and nothing is kept."""
    before, sent = service.waiting(), posted(name)
    twins = (posted(name, forged=True), sent._replace(headers={}))

    answers = [service.post(twin) for twin in twins]
    answers.append(service.post(sent._replace(body=sent.body[:-9])))

    assert [answer.status_code for answer in answers] == [401, 401, 401 if name in SIGNED else 400]
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}
    assert service.waiting() == before


def test_a_delivery_is_read_soon_after_it_came(service: Service) -> None:
    """While the service runs, what waits becomes outcomes; what could not be read is a metric."""
    with service.client as running:
        service.post(posted("sendgrid", [sample("sendgrid")[0], "no event"]))

        deadline = time.monotonic() + PATIENCE_S
        while service.waiting():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert 'copydesk_outcomes_unread{tool="sendgrid"} 1.0' in running.get("/metrics").text


def test_a_delivery_of_a_thousand_events_fits(service: Service) -> None:
    """Of tools bodies are taken that are larger than any of ours."""
    events = [{**sample("sendgrid")[2], "sg_event_id": f"e{i}"} for i in range(5_000)]
    sent = posted("sendgrid", events)

    assert len(sent.body) > 1_000_000
    assert service.post(sent).status_code == 202


def test_an_unknown_tool_is_not_found_with_the_known_ones(service: Service) -> None:
    """A path of a tool that is not understood names those that are."""
    answer = service.client.post("/v1/outcomes/fax", content=b"[]")

    assert answer.status_code == 404
    assert "braze, customerio" in answer.json()["detail"]
