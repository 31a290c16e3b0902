"""The approved library in a database.

Beside the documents lies one narrow row for each, newest first as the pages are: what has no index
of its own is found by walking these, and never a document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select, tuple_, update

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.publishing import ApprovedCopy
from copydesk.publishing.ports import EVERYTHING
from copydesk.publishing.searching import (
    LibraryCount,
    LibraryFacet,
    LibraryFilter,
    LibraryQuery,
    Standing,
)
from copydesk.storage.sql import schema
from copydesk.storage.sql.statements import Row, many, put
from copydesk.storage.stored import index_of, missing, read, written

library = schema.library.c
index = schema.library_index.c
NEWEST = (index.approved_at, index.id, index.audience_id, index.campaign)
KEY = (library.campaign, library.audience_id, library.id)


class SqlLibrary:
    """Approved copy, by campaign, audience and id."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, approved: ApprovedCopy) -> None:
        """Store it; the same id in the same campaign and audience is replaced (signed again)."""
        put(self._connection, schema.library, _library_row(approved))
        self._index(approved)

    def served(self, campaign_id: str) -> Sequence[ApprovedCopy]:
        """Return what was approved for the campaign and not withdrawn, in the order of ids."""
        query = _of(campaign_id).where(library.withdrawn_because.is_(None))
        return many(self._connection, ApprovedCopy, query.order_by(library.id, library.audience_id))

    def of_variant(self, variant_id: str) -> Sequence[ApprovedCopy]:
        """Return what was approved under this id, withdrawn or not, by campaign and audience."""
        query = select(library.document).where(library.id == variant_id)
        ordered = query.order_by(library.campaign, library.audience_id)
        return many(self._connection, ApprovedCopy, ordered)

    def of_audience(self, campaign_id: str, audience_id: str, limit: int) -> Sequence[ApprovedCopy]:
        """Return what was approved for the audience, withdrawn or not, newest first."""
        newest = (library.approved_at.desc(), library.id.desc())
        query = _of(campaign_id).where(library.audience_id == audience_id)
        return many(self._connection, ApprovedCopy, query.order_by(*newest).limit(limit))

    def withdraw(self, campaign_id: str, variant_id: str, reason: str) -> None:
        """Stop serving it; the reason of a first withdrawal stands. Raises NotFound."""
        query = _of(campaign_id).where(library.id == variant_id)
        found = many(self._connection, ApprovedCopy, query.with_for_update())
        if not found:
            raise missing("approved copy", f"{variant_id} in campaign {campaign_id}")
        for copy in found:
            if copy.withdrawn_because is None:
                self.add(copy.model_copy(update={"withdrawn_because": reason}))

    def note_pull(self, approved: ApprovedCopy, now: datetime) -> bool:
        """Keep that it was pulled; return whether it is still served as it was read."""
        if self._change(approved.model_copy(update={"pulled_at": now})):
            return True
        pulled = select(library.id).where(*_as_it_was(approved), library.pulled_at.is_not(None))
        return self._connection.scalar(pulled) is not None

    def take_back(self, approved: ApprovedCopy, reason: str) -> bool:
        """Withdraw it unless it was pulled; return whether it is withdrawn."""
        withdrawn = approved.model_copy(update={"withdrawn_because": reason})
        changed = self._change(withdrawn)
        if changed:
            self._index(withdrawn)
        return changed

    def find(self, query: LibraryQuery = EVERYTHING) -> Sequence[ApprovedCopy]:
        """Return at most `query.limit` approved copies that fit, newest first."""
        keys = select(index.campaign, index.audience_id, index.id).where(
            *_among(query.brands), *self._fits(query.filter)
        )
        if query.after is not None:
            keys = keys.where(tuple_(*NEWEST) < tuple_(*query.after))
        newest = keys.order_by(*(column.desc() for column in NEWEST)).limit(query.limit)
        found = [tuple(row) for row in self._connection.execute(newest)]
        documents = select(*KEY, library.document).where(tuple_(*KEY).in_(found))
        read_by = {
            tuple(row[:3]): read(ApprovedCopy, row[3])
            for row in self._connection.execute(documents)
        }
        return [read_by[key] for key in found if key in read_by]

    def tally(self, by: LibraryFacet, brands: Brands = EVERY_BRAND) -> Mapping[str, LibraryCount]:
        """Count the approved copy of these brands by value, in order of the values."""
        value = _column(by)
        counted = select(value, index.recalled, func.count()).where(*_among(brands))
        counted = counted.group_by(value, index.recalled)
        counts: dict[str, LibraryCount] = {}
        for name, recalled, copies in self._connection.execute(counted.order_by(value)):
            now = counts.get(name, LibraryCount())
            changed = now._replace(**{"recalled" if recalled else "approved": copies})
            counts[name] = changed
        return counts

    def _change(self, approved: ApprovedCopy) -> bool:
        """Replace it where it is served and not yet pulled: one statement, so none comes between.

        Whichever of a pull and a taking back is first keeps the other out.
        """
        row = _library_row(approved)
        as_read = (*_as_it_was(approved), library.pulled_at.is_(None))
        changed = self._connection.execute(update(schema.library).values(**row).where(*as_read))
        return changed.rowcount == 1

    def _index(self, approved: ApprovedCopy) -> None:
        before = (
            index.id == approved.id,
            index.audience_id == approved.audience_id,
            index.campaign == approved.campaign,
        )
        self._connection.execute(delete(schema.library_index).where(*before))
        self._connection.execute(schema.library_index.insert().values(**index_of(approved)))

    def _fits(self, wanted: LibraryFilter) -> list[ColumnElement[bool]]:
        given = {
            index.campaign: wanted.campaign,
            index.brand: wanted.brand,
            index.kind: wanted.kind,
            index.locale: wanted.locale,
            index.audience_id: wanted.audience,
        }
        fits = [column == value for column, value in given.items() if value is not None]
        if wanted.state is not None:
            fits.append(index.recalled == (wanted.state is Standing.RECALLED))
        return [*fits, *(self._holds(word) for word in wanted.words)]

    def _holds(self, word: str) -> ColumnElement[bool]:
        """Say that the text holds the word: byte for byte, since both are casefolded."""
        place = func.instr if self._connection.dialect.name == "sqlite" else func.strpos
        return place(index.searched, word) > 0


def _column(facet: LibraryFacet) -> ColumnElement[str]:
    column: ColumnElement[str] = index["audience_id" if facet == "audience" else facet]
    return column


def _among(brands: Brands) -> list[ColumnElement[bool]]:
    return [] if brands.names is None else [index.brand.in_(sorted(brands.names))]


def _of(campaign_id: str) -> Select[dict[str, Any]]:
    return select(library.document).where(library.campaign == campaign_id)


def _as_it_was(approved: ApprovedCopy) -> tuple[ColumnElement[bool], ...]:
    """Return what is true of it while it is served under the approval that was read."""
    return (
        library.campaign == approved.campaign,
        library.audience_id == approved.audience_id,
        library.id == approved.id,
        library.approved_at == approved.approved_at,
        library.withdrawn_because.is_(None),
    )


def _library_row(approved: ApprovedCopy) -> Row:
    return {
        "campaign": approved.campaign,
        "audience_id": approved.audience_id,
        "id": approved.id,
        "withdrawn_because": approved.withdrawn_because,
        "pulled_at": approved.pulled_at,
        "approved_at": approved.approved_at,
        "document": written(approved),
    }
