"""What became of each copy, by segment, in a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.review_queue import TrustEntry
from copydesk.review_queue.trust import Result, Segment
from copydesk.storage.sql import schema
from copydesk.storage.sql.statements import Row, many, of, one, put
from copydesk.storage.stored import written


class SqlTrust:
    """Entries, each kept once by its id."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, entry: TrustEntry) -> None:
        """Store the entry, or replace the one with its id."""
        put(self._connection, schema.trust, _row(entry))

    def entry(self, entry_id: str) -> TrustEntry | None:
        """Return the entry, or None."""
        query = select(schema.trust.c.document).where(schema.trust.c.id == entry_id)
        return one(self._connection, TrustEntry, query)

    def entries(self, segment: Segment) -> Sequence[TrustEntry]:
        """Return the entries of what was not released, oldest first."""
        trust = schema.trust.c
        query = select(trust.document).where(_of(segment), trust.released.is_(False))
        return many(self._connection, TrustEntry, query.order_by(trust.created_at, trust.id))

    def released(self, segment: Segment, since: datetime | None) -> int:
        """Return how many copies newer than `since` trust let out."""
        trust = schema.trust.c
        query = select(func.count()).where(_of(segment), trust.released.is_(True))
        if since is not None:
            query = query.where(trust.created_at > since)
        return self._connection.scalar(query) or 0

    def segments(self, brands: Brands = EVERY_BRAND) -> Sequence[Segment]:
        """Return every segment of these brands that has an entry, in order."""
        trust = schema.trust.c
        query = select(trust.brand, trust.kind, trust.audience).where(of(trust.brand, brands))
        query = query.distinct()
        ordered = query.order_by(trust.brand, trust.kind, trust.audience)
        return [Segment(*row) for row in self._connection.execute(ordered)]

    def reports(self, segment: Segment, since: datetime | None) -> Mapping[str, int]:
        """Return how many outcomes of each kind came in about copies newer than `since`."""
        trust, outcomes = schema.trust.c, schema.outcomes.c
        copies = select(trust.campaign, trust.variant_id).where(_of(segment))
        if since is not None:
            copies = copies.where(trust.created_at > since)
        about = copies.distinct().subquery()
        same = and_(
            outcomes.campaign == about.c.campaign, outcomes.variant_id == about.c.variant_id
        )
        counted = select(outcomes.kind, func.count()).join(about, same)
        counted = counted.where(outcomes.human != "no").group_by(outcomes.kind)
        return {row[0]: row[1] for row in self._connection.execute(counted)}


def _of(segment: Segment) -> ColumnElement[bool]:
    trust = schema.trust.c
    return and_(
        trust.brand == segment.brand,
        trust.kind == segment.kind,
        trust.audience == segment.audience,
    )


def _row(entry: TrustEntry) -> Row:
    return {
        "id": entry.id,
        **entry.segment._asdict(),
        "campaign": entry.campaign,
        "variant_id": entry.variant_id,
        "released": entry.result is Result.RELEASED,
        "created_at": entry.created_at,
        "document": written(entry),
    }
