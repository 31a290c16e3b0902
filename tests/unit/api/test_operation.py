from __future__ import annotations

import json
import re
from time import monotonic, sleep

import pytest

from copydesk.api import examples
from copydesk.api.edge import SAFE_HEADERS
from copydesk.experiments.experiment import Design
from tests.unit.api.office import Office


def test_the_process_says_that_it_lives(office: Office) -> None:
    """/healthz needs no key."""
    answer = office.get(None, "/healthz")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


def test_readiness_names_every_engine(office: Office) -> None:
    """/readyz names model, ranker and checks, and what is missing with its reason."""
    said = office.get(None, "/readyz").json()

    assert (said["status"], said["store"], said["model"]) == ("ready", "ok", "scripted")
    assert set(said["engines"]) >= {"rules", "toxicity.detoxify"}


def test_metrics_count_requests_pulls_generations_and_items(office: Office) -> None:
    """Requests are counted under route templates, so that ids do not make new series."""
    item = office.item()
    office.get("rex", f"/v1/reviews/{item['id']}")
    office.get("mailer", "/v1/pull/spring")

    said = office.get(None, "/metrics").text

    assert (
        'copydesk_http_requests_total{method="GET",route="/v1/reviews/{item_id}",status="200"} 1.0'
        in said
    )
    assert 'copydesk_pulls_total{source="none"} 1.0' in said
    assert 'copydesk_generation_seconds_count{state="done"} 1.0' in said
    assert 'copydesk_review_items{state="waiting"} 2.0' in said
    assert item["id"] not in said


def test_a_generation_is_counted_once_however_often_it_is_scraped(office: Office) -> None:
    """Scraping twice does not count what ended twice."""
    office.generate()
    office.get(None, "/metrics")

    said = office.get(None, "/metrics").text

    assert 'copydesk_generation_seconds_count{state="done"} 1.0' in said


@pytest.mark.parametrize(
    "path", ["/healthz", "/login", "/v1/me", "/nowhere", "/static/copydesk.css"]
)
def test_every_answer_keeps_browsers_safe(office: Office, path: str) -> None:
    """Pages, data, files and errors all carry the safe headers, and no page may run a script."""
    headers = office.get(None, path).headers

    assert {name: headers[name] for name in SAFE_HEADERS} == SAFE_HEADERS
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]


def test_the_description_names_errors_and_security_of_every_route(office: Office) -> None:
    """Each operation under /v1 has a summary, a key to show and a 401 of the problem shape."""
    document = office.get(None, "/openapi.json").json()

    for path, operations in document["paths"].items():
        for operation in operations.values():
            if path.startswith("/v1/outside/"):
                # Who comes by a link carries it in the address.
                assert "security" not in operation
                assert "410" in operation["responses"]
            elif path.startswith("/v1/"):
                assert operation["description"], path
                # A tool's delivery carries the tool's signature in place of a key.
                keys = [] if path.endswith("/{tool}") else ["bearer", "basic"]
                assert [way for ways in operation["security"] for way in ways] == keys, path
                content = operation["responses"]["401"]["content"]
                assert list(content) == ["application/problem+json"], path
    assert "ProblemDetails" in document["components"]["schemas"]


def test_the_description_refers_to_nothing_that_is_not_there(office: Office) -> None:
    """Every $ref of the document leads somewhere."""
    text = office.get(None, "/openapi.json").text

    referred = set(re.findall(r'"#/components/schemas/([^"]+)"', text))

    assert referred <= set(json.loads(text)["components"]["schemas"])


def test_the_examples_of_the_description_work(office: Office) -> None:
    """What the document shows can be sent as it is."""
    sent = [
        office.post("ada", "/v1/check", json=examples.CHECK),
        office.post("ada", "/v1/rank", json=examples.RANK),
        office.post("ada", "/v1/generations", json=examples.GENERATION),
        office.post("mailer", "/v1/outcomes", json=examples.OUTCOMES),
        office.post("root", "/v1/users", json={**examples.USER, "name": "new"}),
        office.post("root", "/v1/keys", json=examples.KEY),
    ]

    assert [answer.status_code for answer in sent] == [200, 200, 202, 202, 201, 201]
    assert Design.model_validate(examples.EXPERIMENT).campaign == examples.GENERATION["campaign"]


def test_nothing_of_others_is_loaded(office: Office) -> None:
    """There is no page that loads a script or a sheet from another host."""
    assert office.get(None, "/docs").status_code == 404
    assert office.get(None, "/redoc").status_code == 404


def test_rounds_are_made_by_the_server_and_told_in_metrics(office: Office) -> None:
    """The one of its start ends within seconds; when, and how often it failed, is a metric."""
    ended = re.compile(r'copydesk_round_ended_timestamp_seconds\{round="rules"\} 1\.\d+e\+09')
    deadline = monotonic() + 10
    while not ended.search(said := office.get(None, "/metrics").text) and monotonic() < deadline:
        sleep(0.05)

    assert ended.search(said)
    assert 'copydesk_round_failures{round="rules"} 0.0' in said
