"""How long the evidence of one item takes to open on a long audit record, on both databases.

    python -m benchmarks.evidence [--events 1000000] [--rounds 20] [--on sqlite postgresql]

An item is asked for, edited and signed through the services at the start, in the middle and at the
end of a record of a million events; the others are about other items. Each line is one request to
the whole application, in this process and without a network. The goal is a second.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from benchmarks.review_queue import DATABASES
from fastapi.testclient import TestClient
from sqlalchemy import Engine, insert, select
from sqlalchemy.engine import make_url

from copydesk.access import Actor, Role
from copydesk.api.app import create_app
from copydesk.bootstrap import Copydesk, bootstrap
from copydesk.generation.scripted import ScriptedModel
from copydesk.generations import GenerationRequest
from copydesk.review_queue import AuditEvent, ReviewItem
from copydesk.settings import Settings
from copydesk.storage.chain import START, Filed, Link, linked
from copydesk.storage.sql import schema
from copydesk.storage.sql.engine import engine_for

GOAL_S = 1.0
BATCH = 5_000
OPERATOR = Actor("operator:local", frozenset({Role.ADMIN}))
PEOPLE = {
    "ada": (Role.REQUESTER,),
    "rex": (Role.REVIEWER,),
    "bea": (Role.REVIEWER, Role.APPROVER),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Time evidence on a long record.")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--on", nargs="+", default=["sqlite", "postgresql"])
    given = parser.parse_args()
    worst = 0.0
    for name in given.on:
        with DATABASES[name]() as url:
            worst = max(worst, measure(name, url, given.events, given.rounds))
    sys.exit(worst > GOAL_S)


def measure(name: str, url: str, events: int, rounds: int) -> float:
    """Fill the record, time each kind of request, print, and return the worst 95th percentile."""
    desk = bootstrap(Settings(database_url=url, secret="benchmark benchmark"), model=_model())
    for user, roles in PEOPLE.items():
        desk.access.add_user(user, roles, None, OPERATOR)
    engine = engine_for(make_url(url))
    signed = [decided(desk, "first")]
    fill(engine, desk, events // 2)
    signed.append(decided(desk, "middle"))
    fill(engine, desk, events // 2)
    signed.append(decided(desk, "last"))
    key = desk.access.add_key("rex", (Role.REVIEWER,), "", OPERATOR).secret
    client = TestClient(create_app(desk), headers={"Authorization": f"Bearer {key}"})
    worst = 0.0
    for item in signed:
        taken = timed(client, f"/v1/reviews/{item.id}/evidence?format=html", rounds)
        cuts = statistics.quantiles(taken, n=20, method="inclusive")
        worst = max(worst, cuts[18])
        print(
            f"{name:12}{item.campaign:8} p50 {cuts[9]:6.3f} s   p95 {cuts[18]:6.3f} s", flush=True
        )
    whole = timed(client, f"/v1/reviews/{signed[0].id}/evidence?whole=true", 1)[0]
    print(f"{name:12}whole record   {whole:6.1f} s", flush=True)
    desk.store.close()
    engine.dispose()
    return worst


def decided(desk: Copydesk, campaign: str) -> ReviewItem:
    """Have copy asked for, claimed, edited and signed, and return its item."""
    people = {name: Actor(name, frozenset(roles)) for name, roles in PEOPLE.items()}
    request = GenerationRequest.model_validate({**_request(), "campaign": campaign})
    accepted = desk.asking.accept(request, people["ada"])
    done = asyncio.run(desk.asking.run(accepted.id))
    review = next(one.review_id for one in done.variants if one.review_id)
    item = desk.reviewing.claim(review, people["rex"], 1)
    edited = item.copy_now.model_copy(update={"preheader": item.copy_now.subject})
    item = desk.reviewing.edit(review, people["rex"], item.version, edited)
    return desk.reviewing.approve(review, people["bea"], item.version)


def fill(engine: Engine, desk: Copydesk, events: int) -> None:
    """Put events about other items behind those that are there."""
    audit = schema.audit.c
    with engine.begin() as connection:
        newest = select(audit.number, audit.previous, audit.document, audit.sha256)
        row = connection.execute(newest.order_by(audit.number.desc()).limit(1)).one_or_none()
        last = START if row is None else Link(*row)
        for batch in range(0, events, BATCH):
            rows, last = _rows(desk, last, range(batch, min(batch + BATCH, events)))
            connection.execute(insert(schema.audit), rows)


def timed(client: TestClient, path: str, rounds: int) -> list[float]:
    """Return how long each request took, in seconds."""
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        answer = client.get(path)
        taken.append(time.perf_counter() - started)
        assert answer.status_code == 200, answer.text
    return taken if rounds > 1 else taken * 2


def _rows(desk: Copydesk, last: Link, numbers: range) -> tuple[list[dict[str, Any]], Link]:
    rows = []
    now = desk.clock()
    for link in _links(last, now - timedelta(days=1), numbers):
        own = {name: value for name, value in link._asdict().items() if name != "filed"}
        filed = link.filed or Filed.of(link.entry.event)
        rows.append({**own, **filed._asdict()})
        last = link
    return rows, last


def _links(last: Link, at: Any, numbers: range) -> Iterator[Link]:  # noqa: ANN401 - a datetime
    for number in numbers:
        details = {"version": 2, "verdict": "pass", "role": "reviewer", "note": None}
        event = AuditEvent(
            subject=f"rev_{number:020x}", act="review.claimed", actor="rex", at=at, details=details
        )
        last = linked(last, event)
        yield last


def _model() -> ScriptedModel:
    from tests.unit.api.office import two_drafts

    return ScriptedModel(two_drafts)


def _request() -> dict[str, Any]:
    from tests.unit.api.office import asked_for

    return asked_for(n=1)


if __name__ == "__main__":
    main()
