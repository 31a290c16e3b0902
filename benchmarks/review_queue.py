"""How fast the review queue answers when 50,000 items wait, on SQLite and on PostgreSQL.

    python -m benchmarks.review_queue [--waiting 50000] [--rounds 40] [--on sqlite postgresql]

Each line is a request to the whole application, as a client sends it: key checked, rows read,
answer written as JSON or as a page, in this process and without a network. Every request is made
anew, no answer is kept in between; a claim is of another item each time. PostgreSQL is started for
the purpose, as the tests start it, with its usual settings but for the syncing of its disk. The
goal is 100 ms at the 95th percentile, on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import NamedTuple

from benchmarks.review_items import Factory, write
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from copydesk.access import Actor, Role, Session, hash_secret
from copydesk.api.app import create_app
from copydesk.api.pages.visits import SESSION_COOKIE
from copydesk.bootstrap import Copydesk, bootstrap, reviewers
from copydesk.review_queue import State
from copydesk.review_queue.placing import Placer
from copydesk.review_queue.searching import Cursor, Order
from copydesk.settings import Settings
from copydesk.storage.sql import schema
from copydesk.storage.sql.engine import engine_for, parsed

GOAL_MS = 100.0
DECIDED = 20_000
OPERATOR = Actor("operator:local", frozenset({Role.ADMIN}))
OPEN = (State.WAITING,) * 96 + (State.CLAIMED,) * 2 + (State.ESCALATED,) * 2

Asked = str | int | bool | list[str]
Call = Callable[[], object]


class Measured(NamedTuple):
    """Milliseconds of one kind of request."""

    name: str
    p50: float
    p95: float


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the review queue.")
    parser.add_argument("--waiting", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--on", nargs="+", default=["sqlite", "postgresql"])
    given = parser.parse_args()
    results = {}
    for name in given.on:
        with DATABASES[name]() as url:
            results[name] = measure(url, given.waiting, given.rounds)
    print_table(results, given.waiting)
    worst = max(one.p95 for measured in results.values() for one in measured)
    sys.exit(worst > GOAL_MS)


def measure(url: str, waiting: int, rounds: int) -> list[Measured]:
    """Fill the database and time every kind of request on it."""
    started = time.perf_counter()
    settings = Settings(database_url=url, secret="benchmark benchmark")
    desk = bootstrap(settings)
    fill(desk, url, waiting)
    print(f"{url[:10]}: filled in {time.perf_counter() - started:.0f} s", flush=True)
    office = Office(desk, url)
    gc.collect()
    gc.freeze()  # as `copydesk serve` does
    measured = [timed(name, call, rounds) for name, call in office.calls()]
    desk.store.close()
    return measured


def fill(desk: Copydesk, url: str, waiting: int) -> None:
    """Write the items, and have the database know how many there are, as it will in time."""
    placer, factory = Placer(desk.policy, reviewers(desk.checker)), Factory(desk.clock())
    engine = engine_for(parsed(url))
    with engine.begin() as connection:
        write(connection, factory.items(waiting, OPEN, "o"), placer)
        decided = (State.APPROVED, State.REJECTED)
        write(connection, factory.items(DECIDED, decided, "d"), placer)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


class Office:
    """The application, with what of the data the requests name."""

    def __init__(self, desk: Copydesk, url: str) -> None:
        self._desk = desk
        desk.access.add_user("rosa", (Role.REVIEWER, Role.APPROVER), None, OPERATOR)
        key = desk.access.add_key("rosa", (Role.REVIEWER, Role.APPROVER), "", OPERATOR).secret
        brands = dict.fromkeys(SINGLE_BRANDS, (Role.REVIEWER, Role.APPROVER))
        desk.access.add_user("lena", (), None, OPERATOR, brands)
        narrow = desk.access.add_key("lena", (Role.REVIEWER,), "", OPERATOR).secret
        app = create_app(desk)
        self._client = TestClient(app, headers={"Authorization": f"Bearer {key}"})
        self._narrow = TestClient(app, headers={"Authorization": f"Bearer {narrow}"})
        self._browser = TestClient(app, headers={"Accept": "text/html"})
        self._browser.cookies.set(SESSION_COOKIE, self._session())
        engine = engine_for(parsed(url))
        with engine.connect() as connection:
            queue = schema.queue.c
            rows = select(queue.place, queue.id).where(queue.is_open)
            found = connection.execute(rows.order_by(queue.place, queue.id)).all()
        engine.dispose()
        self._ids = [row.id for row in found]
        deep = found[len(found) * 4 // 5]
        self._deep = str(Cursor(Order.PRIORITY, deep.place, deep.id))
        self._next = count()

    def calls(self) -> Iterator[tuple[str, Call]]:
        """Yield what is timed, by name."""
        for name, asked in PAGES:
            yield name, self._getting("/v1/reviews", limit=50, **asked)
        deep = self._getting("/v1/reviews", limit=50, state=OPEN_NOW, after=self._deep)
        yield "page 800 (40,000 items in)", deep
        for name, asked in COUNTS:
            yield name, self._getting("/v1/review-counts", **asked)
        for name, path, asked in OF_SINGLE_BRANDS:
            yield f"of three brands: {name}", self._getting(path, self._narrow, **asked)
        yield "opening an item", lambda: self._get(f"/v1/reviews/{self._another()}")
        yield "opening an item, page", lambda: self._open(f"/reviews/{self._another()}")
        yield "queue, page", lambda: self._open("/")
        yield "queue, page by campaign", lambda: self._open("/?narrow=campaign")
        yield "queue, page by category", lambda: self._open("/?narrow=category")
        yield "queue, page of one tab", lambda: self._open("/?state=waiting")
        yield "queue, page narrowed", lambda: self._open("/?campaign=campaign-1&category=legal.*")
        yield "queue, page of frequent word", lambda: self._open("/?text=the")
        yield "queue, page of rare words", lambda: self._open("/?text=postgresql+recipient")
        yield "queue, rows alone", lambda: self._open("/rows")
        yield "claim", self._claim

    def _another(self) -> str:
        return str(self._ids[next(self._next) * 7 % len(self._ids)])

    def _getting(self, path: str, client: TestClient | None = None, **asked: Asked) -> Call:
        return lambda: self._get(path, client, **asked)

    def _get(self, path: str, client: TestClient | None = None, **asked: Asked) -> None:
        answer = (client or self._client).get(path, params=asked)
        assert answer.status_code == 200, answer.text

    def _open(self, path: str) -> None:
        answer = self._browser.get(path)
        assert answer.status_code == 200, answer.text

    def _claim(self) -> None:
        path = f"/v1/reviews/{self._another()}/claim"
        answer = self._client.post(path, headers={"If-Match": '"1"'})
        assert answer.status_code in {200, 403, 409, 412}, answer.text

    def _session(self) -> str:
        now = self._desk.clock()
        session = Session(
            id_hash=hash_secret("session"),
            user="rosa",
            csrf="token",
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        with self._desk.store.transaction() as tx:
            tx.sessions.add(session)
        return "session"


OPEN_NOW = ["waiting", "claimed", "escalated", "changes_requested"]
PAGES: list[tuple[str, dict[str, Asked]]] = [
    ("first page by priority", {"state": OPEN_NOW}),
    ("first page, waiting only", {"state": "waiting"}),
    ("first page, claimed", {"state": "claimed"}),
    ("first page, every state", {}),
    ("first page, oldest first", {"state": OPEN_NOW, "order": "oldest"}),
    ("first page, decided", {"state": ["approved", "rejected"]}),
    ("campaign, frequent", {"state": OPEN_NOW, "campaign": "campaign-1"}),
    ("campaign, rare", {"state": OPEN_NOW, "campaign": "campaign-700"}),
    ("brand", {"state": OPEN_NOW, "brand": "Larkfell 1"}),
    ("audience", {"state": OPEN_NOW, "audience": "segment-7"}),
    ("two locales", {"state": OPEN_NOW, "locale": ["de-DE", "fr-FR"]}),
    ("kind", {"state": OPEN_NOW, "kind": "event"}),
    ("severity", {"state": OPEN_NOW, "severity": "info"}),
    ("category, all of one family", {"state": OPEN_NOW, "category": "legal.*"}),
    ("category, rare", {"state": OPEN_NOW, "category": "privacy.identifier"}),
    ("rule", {"state": OPEN_NOW, "rule": "us.earnings"}),
    ("role legal", {"state": OPEN_NOW, "role": "legal"}),
    ("role security", {"state": OPEN_NOW, "role": "security"}),
    ("requester", {"state": OPEN_NOW, "requester": "marketer7"}),
    ("claimed by me", {"claimed": "me"}),
    ("claimed by anyone", {"claimed": "anyone"}),
    ("claimed by nobody", {"state": OPEN_NOW, "claimed": "nobody"}),
    ("late", {"late": True}),
    ("not late", {"state": OPEN_NOW, "late": False}),
    ("text, frequent word", {"state": OPEN_NOW, "text": "the"}),
    ("text, rare words", {"state": OPEN_NOW, "text": "postgresql recipient"}),
    ("text, no such word", {"state": OPEN_NOW, "text": "xylophone"}),
    (
        "brand, locale, category and late",
        {"brand": "Larkfell 1", "locale": "en-US", "category": "legal.*", "late": True},
    ),
]
COUNTS: list[tuple[str, dict[str, Asked]]] = [
    ("counts by state", {}),
    ("counts, brand", {"brand": "Larkfell 1"}),
    ("counts, category family", {"category": "legal.*"}),
    ("counts, role", {"role": "legal"}),
    ("counts, late", {"late": True}),
    ("counts, text", {"text": "the"}),
    ("counts by campaign", {"state": OPEN_NOW, "by": "campaign"}),
    ("counts by category", {"state": OPEN_NOW, "by": "category"}),
]


SINGLE_BRANDS = ("Larkfell 1", "Larkfell 2", "Tidewell Bank 1")
"""Brands of somebody who reviews these alone."""
OF_SINGLE_BRANDS: list[tuple[str, str, dict[str, Asked]]] = [
    ("by priority", "/v1/reviews", {"limit": 50, "state": OPEN_NOW}),
    ("every state", "/v1/reviews", {"limit": 50}),
    ("oldest first", "/v1/reviews", {"limit": 50, "state": OPEN_NOW, "order": "oldest"}),
    ("category", "/v1/reviews", {"limit": 50, "state": OPEN_NOW, "category": "legal.*"}),
    ("text", "/v1/reviews", {"limit": 50, "state": OPEN_NOW, "text": "the"}),
    ("counts", "/v1/review-counts", {}),
    ("counts by brand", "/v1/review-counts", {"state": OPEN_NOW, "by": "brand"}),
    ("counts by category", "/v1/review-counts", {"state": OPEN_NOW, "by": "category"}),
]


def timed(name: str, call: Call, rounds: int) -> Measured:
    """Return how long a call took, after one that is not counted."""
    call()
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1_000)
    cuts = statistics.quantiles(taken, n=20, method="inclusive")
    return Measured(name, cuts[9], cuts[18])


def print_table(results: dict[str, list[Measured]], waiting: int) -> None:
    """Print a row for each kind of request, and two columns for each database."""
    load = f"{os.getloadavg()[1]:.1f} on {os.cpu_count()} cores"
    print(f"\n{waiting:,} open items, {DECIDED:,} decided; milliseconds; load {load}\n")
    heads = "".join(f"{name + ' p50':>18}{'p95':>8}" for name in results)
    print(f"{'':34}{heads}")
    for rows in zip(*results.values(), strict=True):
        figures = "".join(f"{row.p50:>18.1f}{row.p95:>8.1f}" for row in rows)
        slow = "  over" if any(row.p95 > GOAL_MS for row in rows) else ""
        print(f"{rows[0].name:34}{figures}{slow}")


@contextmanager
def sqlite() -> Iterator[str]:
    """Give the URL of a new file."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/copydesk.db"


@contextmanager
def postgresql() -> Iterator[str]:
    """Give the URL of a new database on a server of its own."""
    from tests.postgres import running_postgres

    with running_postgres() as server:
        yield server.url(server.database())


DATABASES = {"sqlite": sqlite, "postgresql": postgresql}

if __name__ == "__main__":
    main()
