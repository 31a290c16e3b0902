"""Items of before there was a queue of its own are in it after the migration."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, insert

from copydesk.guardrails import Severity
from copydesk.review_queue import Policy, State
from copydesk.review_queue.placing import Placer
from copydesk.review_queue.searching import Filter, QueueQuery
from copydesk.storage.build import open_store
from copydesk.storage.sql import schema
from copydesk.storage.sql.engine import engine_for, parsed
from copydesk.storage.sql.migrate import downgrade
from copydesk.storage.sql.reviewing import review_row
from tests.contract.nouns import an_item
from tests.factories import NOW
from tests.unit.review_queue.items import a_finding, checked

BEFORE = "0004"
RISKY = checked(a_finding(severity=Severity.REVIEW, rule="us.prize", category="legal.prize"))


def with_items_of_before(url: str) -> None:
    """Take the queue away, and store items as they were stored then."""
    engine: Engine = engine_for(parsed(url))
    downgrade(engine, BEFORE)
    lease = {"state": State.CLAIMED, "holder": "rob", "lease_until": NOW + timedelta(minutes=5)}
    items = [
        an_item("rev_1"),
        an_item("rev_2", checked=RISKY, **lease),
        an_item("rev_3", state=State.APPROVED),
    ]
    rows = [{k: v for k, v in review_row(item).items() if k != "brand"} for item in items]
    with engine.begin() as connection:
        connection.execute(insert(schema.reviews), rows)
    engine.dispose()


def test_items_of_before_are_found_counted_and_then_placed(database_url: str) -> None:
    """All that the filters look at is there at once; the order by priority after placing."""
    with_items_of_before(database_url)
    store = open_store(database_url)
    placer = Placer(Policy.load())
    store.place_by(placer)

    with store.transaction() as tx:
        risky = QueueQuery(Filter(category=("legal.*",), rule=("us.prize",)), "rob", NOW)
        mine = QueueQuery(Filter(text="RIDGELINE mud", campaign=("spring",)), "rob", NOW)
        assert [hit.item.id for hit in tx.queue.page(risky)] == ["rev_2"]
        assert tx.queue.tally(mine).mine == 1
        assert tx.queue.tally(mine).states[State.APPROVED] == 1
        misplaced = tx.queue.misplaced(placer.mark, 10)
        for item in misplaced:
            tx.queue.place(item)

    with store.transaction() as tx:
        everything = tx.queue.page(QueueQuery(Filter(), "rob", NOW))
    store.close()
    assert [item.id for item in misplaced] == ["rev_1", "rev_2"]
    assert everything[0].item.id == "rev_2"
