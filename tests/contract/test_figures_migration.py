"""What was there before there were figures is counted by the migration as it would be today."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, select

from copydesk.generations import Generation
from copydesk.guardrails import Severity
from copydesk.review_queue import Decision, Dismissal, ReviewItem
from copydesk.storage.build import open_store
from copydesk.storage.memory import MemoryStore
from copydesk.storage.sql import measured_tables as tables
from copydesk.storage.sql import schema
from copydesk.storage.sql.engine import engine_for, parsed
from copydesk.storage.sql.migrate import downgrade
from copydesk.storage.stored import written
from tests.contract.nouns import a_generation, an_item
from tests.contract.test_figures import WEEK
from tests.factories import NOW, a_provenance, a_variant
from tests.unit.review_queue.items import a_finding, checked

BEFORE = "0010"
FREE = a_finding(severity=Severity.WARN, rule="us.free", category="legal.free_claim")
LATER = NOW + timedelta(hours=2)


def items() -> list[ReviewItem]:
    approved = Decision(act="approve", actor="rob", at=LATER)
    edited = Decision(act="edit", actor="eve", at=NOW)
    dismissed = Dismissal(finding=FREE, by="rob", at=NOW, reason="false_alarm")
    done = {"state": "approved", "updated_at": LATER}
    return [
        an_item("rev_1", decisions=(approved,), checked=checked(FREE), **done),
        an_item(
            "rev_2",
            variant=a_variant(variant_id="var_2"),
            decisions=(edited, approved),
            checked=checked(FREE),
            dismissed=(dismissed,),
            **done,
        ),
        an_item("rev_again", routed_by="facts-changed"),
    ]


def a_done_generation() -> Generation:
    attempts = [{"model": "a", "outcome": "failed"}, {"model": "b", "outcome": "answered"}]
    told = a_provenance(attempts=attempts, usage={"input_tokens": 9, "cached_tokens": 4})
    variant = a_variant(variant_id="var_9").model_copy(update={"provenance": told})
    routed = {"variant": variant, "checked": checked(FREE), "route": "blocked", "rule": "r"}
    return a_generation(state="done", variants=[{**routed, "because": "b"}], finished_at=NOW)


def stored_before(url: str) -> None:
    engine = engine_for(parsed(url))
    downgrade(engine, BEFORE)
    rows = [
        {column.name: column_of(item, column.name) for column in schema.reviews.c}
        for item in items()
    ]
    made = a_done_generation()
    with engine.begin() as connection:
        connection.execute(insert(schema.reviews), rows)
        row = {name: getattr(made, name) for name in ("id", "requester", "campaign", "created_at")}
        row |= {"state": made.state.value, "document": written(made)}
        if "brand" in schema.generations.c:
            row["brand"] = made.request.brand.name
        connection.execute(insert(schema.generations), row)
    engine.dispose()


def column_of(item: ReviewItem, name: str) -> object:
    if name == "document":
        return written(item)
    value: object = item.brand.name if name == "brand" else getattr(item, name)
    return getattr(value, "value", value)


def test_what_was_there_before_is_counted_alike(database_url: str) -> None:
    """The migration writes the rows that saving the same nouns would have written."""
    stored_before(database_url)
    store, twin = open_store(database_url), MemoryStore()
    with twin.transaction() as tx:
        for item in items():
            tx.reviews.add(item)
        tx.generations.add(a_done_generation())

    with store.transaction() as old, twin.transaction() as new:
        for name in ("decided", "open_since", "recalled", "rules", "acts", "generations"):
            assert getattr(old.figures, name)(WEEK) == getattr(new.figures, name)(WEEK), name
        assert old.figures.waits(WEEK, [3_600]) == new.figures.waits(WEEK, [3_600])
    store.close()


def test_counting_again_what_was_counted_by_the_migration_changes_nothing(
    database_url: str,
) -> None:
    """A row of before is replaced when its noun is saved, not doubled."""
    stored_before(database_url)
    store = open_store(database_url)
    with store.transaction() as tx:
        before = tx.figures.rules(WEEK), tx.figures.acts(WEEK)
        for item in items():
            tx.figures.put_item(item)
        tx.figures.put_generation(a_done_generation())

        assert (tx.figures.rules(WEEK), tx.figures.acts(WEEK)) == before
    engine = engine_for(parsed(database_url))
    with engine.connect() as connection:
        assert len(connection.execute(select(tables.measured_items.c.id)).all()) == len(items())
    engine.dispose()
    store.close()
