from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from copydesk.bootstrap import bootstrap
from copydesk.briefs import Brief
from copydesk.errors import StoreUnavailable
from copydesk.generation.scripted import ScriptedModel
from copydesk.settings import Settings
from copydesk.storage.memory import MemoryStore
from copydesk.storage.memory.store import MemoryTransaction
from tests.factories import BRIEF
from tests.unit.api.office import OPERATOR, Answer, Office
from tests.unit.api.test_serving import approved, pull, set_brief


class SwitchedStore(MemoryStore):
    """A store that can be switched off: what is answered then was answered from memory."""

    off = False

    @contextmanager
    def transaction(self) -> Iterator[MemoryTransaction]:
        if self.off:
            raise StoreUnavailable("Switched off.")
        with super().transaction() as tx:
            yield tx


@pytest.fixture
def store() -> SwitchedStore:
    return SwitchedStore()


@pytest.fixture
def warm(store: SwitchedStore) -> Iterator[Office]:
    """An office that has answered one pull, so that the next needs no reading."""
    office = Office.opened(store)
    office.let_in()
    with office.client:
        approved(office)
        yield office


def from_memory(office: Office, store: SwitchedStore, **asked: str) -> Answer:
    store.off = True
    answer = pull(office, **asked)
    store.off = False
    return answer


def test_the_short_way_gives_the_answer_of_the_long_way(warm: Office, store: SwitchedStore) -> None:
    """Body and headers are the same, byte for byte."""
    asked = {"r": "reader-1", "slot": "subject,body", "dialect": "braze"}
    long, short = _long_way(warm, **asked), from_memory(warm, store, **asked)

    assert short.status_code == long.status_code == 200
    assert short.content == long.content
    assert dict(short.headers) == dict(long.headers)


def _long_way(office: Office, **asked: str) -> Answer:
    """Pull with a parameter that the short way does not know."""
    return pull(office, **asked, utm="1")


def test_an_answer_that_the_caller_has_is_not_sent_again(
    warm: Office, store: SwitchedStore
) -> None:
    """If-None-Match is honoured on the short way, too."""
    tag = pull(warm).headers["etag"]

    answer = from_memory(warm, store, etag=tag)

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == tag


@pytest.mark.parametrize(
    "query", ["slot=footer", "dialect=morse", "r=", "r=a&r=b", "audience=a%20b", "slot=%00"]
)
def test_what_is_not_well_formed_goes_the_long_way(warm: Office, query: str) -> None:
    """A query that is wrong in any way is judged by the route."""
    answer = warm.get("mailer", f"/v1/pull/spring?{query}")

    assert answer.status_code == (200 if query == "r=a&r=b" else 422)


def test_a_change_of_facts_is_seen_by_the_next_pull(warm: Office) -> None:
    """Nothing that was kept in memory outlives the change that voids it."""
    assert pull(warm).status_code == 200

    set_brief(warm, offer={**BRIEF["offer"], "value": 15})

    assert pull(warm).status_code == 409


def test_the_end_of_an_offer_is_seen_by_the_next_pull(warm: Office) -> None:
    """Time alone ends an offer, without any change to be told of."""
    warm.clock.forward(days=3)

    assert pull(warm).status_code == 409


def test_a_revoked_key_does_not_pull_once_more(warm: Office) -> None:
    """A key is known for a moment only, and not beyond a change."""
    key = warm.desk.access.keys("mailer", OPERATOR)[0]
    warm.desk.access.revoke_key(key.id, OPERATOR)

    assert pull(warm).status_code == 401


def test_a_key_without_the_role_is_not_known(warm: Office) -> None:
    """Only keys that may pull are remembered."""
    assert warm.get("ada", "/v1/pull/spring").status_code == 403
    assert warm.get("ada", "/v1/pull/spring").status_code == 403


def test_a_change_by_another_process_is_seen_after_a_second(
    warm: Office, store: SwitchedStore
) -> None:
    """What another process changes is not counted here: what is kept grows old instead."""
    model = ScriptedModel([])
    other = bootstrap(Settings(database_url="memory://"), store=store, model=model)
    ada = warm.desk.access.actor_of_key(warm.keys["ada"])
    brief = Brief.model_validate({**BRIEF, "cta": "Buy"})
    other.serving.set_brief("spring", brief, ada, 1)

    time.sleep(1.1)

    assert pull(warm).status_code == 409


def test_pulls_are_counted_on_both_ways(warm: Office, store: SwitchedStore) -> None:
    """Metrics do not tell the ways apart."""
    from_memory(warm, store)
    _long_way(warm)

    said = warm.get(None, "/metrics").text

    assert 'copydesk_pulls_total{source="approved"} 3.0' in said
    assert 'route="/v1/pull/{campaign}",status="200"} 3.0' in said
