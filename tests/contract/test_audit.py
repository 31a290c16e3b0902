"""The audit record, on every store."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from copydesk.errors import NotFound
from copydesk.review_queue import AuditQuery
from copydesk.storage import Store
from copydesk.storage.build import open_store
from tests.contract.nouns import an_event


def test_events_come_back_in_the_order_they_were_added(store: Store) -> None:
    """Events about a subject are in order, within a transaction and over several."""
    events = [an_event(act=f"review.act_{i}") for i in range(3)]
    with store.transaction() as tx:
        tx.audit.append(events[0])
        tx.audit.append(an_event("gen_1"))
        tx.audit.append(events[1])
    with store.transaction() as tx:
        tx.audit.append(events[2])

        assert events == list(tx.audit.about("rev_1"))


def test_the_newest_events_come_first(store: Store) -> None:
    """Newest first, at most as many as asked for, whatever the subject."""
    with store.transaction() as tx:
        for i in range(4):
            tx.audit.append(an_event(f"rev_{i}"))

        assert [event.subject for event in tx.audit.latest(limit=2)] == ["rev_3", "rev_2"]


def test_details_are_kept_as_json(store: Store) -> None:
    """Details come back as JSON has them: a tuple as a list, text in any script."""
    with store.transaction() as tx:
        tx.audit.append(an_event(details={"routes": (1, 2.5, None), "warum": "Ärger 👟"}))

    with store.transaction() as tx:
        assert tx.audit.latest()[0].details == {"routes": [1, 2.5, None], "warum": "Ärger 👟"}


def test_what_was_rolled_back_is_not_in_the_record(store: Store) -> None:
    """An event goes with its transaction."""

    def append_and_fail() -> None:
        with store.transaction() as tx:
            tx.audit.append(an_event())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        append_and_fail()

    with store.transaction() as tx:
        assert list(tx.audit.latest()) == []
        assert tx.audit.chain().events == 0


def test_the_chain_holds_over_transactions(store: Store) -> None:
    """Every event is linked to the one before; the chain of an untouched record is unbroken."""
    for i in range(3):
        with store.transaction() as tx:
            tx.audit.append(an_event(f"rev_{i}"))
            tx.audit.append(an_event(f"gen_{i}"))

    with store.transaction() as tx:
        chain = tx.audit.chain()

    assert (chain.events, chain.broken_at) == (6, None)


def test_the_chain_can_be_recomputed_by_anyone(store: Store) -> None:
    """A hash is the SHA-256 of number, hash before, and the event as canonical JSON, in lines."""
    event = an_event(details={"warum": "Ärger 👟", "a": 1.5})
    with store.transaction() as tx:
        tx.audit.append(event)
        chain = tx.audit.chain()

    plain = json.loads(event.model_dump_json())
    document = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    text = f"1\n{'0' * 64}\n{document}"
    assert hashlib.sha256(text.encode()).hexdigest() == chain.sha256


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET actor = 'eve'", "DELETE FROM audit WHERE number = 1"]
)
def test_the_database_refuses_to_change_the_record(database_url: str, statement: str) -> None:
    """Not even SQL past Copydesk changes an event or takes one out."""
    store, engine = open_store(database_url), create_engine(database_url)
    with store.transaction() as tx:
        tx.audit.append(an_event())

    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))

    engine.dispose()
    store.close()


def test_a_forged_event_breaks_the_chain(database_url: str) -> None:
    """Who takes the triggers away and rewrites an event is found out, and where."""
    store, engine = open_store(database_url), create_engine(database_url)
    with store.transaction() as tx:
        for i in range(3):
            tx.audit.append(an_event(f"rev_{i}"))

    on = " ON audit" if engine.dialect.name == "postgresql" else ""
    trigger = "audit_refuses_change" if on else "audit_refuses_update"
    with engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER {trigger}{on}"))
        forged = "UPDATE audit SET document = replace(document, 'rob', 'eve') WHERE number = 2"
        connection.execute(text(forged))

    with store.transaction() as tx:
        assert tx.audit.chain().broken_at == 2
    engine.dispose()
    store.close()


def append_and_take_back(url: str, name: str) -> None:
    """Append ten events, each after one whose transaction fails."""
    store = open_store(url)
    for i in range(10):
        with suppress(ZeroDivisionError), store.transaction() as tx:
            tx.audit.append(an_event(f"{name}_lost_{i}"))
            tx.audit.latest()  # it has its number by now
            raise ZeroDivisionError
        with store.transaction() as tx:
            tx.audit.append(an_event(name))
            tx.audit.append(an_event(name))
    store.close()


def test_numbers_have_no_gaps_with_several_processes(database_url: str) -> None:
    """Processes that write and roll back at once leave one chain, numbered from one."""
    context = multiprocessing.get_context("spawn")
    arguments = [(database_url, f"p{i}") for i in range(3)]
    processes = [context.Process(target=append_and_take_back, args=each) for each in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    store = open_store(database_url)
    with store.transaction() as tx:
        numbers = [entry.number for entry in tx.audit.entries(AuditQuery(limit=1_000))]
        assert numbers == list(range(60, 0, -1))
        assert tx.audit.chain().fault is None
    store.close()


def test_entries_are_narrowed_by_every_field(store: Store) -> None:
    """By what they are about, by act, by actor and by number, newest first."""
    with store.transaction() as tx:
        for i, actor in enumerate(["ann", "bob", "ann", "ann"]):
            tx.audit.append(an_event(f"rev_{i % 2}", act=f"review.act_{i // 2}", actor=actor))

        def numbers(**query: Any) -> list[int]:
            return [entry.number for entry in tx.audit.entries(AuditQuery(**query))]

        assert numbers() == [4, 3, 2, 1]
        assert numbers(subjects=("rev_0",)) == [3, 1]
        assert numbers(act="review.act_1") == [4, 3]
        assert numbers(actor="bob") == [2]
        assert numbers(before=3, limit=1) == [2]


def test_an_entry_is_found_by_its_number(store: Store) -> None:
    """With the hash it follows; a number that is not there is an error in words."""
    with store.transaction() as tx:
        tx.audit.append(an_event("rev_1"))
        tx.audit.append(an_event("rev_2"))

        assert tx.audit.entry(2).event.subject == "rev_2"
        assert tx.audit.entry(2).previous == tx.audit.entry(1).sha256
        with pytest.raises(NotFound, match="no audit record number 3"):
            tx.audit.entry(3)
