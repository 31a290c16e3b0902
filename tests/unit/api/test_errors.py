from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from copydesk.api.pages import NOUNS
from copydesk.errors import StoreUnavailable
from copydesk.storage.memory import MemoryStore
from copydesk.storage.memory.store import MemoryTransaction
from tests.factories import BRIEF, COPY
from tests.unit.api.browsing import Browser
from tests.unit.api.office import Answer, Office

JSON = {"Content-Type": "application/json"}
GUESTS = "/outside/{token}/{act}"
"""Has a token of its own: see test_outside_page.py."""


def problem(answer: Answer, status: int) -> dict[str, Any]:
    """Return the problem document of an answer that must be one."""
    said: dict[str, Any] = answer.json()
    assert answer.status_code == status, said
    assert answer.headers["content-type"] == "application/problem+json"
    assert said["status"] == status
    return said


def test_every_wrong_field_is_named_with_its_remedy(office: Office) -> None:
    """A request with several mistakes is answered with all of them, by path."""
    sent = {"copy": {**COPY, "subjekt": "x"}, "brief": {"goal": "Sell", "kind": "promo"}}

    said = problem(office.post("ada", "/v1/check", json=sent), 422)

    problems = {one["field"]: one for one in said["problems"]}
    assert problems["copy.subjekt"]["remedy"] == "no such field: did you mean `subject`?"
    assert problems["brief.kind"]["holds"] == "'promo'"
    assert problems["brief.sector"]["remedy"] == "this field is required"


def test_an_unknown_path_is_a_problem_document(office: Office) -> None:
    """404 says where to look."""
    said = problem(office.get(None, "/v1/nothing"), 404)

    assert said["type"] == "urn:copydesk:problem:not-found"
    assert "/openapi.json" in str(said["detail"])


def test_an_unknown_method_lists_all_that_the_path_answers_to(office: Office) -> None:
    """405 names every method of the path in Allow, those of other routes too."""
    answer = office.call("root", "PATCH", "/v1/users")

    problem(answer, 405)
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "send valid JSON"),
        ('{"copy": {"subject": "a\\u0000b"}}', "NUL"),
        ('{"copy": {"subject": "\\ud800"}}', "lone surrogate"),
        ('{"a\\u0000": 1}', "NUL"),
        ("[" * 100 + "]" * 100, "at most 32 deep"),
        ("[" * 100_000 + "]" * 100_000, "cannot be read"),
        ('{"copy": {}, "brief": 1e999}', "dictionary"),
        ("", "send a JSON body"),
        (b'{"copy": "\xff"}', "UTF-8"),
    ],
)
def test_a_body_that_cannot_be_kept_is_refused_in_words(
    office: Office, body: str | bytes, words: str
) -> None:
    """Broken JSON, NUL, half characters and bottomless nesting are input errors, never crashes."""
    said = problem(office.post("ada", "/v1/check", content=body, headers=JSON), 422)

    assert words in str(said["detail"])


def test_a_body_that_is_not_json_is_told_what_to_send(office: Office) -> None:
    """A form or plain text is answered with 415."""
    headers = {"Content-Type": "text/plain"}

    said = problem(office.post("ada", "/v1/check", content="copy", headers=headers), 415)

    assert "application/json" in str(said["detail"])


def test_a_large_body_is_refused_before_it_is_read(office: Office) -> None:
    """A body over one megabyte is answered with 413, announced or not."""
    large = json.dumps({"copy": {"body": "x" * 1_000_001}}).encode()

    announced = office.post("ada", "/v1/check", content=large, headers=JSON)
    streamed = office.post("ada", "/v1/check", content=iter([large[:600_000]] * 2), headers=JSON)

    problem(announced, 413)
    problem(streamed, 413)


def test_parts_that_contradict_each_other_are_a_conflict(office: Office) -> None:
    """An offer that ends before it starts is no misspelt field: 409, with the field named."""
    offer = {"kind": "trial", "starts": "2026-03-02T00:00:00Z", "ends": "2026-03-01T00:00:00Z"}
    sent = {"copy": COPY, "brief": {**BRIEF, "offer": offer}}

    said = problem(office.post("ada", "/v1/check", json=sent), 409)

    assert said["type"] == "urn:copydesk:problem:contradiction"
    assert said["problems"][0]["field"] == "brief.offer"


class FailingStore(MemoryStore):
    """Raises the error it is given, whatever it is asked for."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    @contextmanager
    def transaction(self) -> Iterator[MemoryTransaction]:
        with super().transaction() as tx:
            self.ping()
            yield tx

    def ping(self) -> None:
        raise self._error


def _of(store: MemoryStore) -> TestClient:
    return Office.opened(store).client


def test_a_crash_shows_nothing_of_itself() -> None:
    """An unexpected error is a problem document without a stack or its message."""
    answer = _of(FailingStore(RuntimeError("secret detail"))).get(
        "/v1/me", headers={"Authorization": "Bearer x"}
    )

    said = problem(answer, 500)
    assert "secret detail" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "log" in str(said["detail"])


def test_a_store_that_cannot_be_reached_is_503() -> None:
    """Requests say so; /readyz says so; /healthz and /metrics go on."""
    client = _of(FailingStore(StoreUnavailable("The database does not answer.")))

    assert client.get("/v1/me", headers={"Authorization": "Bearer x"}).status_code == 503
    assert client.get("/readyz").json()["status"] == "not ready"
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    assert client.get("/metrics").status_code == 200


def test_what_does_not_say_that_it_may_be_kept_is_kept_by_no_cache(office: Office) -> None:
    """Answers hold new keys, links and copy; only our own files are the same for everybody."""
    item = office.item()
    key = {"user": "mailer", "roles": ["puller"]}
    link = {"person": "Dr. Ng"}
    answers = [
        office.post("root", "/v1/keys", json=key),
        office.post("bea", f"/v1/reviews/{item['id']}/links", json=link),
        office.get("bea", "/v1/figures.csv"),
        Browser(office, "bea").client.get("/dashboard.csv"),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 200, 200]
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert "cache-control" not in office.client.get("/static/copydesk.css").headers


def test_no_form_is_taken_that_is_not_from_a_page_of_the_session(office: Office) -> None:
    """Every address that takes a form refuses one without the session's token, whoever sends it."""
    posts = {
        route.path
        for noun in NOUNS
        for route in noun.router.routes
        if isinstance(route, APIRoute) and "POST" in (route.methods or ())
    }
    given = {"item_id": office.item()["id"], "key_id": office.keys["mailer"][:12], "name": "bea"}
    filled = {"link_id": f"lnk_{'0' * 20}", "act": "approve", "change": "disable", **given}
    client = Browser(office, "root").client
    for path in sorted(posts - {GUESTS}):
        named = re.sub(r"\{(\w+)\}", lambda found: filled.get(found[1], "spring"), path)
        assert client.post(named).status_code == 403, path
        assert client.post(named, data={"csrf": "forged"}).status_code == 403, path
        assert client.post(named, json={"csrf": "token of root"}).status_code == 403, path
