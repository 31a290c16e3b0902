"""What was pushed where, in a database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from copydesk.pushing import Push, Pushed, PushState, Task
from copydesk.pushing.records import OPEN
from copydesk.storage.sql import schema
from copydesk.storage.sql.statements import Row, insert_new, many, one, replace_at
from copydesk.storage.stored import missing, taken, written

asked, place = schema.pushes.c, schema.pushed.c
ENDED = (PushState.DONE.value, PushState.FAILED.value)


class SqlPushes:
    """Pushes and places, by their ids."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, push: Push) -> None:
        """Store a new push."""
        row = {
            "id": push.id,
            "campaign": push.campaign,
            "asked_at": push.asked_at,
            "document": written(push),
        }
        if not insert_new(self._connection, schema.pushes, row):
            raise taken("push", push.id)

    def get(self, push_id: str) -> Push:
        """Return the push. Raises NotFound."""
        found = one(self._connection, Push, select(asked.document).where(asked.id == push_id))
        if found is None:
            raise missing("push", push_id)
        return found

    def of_campaign(self, campaign_id: str, limit: int = 20) -> Sequence[Push]:
        """Return the campaign's newest pushes, newest first."""
        query = select(asked.document).where(asked.campaign == campaign_id)
        newest = query.order_by(asked.asked_at.desc(), asked.id.desc()).limit(limit)
        return many(self._connection, Push, newest)

    def put(self, pushed: Pushed) -> bool:
        """Store a new place unless its id is there; return whether it was new."""
        return insert_new(self._connection, schema.pushed, _row(pushed))

    def save(self, pushed: Pushed, expected_version: int) -> None:
        """Replace the place if it is stored at `expected_version`, else raise StaleVersion."""
        row = _row(pushed)
        if not replace_at(self._connection, schema.pushed, row, expected_version, "place"):
            raise missing("place", pushed.id)

    def places(self, ids: Collection[str]) -> Sequence[Pushed]:
        """Return the places with these ids, in the order of ids."""
        query = select(place.document).where(place.id.in_(sorted(set(ids)))).order_by(place.id)
        return many(self._connection, Pushed, query)

    def places_of(self, campaign_id: str) -> Sequence[Pushed]:
        """Return every place of the campaign, by target, audience and variant."""
        query = select(place.document).where(place.campaign == campaign_id)
        order = (place.target, place.audience, place.variant)
        return many(self._connection, Pushed, query.order_by(*order))

    def due(self, now: datetime, limit: int) -> Sequence[Pushed]:
        """Return what is to be tried now, the longest due first."""
        open_now = place.state.in_([one.value for one in OPEN])
        query = select(place.document).where(open_now, place.next_at <= now)
        return many(self._connection, Pushed, query.order_by(place.next_at, place.id).limit(limit))

    def standing(self, after: str = "", limit: int = 100) -> Sequence[str]:
        """Return campaigns of which something is in a tool, by id, from after `after` on."""
        there = (place.task == Task.PUT.value, place.state.in_(ENDED), place.campaign > after)
        query = select(place.campaign).where(*there).distinct().order_by(place.campaign)
        return self._connection.scalars(query.limit(limit)).all()


def _row(pushed: Pushed) -> Row:
    return {
        "id": pushed.id,
        "version": pushed.version,
        "campaign": pushed.campaign,
        "target": pushed.target,
        "audience": pushed.audience,
        "variant": pushed.variant,
        "task": pushed.task.value,
        "state": pushed.state.value,
        "next_at": pushed.next_at,
        "document": written(pushed),
    }
