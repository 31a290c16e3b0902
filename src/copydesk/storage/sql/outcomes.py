"""Outcomes in a database: written in bulk, counted and read by campaign."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, select, tuple_, update

from copydesk.feedback import Outcome, OutcomeCount, OutcomePlace
from copydesk.storage.sql import schema
from copydesk.storage.sql.locks import JUDGING, write_alone
from copydesk.storage.sql.statements import Row, insert, many
from copydesk.storage.stored import written

THREADS_AT_ONCE = 500
"""Threads asked for in one query."""


class SqlOutcomes:
    """Events, each kept once; those of machines are kept, and counted apart."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, outcomes: Sequence[Outcome]) -> int:
        """Store those not seen before; return how many were new."""
        if not outcomes:
            return 0
        # In one order, so that two transactions with the same events never wait for each other.
        rows = sorted(map(_row, outcomes), key=lambda row: (row["source"], row["event_id"]))
        statement = insert(self._connection, schema.outcomes).on_conflict_do_nothing()
        counted = statement.execution_options(preserve_rowcount=True)
        return self._connection.execute(counted, rows).rowcount

    def count(self, campaign_id: str) -> dict[str, dict[str, int]]:
        """Return for each variant id (empty string where unknown) how many events of each kind.

        Events judged a machine's are left out.
        """
        counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for variant, kind, human, events in self.tally(campaign_id):
            if human != "no":
                counts[variant][kind] = counts[variant].get(kind, 0) + events
        return dict(counts)

    def tally(self, campaign_id: str) -> Sequence[OutcomeCount]:
        """Return how many events there are by variant, kind and verdict, in that order."""
        outcomes = schema.outcomes.c
        what = (outcomes.variant_id, outcomes.kind, outcomes.human)
        query = select(*what, func.count()).where(outcomes.campaign == campaign_id)
        found = self._connection.execute(query.group_by(*what))
        return sorted(OutcomeCount(variant or "", *rest) for variant, *rest in found)

    def about(
        self, campaign_id: str, after: OutcomePlace | None = None, limit: int = 1_000
    ) -> Sequence[Outcome]:
        """Return at most `limit` events of the campaign that come after a place, in order."""
        outcomes = schema.outcomes.c
        order = (outcomes.at, outcomes.source, outcomes.event_id)
        query = select(outcomes.document).where(outcomes.campaign == campaign_id)
        if after is not None:
            place = [
                bindparam(None, one, type_=of.type) for one, of in zip(after, order, strict=True)
            ]
            query = query.where(tuple_(*order) > tuple_(*place))
        return many(self._connection, Outcome, query.order_by(*order).limit(limit))

    def of_threads(self, source: str, threads: Sequence[str]) -> Sequence[Outcome]:
        """Return the events of these threads, in no order."""
        # Of two transactions that each store a part of a message the later one sees it whole.
        write_alone(self._connection, JUDGING)
        outcomes = schema.outcomes.c
        found: list[Outcome] = []
        for start in range(0, len(threads), THREADS_AT_ONCE):
            some = threads[start : start + THREADS_AT_ONCE]
            query = select(outcomes.document).where(
                outcomes.source == source, outcomes.thread.in_(some)
            )
            found += many(self._connection, Outcome, query)
        return found

    def of_recipient(self, recipient_key: str, since: datetime, limit: int) -> Sequence[Outcome]:
        """Return at most `limit` events of the recipient since then, newest first."""
        outcomes = schema.outcomes.c
        query = select(outcomes.document).where(
            outcomes.recipient_key == recipient_key, outcomes.at >= since
        )
        newest = (outcomes.at.desc(), outcomes.source.desc(), outcomes.event_id.desc())
        return many(self._connection, Outcome, query.order_by(*newest).limit(limit))

    def place(self, outcomes: Sequence[Outcome]) -> None:
        """Replace campaign and variant of events that are stored."""
        # Who judges a message holds this first: in another order two would wait for each other.
        write_alone(self._connection, JUDGING)
        names = ("campaign", "variant_id", "thread")
        self._change(outcomes, {name: bindparam(f"new_{name}") for name in names}, _place)

    def judge(self, outcomes: Sequence[Outcome]) -> None:
        """Replace `human` and `reasons` of events that are stored."""
        self._change(outcomes, {"human": bindparam("verdict")}, _verdict)

    def _change(
        self,
        outcomes: Sequence[Outcome],
        columns: Mapping[str, BindParameter[Any]],
        row: Callable[[Outcome], Row],
    ) -> None:
        if not outcomes:
            return
        table = schema.outcomes.c
        statement = update(schema.outcomes).where(
            table.source == bindparam("of_source"), table.event_id == bindparam("of_id")
        )
        changed = statement.values(**columns, document=bindparam("noun"))
        in_order = sorted(outcomes, key=lambda one: (one.source, one.event_id))
        self._connection.execute(changed, [{**_key(one), **row(one)} for one in in_order])


def _row(outcome: Outcome) -> Row:
    return {
        "source": outcome.source,
        "event_id": outcome.event_id,
        "campaign": outcome.campaign,
        "variant_id": outcome.variant_id,
        "kind": outcome.kind,
        "at": outcome.at,
        "human": outcome.human,
        "thread": outcome.thread,
        "recipient_key": outcome.recipient_key,
        "document": written(outcome),
    }


def _key(outcome: Outcome) -> Row:
    return {"of_source": outcome.source, "of_id": outcome.event_id, "noun": written(outcome)}


def _verdict(outcome: Outcome) -> Row:
    return {"verdict": outcome.human}


def _place(outcome: Outcome) -> Row:
    where = {"new_campaign": outcome.campaign, "new_variant_id": outcome.variant_id}
    return {**where, "new_thread": outcome.thread}
