"""Pulls while the store is away, hangs, and comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from copydesk.errors import StoreUnavailable
from copydesk.storage.memory import MemoryStore
from copydesk.storage.memory.store import MemoryTransaction
from tests.unit.api.office import Answer, Office
from tests.unit.api.test_serving import PLAIN_COPY, approved, pull, set_brief

GREETING = 'Hi {{ first_name | fallback: "there" }}, the mud is back.'
LEANING_COPY = {**PLAIN_COPY, "subject": "20% off trail shoes"}


class TroubledStore(MemoryStore):
    """A store that refuses, or answers nobody."""

    away = False

    def __init__(self) -> None:
        super().__init__()
        self.answers = threading.Event()
        self.answers.set()

    @contextmanager
    def transaction(self) -> Iterator[MemoryTransaction]:
        assert self.answers.wait(30)
        if self.away:
            raise StoreUnavailable("Nobody answers.")
        with super().transaction() as tx:
            yield tx


@pytest.fixture
def store() -> TroubledStore:
    return TroubledStore()


@pytest.fixture
def warm(store: TroubledStore) -> Iterator[Office]:
    """An office with a fallback, that has answered one pull."""
    office = Office.opened(store)
    office.let_in()
    with office.client:
        approved(office)
        sign_fallback(office, PLAIN_COPY)
        pull(office)
        yield office
        store.answers.set()


def sign_fallback(office: Office, copy: dict[str, str]) -> None:
    version = office.get("ada", "/v1/campaigns/spring").json()["version"]
    path = "/v1/campaigns/spring/fallback"
    assert office.call("bea", "PUT", path, version=version, json=copy).status_code == 200


def until(answer: Callable[[], Answer], is_it: Callable[[Answer], bool]) -> Answer:
    deadline = time.monotonic() + 10
    while not is_it(said := answer()):
        assert time.monotonic() < deadline, said.text
        time.sleep(0.05)
    return said


def is_degraded(answer: Answer) -> bool:
    return "x-copydesk-degraded" in answer.headers


def test_the_fallback_answers_while_the_store_is_away(warm: Office, store: TroubledStore) -> None:
    """Every answer is 200: first what was just read, then, marked and kept by no cache, the
    fallback."""
    store.away = True
    seen: list[Answer] = []

    def answer() -> Answer:
        seen.append(pull(warm))
        return seen[-1]

    said = until(answer, is_degraded)

    assert {one.status_code for one in seen} == {200}
    assert (said.json()["source"], said.json()["subject"]) == ("fallback", PLAIN_COPY["subject"])
    assert said.headers["cache-control"] == "private, no-store"
    assert said.headers["x-copydesk-approval"] == said.json()["approval_hash"]


def test_a_store_that_hangs_is_waited_for_under_a_second(
    warm: Office, store: TroubledStore
) -> None:
    """No pull waits for a store that answers nobody longer than a tool's patience."""
    store.answers.clear()
    took: list[float] = []

    def answer() -> Answer:
        began = time.monotonic()
        said = pull(warm)
        took.append(time.monotonic() - began)
        return said

    said = until(answer, is_degraded)

    assert said.status_code == 200
    assert max(took) < 1.5


def test_what_is_approved_is_served_again_when_the_store_is_back(
    warm: Office, store: TroubledStore
) -> None:
    """The first look that succeeds ends the emergency."""
    store.away = True
    until(lambda: pull(warm), is_degraded)
    store.away = False

    said = until(lambda: pull(warm), lambda one: not is_degraded(one))

    assert said.json()["source"] == "approved"


def test_a_key_that_nobody_knew_gets_no_fallback(warm: Office, store: TroubledStore) -> None:
    """Without the store a stranger's key is not let in: 503, with when to come again."""
    store.away = True
    until(lambda: pull(warm), is_degraded)

    answer = warm.client.get("/v1/pull/spring", headers={"Authorization": "Bearer cdk_stranger"})

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "2"


def test_a_fallback_that_leans_on_the_offer_is_not_served_unseen(
    warm: Office, store: TroubledStore
) -> None:
    """Nobody can tell whether the offer still stands, so nothing that states it leaves."""
    sign_fallback(warm, LEANING_COPY)
    assert pull(warm).status_code == 200
    store.away = True

    answer = until(lambda: pull(warm), lambda one: one.status_code != 200)

    assert answer.status_code == 503
    assert "20%" not in answer.text


def test_a_fallback_read_before_a_change_is_not_served_unseen(
    warm: Office, store: TroubledStore
) -> None:
    """What was in memory before the last change that was seen may be just what it recalled."""
    set_brief(warm, cta="Buy")
    store.away = True

    answer = until(lambda: pull(warm), lambda one: one.status_code != 200)

    assert answer.status_code == 503


def test_an_emergency_is_counted(warm: Office, store: TroubledStore) -> None:
    """Metrics tell how many got the last resort."""
    store.away = True
    until(lambda: pull(warm), is_degraded)
    store.away = False

    assert 'copydesk_pulls_total{source="degraded"} 1.0' in warm.get(None, "/metrics").text


def test_a_render_while_the_store_is_away_has_every_fallback(
    warm: Office, store: TroubledStore
) -> None:
    """Whether the recipient objects cannot be known, so nothing of theirs is put in: 200 still."""
    sign_fallback(warm, {**PLAIN_COPY, "body": GREETING})
    pull(warm)
    store.away = True
    until(lambda: pull(warm), is_degraded)

    fields = {"fields": {"first_name": "Ada"}}
    said = warm.post("mailer", "/v1/pull/spring", params={"r": "reader-1"}, json=fields)

    assert is_degraded(said)
    assert said.headers["cache-control"] == "private, no-store"
    assert said.json()["body"].startswith("Hi there,")
    assert [one["field"] for one in said.json()["fallbacks"]] == ["first_name"]
