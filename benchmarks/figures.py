"""How fast the figures of a period are counted, at 50,000 review items of which most are decided.

    python -m benchmarks.figures [--items 50000] [--rounds 20] [--on sqlite postgresql]

Items are those of `review_items.py`, spread over 120 days and decided after some hours; each has
its request, its findings, and two acts. What is timed is the service that the page and
`/v1/figures` ask, the whole answer at once, and each question to the database by itself. The goal
is 200 ms at the 95th percentile, on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from random import Random
from typing import Any

from benchmarks.review_items import BATCH, Factory
from benchmarks.review_queue import DATABASES, OPERATOR, Measured, timed
from sqlalchemy import Connection, text

from copydesk.bootstrap import Copydesk, bootstrap, reviewers
from copydesk.desk.measuring import STEPS_H, Asked
from copydesk.review_queue import Decision, ReviewItem, State
from copydesk.review_queue.placing import Placer
from copydesk.settings import Settings
from copydesk.storage.figures import Period, day_of
from copydesk.storage.measured import MeasuredItem, acts_of, rules_of_item
from copydesk.storage.sql import measured_tables as tables
from copydesk.storage.sql import schema
from copydesk.storage.sql.engine import engine_for, parsed

GOAL_MS = 200.0
SPREAD_DAYS = 120
DISMISSED = 0.1
ENDS = (State.APPROVED,) * 80 + (State.REJECTED,) * 15 + (State.WAITING,) * 5


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the figures.")
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--on", nargs="+", default=["sqlite", "postgresql"])
    given = parser.parse_args()
    worst = 0.0
    for name in given.on:
        with DATABASES[name]() as url:
            measured = measure(url, given.items, given.rounds)
        load = f"{os.getloadavg()[1]:.1f} on {os.cpu_count()} cores"
        print(f"\n{name}: {given.items:,} items; milliseconds; load {load}\n")
        for one in measured:
            print(f"{one.name:34}{one.p50:>10.1f}{one.p95:>10.1f}")
        worst = max(worst, *(one.p95 for one in measured))
    sys.exit(worst > GOAL_MS)


def measure(url: str, number: int, rounds: int) -> list[Measured]:
    """Fill the database and time the figures on it."""
    desk = bootstrap(Settings(database_url=url, secret="benchmark benchmark"))
    fill(desk, url, number)
    gc.collect()
    gc.freeze()  # as `copydesk serve` does
    measured = [timed(name, call, rounds) for name, call in calls(desk)]
    desk.store.close()
    return measured


def calls(desk: Copydesk) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what is timed, by name."""
    for asked in (
        Asked(days=7), Asked(days=30), Asked(days=90), Asked(days=90, brand="Larkfell 1"),
        Asked(days=90, kind="event"),
    ):  # fmt: skip
        told = ", ".join(f"{name} {value}" for name, value in asked if value is not None)
        yield told, lambda asked=asked: desk.measuring.figures(OPERATOR, asked)
    yield "rules of 30 days", lambda: desk.measuring.rules(OPERATOR)
    today = day_of(desk.clock())
    period = Period(today - 89, today)
    for name in ("decided", "open_since", "rules", "acts", "generations", "pulled", "shelved"):
        yield f"90 days: {name}", lambda name=name: alone(desk, name, period)
    steps = [hours * 3_600 for hours in STEPS_H]
    yield "90 days: waits", lambda: alone(desk, "waits", period, steps)


def alone(desk: Copydesk, name: str, *given: object) -> object:
    with desk.store.transaction() as tx:
        return getattr(tx.figures, name)(*given)


def fill(desk: Copydesk, url: str, number: int) -> None:
    """Write the rows that saving the items would write, without the items."""
    factory = Factory(desk.clock() - timedelta(hours=1))
    placer, pick = Placer(desk.policy, reviewers(desk.checker)), Random(7)
    found = factory.items(number, ENDS, "f")
    engine = engine_for(parsed(url))
    with engine.begin() as connection:
        while batch := [lived(item, pick) for item in islice(found, BATCH)]:
            write(connection, batch, placer, pick)
        days = range(day_of(desk.clock()) - SPREAD_DAYS, day_of(desk.clock()))
        pulls = [
            {"day": day, "campaign": f"campaign-{n}", "source": "approved", "pulls": 9}
            for day in days
            for n in range(200)
        ]
        connection.execute(tables.measured_pulls.insert(), pulls)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def lived(item: ReviewItem, pick: Random) -> ReviewItem:
    """Return the item on a day of its own, with the acts of its life."""
    came = item.created_at - timedelta(days=pick.uniform(0, SPREAD_DAYS))
    at = came + timedelta(hours=pick.expovariate(1 / 14))
    acts = ("claim",) if item.state is State.WAITING else ("claim", item.state.value)
    done = tuple(Decision(act=act, actor="rosa", at=at) for act in acts)
    return item.model_copy(update={"created_at": came, "updated_at": at, "decisions": done})


def write(connection: Connection, batch: list[ReviewItem], placer: Placer, pick: Random) -> None:
    rows: dict[str, list[dict[str, Any]]] = {
        "measured_items": [MeasuredItem.of(item, placer).as_row() for item in batch],
        "measured_acts": [act.as_row() for item in batch for act in acts_of(item)],
        "measured_generations": [generation(item) for item in batch],
        "measured_rules": [
            {**rule.as_row(), "dismissed": "false_alarm" if pick.random() < DISMISSED else ""}
            for item in batch
            for rule in rules_of_item(item)
        ],
    }
    for table, values in rows.items():
        connection.execute(schema.metadata.tables[table].insert(), values)


def generation(item: ReviewItem) -> dict[str, Any]:
    numbers = dict.fromkeys(
        ("approved", "trusted", "blocked", "fallbacks", "reused", "saved", "cached_tokens"), 0
    )
    return {
        "id": item.generation_id,
        "brand": item.brand.name,
        "kind": item.brief.kind.value,
        "campaign": item.campaign,
        "day": day_of(item.created_at),
        "state": "done",
        "review": 1,
        "input_tokens": 900,
        **numbers,
    }


if __name__ == "__main__":
    main()
