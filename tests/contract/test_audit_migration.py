"""Events of an older Copydesk, chained anew by the migration."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from copydesk.review_queue import AuditEntry
from copydesk.storage.build import open_store
from copydesk.storage.sql.engine import engine_for, parsed
from copydesk.storage.sql.migrate import downgrade, upgrade
from tests.contract.nouns import an_event

OLD = (
    "INSERT INTO audit (number, subject, act, actor, at, document, sha256)"
    " VALUES (:number, :subject, :act, :actor, :at, :document, :sha256)"
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Give a database as an older Copydesk left it, without events."""
    engine = engine_for(parsed(database_url))
    downgrade(engine, "0002")
    yield engine
    engine.dispose()


def write_old(engine: Engine, numbers: list[int]) -> str:
    """Write events as they were written then, gaps included, and return the last hash."""
    sha256 = "0" * 64
    with engine.begin() as connection:
        for number in numbers:
            event = an_event(f"rev_{number}", details={"b": 1, "a": "Ärger"})
            document = event.model_dump_json()
            sha256 = hashlib.sha256(f"{sha256}\n{document}".encode()).hexdigest()
            filed = {"subject": event.subject, "act": event.act, "actor": event.actor}
            at = event.at if engine.dialect.name == "postgresql" else "2026-03-06 12:00:00.000000"
            row = {"number": number, "at": at, "document": document, "sha256": sha256}
            connection.execute(text(OLD), {**row, **filed})
    return sha256


def entries(url: str, broken_at: int | None = None) -> list[AuditEntry]:
    store = open_store(url)
    with store.transaction() as tx:
        assert tx.audit.chain().broken_at == broken_at
        found = list(tx.audit.entries())
    store.close()
    return found[::-1]


def test_old_events_are_numbered_without_gaps_and_chained_anew(
    engine: Engine, database_url: str
) -> None:
    """Every event is kept, the chain holds, and a last event says what the old one ended in."""
    head = write_old(engine, [1, 2, 4, 7])
    upgrade(engine)

    found = entries(database_url)

    subjects = ["rev_1", "rev_2", "rev_4", "rev_7", "audit"]
    assert [(1 + i, name) for i, name in enumerate(subjects)] == [
        (entry.number, entry.event.subject) for entry in found
    ]
    assert found[-1].event.act == "audit.chained_anew"
    assert found[-1].event.details == {"events": 4, "sha256": head, "broken_at": None}


def test_chaining_anew_does_not_hide_an_old_forgery(engine: Engine, database_url: str) -> None:
    """An event that was changed before is told: by the last event, and where it is filed."""
    write_old(engine, [1, 2, 3])
    with engine.begin() as connection:
        on = " ON audit" if engine.dialect.name == "postgresql" else ""
        trigger = "audit_refuses_change" if on else "audit_refuses_update"
        connection.execute(text(f"DROP TRIGGER {trigger}{on}"))
        forged = "UPDATE audit SET document = replace(document, 'rob', 'eve') WHERE number = 2"
        connection.execute(text(forged))
    upgrade(engine)

    assert entries(database_url, broken_at=2)[-1].event.details["broken_at"] == 2


def test_the_record_stays_closed_after_the_migration(engine: Engine) -> None:
    """What the migration opened to write it closes again: no event can be changed or deleted."""
    write_old(engine, [1])
    upgrade(engine)

    for statement in ("UPDATE audit SET actor = 'eve'", "DELETE FROM audit"):
        with pytest.raises(Exception, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))


def test_the_chain_can_be_taken_back(engine: Engine, database_url: str) -> None:
    """Down and up again, all events are there and the chain holds."""
    write_old(engine, [1, 2])
    upgrade(engine)
    downgrade(engine, "0002")
    upgrade(engine)

    acts = [entry.event.act for entry in entries(database_url)]
    assert acts == ["review.claimed"] * 2 + ["audit.chained_anew"] * 2
