"""Tampering with the record past Copydesk: on every store, any single change is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import IntegrityError

from copydesk.review_queue import AuditChain, Noted
from copydesk.review_queue.ports import NOTHING
from copydesk.storage.build import open_store
from copydesk.storage.chain import START, Filed, Link, hash_of, linked, walked
from copydesk.storage.memory import MemoryStore
from copydesk.storage.sql import schema
from tests.contract.nouns import an_event

EVENTS = 6
SWITCH_OFF = {
    "sqlite": ("DROP TRIGGER audit_refuses_update", "DROP TRIGGER audit_refuses_delete"),
    "postgresql": ("ALTER TABLE audit DISABLE TRIGGER USER",),
}
KINDS = ("changed", "dropped", "reordered", "inserted")


def recorded() -> list[Link]:
    """Return a record of several events, as it should be."""
    links = [START]
    for i in range(EVENTS):
        links.append(linked(links[-1], an_event(f"rev_{i}", details={"note": f"n{i}"})))
    return links[1:]


@dataclass(frozen=True)
class Tampering:
    """One change of a record, of any kind but cutting off its end."""

    kind: str
    at: int
    other: int
    what: str
    closes_gaps: bool

    def done_to(self, links: Sequence[Link]) -> list[Link]:
        """Return the record after it."""
        forged = getattr(self, f"_{self.kind}")(list(links))
        if self.closes_gaps:
            forged = [link._replace(number=number) for number, link in enumerate(forged, 1)]
        return sorted(forged, key=lambda link: link.number)

    def _changed(self, links: list[Link]) -> list[Link]:
        links[self.at] = changed(links[self.at], self.what)
        return links

    def _dropped(self, links: list[Link]) -> list[Link]:
        del links[self.at % (EVENTS - 1)]
        return links

    def _reordered(self, links: list[Link]) -> list[Link]:
        one, two = links[self.at], links[self.other]
        links[self.at] = two._replace(number=one.number)
        links[self.other] = one._replace(number=two.number)
        return links

    def _inserted(self, links: list[Link]) -> list[Link]:
        """Put an event before another one, hashed as if it belonged there."""
        before = links[self.at - 1] if self.at else START
        later = [link._replace(number=link.number + 1) for link in links[self.at :]]
        return [*links[: self.at], linked(before, an_event("eve")), *later]


def changed(link: Link, what: str) -> Link:
    filed = link.filed
    assert filed is not None
    changes: dict[str, Any] = {
        "number": {"number": link.number + EVENTS},
        "previous": {"previous": "e" * 64},
        "document": {"document": link.document.replace("rob", "eve")},
        "sha256": {"sha256": "e" * 64},
        "subject": {"filed": filed._replace(subject="elsewhere")},
        "act": {"filed": filed._replace(act="review.read")},
        "actor": {"filed": filed._replace(actor="eve")},
        "at": {"filed": filed._replace(at=filed.at + timedelta(seconds=1))},
    }
    return link._replace(**changes[what])


@st.composite
def tamperings(draw: st.DrawFn) -> Tampering:
    places = st.lists(st.integers(0, EVENTS - 1), min_size=2, max_size=2, unique=True)
    at, other = draw(places)
    columns = [column.name for column in schema.audit.columns]
    what = draw(st.sampled_from(columns))
    return Tampering(draw(st.sampled_from(KINDS)), at, other, what, draw(st.booleans()))


def is_real(tampering: Tampering) -> bool:
    """Return whether anything is left changed: closing gaps undoes a change of a number alone."""
    return tampering.done_to(recorded()) != recorded()


@given(tamperings().filter(is_real))
def test_any_single_change_of_the_record_in_memory_is_found(tampering: Tampering) -> None:
    """An event changed, dropped, reordered or inserted breaks the chain, and it says what."""
    store = MemoryStore()
    with store.transaction() as tx:
        for link in recorded():
            tx.audit.append(link.entry.event)
        assert tx.audit.chain().fault is None

        tx.audit.links[:] = tampering.done_to(recorded())

        found = tx.audit.chain()
        assert found.broken_at is not None
        assert found.fault


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        for statement in SWITCH_OFF[engine.dialect.name]:
            connection.execute(text(statement))
    yield engine
    engine.dispose()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tampering=tamperings().filter(is_real))
def test_any_single_change_of_the_record_in_a_database_is_found(
    database_url: str, engine: Engine, tampering: Tampering
) -> None:
    """The same, past the triggers, in rows of SQLite and of PostgreSQL; a fork they refuse."""
    assert held_against(database_url, engine, recorded()).fault is None
    try:
        found = held_against(database_url, engine, tampering.done_to(recorded()))
    except IntegrityError:
        assume(False)

    assert found.broken_at is not None
    assert found.fault


def test_a_cut_off_end_is_found_only_by_what_was_noted(database_url: str, engine: Engine) -> None:
    """A record without its last events holds in itself: count and hash noted elsewhere tell."""
    whole = recorded()
    noted = Noted(whole[-1].sha256, EVENTS)

    found = held_against(database_url, engine, whole[:-2])
    assert (found.events, found.fault) == (EVENTS - 2, None)

    found = held_against(database_url, engine, whole[:-2], noted)
    assert found.fault == "2 of the 6 events noted were cut off at the end"


def test_an_event_made_anew_with_all_after_it_is_found_only_by_what_was_noted() -> None:
    """Who can write the whole record can forge it whole: the hash noted elsewhere tells."""
    whole = recorded()
    forged = [replace_first(whole[0])]
    for link in whole[1:]:
        forged.append(linked(forged[-1], link.entry.event))

    assert walked(forged).fault is None
    assert walked(forged, Noted(whole[3].sha256)).fault


def replace_first(link: Link) -> Link:
    document = link.document.replace("rob", "eve")
    assert link.filed is not None
    filed = link.filed._replace(actor="eve")
    own = hash_of(link.number, link.previous, document)
    return link._replace(document=document, sha256=own, filed=filed)


def held_against(
    url: str, engine: Engine, links: Sequence[Link], noted: Noted = NOTHING
) -> AuditChain:
    """Put these rows in place of the record, and walk it through a store."""
    with engine.begin() as connection:
        connection.execute(schema.audit.delete())
        connection.execute(schema.audit.insert(), [row(link) for link in links])
    store = open_store(url)
    with store.transaction() as tx:
        found = tx.audit.chain(noted)
    store.close()
    return found


def row(link: Link) -> dict[str, Any]:
    filed = link.filed or Filed.of(link.entry.event)
    own = {name: value for name, value in link._asdict().items() if name != "filed"}
    return {**own, **filed._asdict()}
