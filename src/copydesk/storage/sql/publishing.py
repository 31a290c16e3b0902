"""Campaigns, the approved library and outcomes in a database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, update

from copydesk.feedback import Outcome
from copydesk.publishing import ApprovedCopy, Campaign
from copydesk.storage.sql import schema
from copydesk.storage.sql.statements import (
    Row,
    insert,
    insert_new,
    many,
    one,
    put,
    replace_at,
)
from copydesk.storage.stored import missing, searchable, taken, written


class SqlCampaigns:
    """Campaigns, each under its version."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, campaign: Campaign) -> None:
        """Store a new campaign. Raises Conflict when the id is taken."""
        if not insert_new(self._connection, schema.campaigns, _campaign_row(campaign)):
            raise taken("campaign", campaign.id)

    def get(self, campaign_id: str) -> Campaign:
        """Return the campaign. Raises NotFound."""
        query = select(schema.campaigns.c.document).where(schema.campaigns.c.id == campaign_id)
        campaign = one(self._connection, Campaign, query)
        if campaign is None:
            raise missing("campaign", campaign_id)
        return campaign

    def save(self, campaign: Campaign, expected_version: int) -> None:
        """Replace the campaign if it is stored at `expected_version`, else raise StaleVersion."""
        row = _campaign_row(campaign)
        campaigns = schema.campaigns
        if not replace_at(self._connection, campaigns, row, expected_version, "campaign"):
            raise missing("campaign", campaign.id)

    def all(self) -> Sequence[Campaign]:
        """Return every campaign, newest change first."""
        campaigns = schema.campaigns.c
        newest = (campaigns.updated_at.desc(), campaigns.id.desc())
        return many(self._connection, Campaign, select(campaigns.document).order_by(*newest))


def _campaign_row(campaign: Campaign) -> Row:
    return {
        "id": campaign.id,
        "version": campaign.version,
        "owner": campaign.owner,
        "updated_at": campaign.updated_at,
        "document": written(campaign),
    }


class SqlLibrary:
    """Approved copy, by campaign, audience and id."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, approved: ApprovedCopy) -> None:
        """Store it; the same id in the same campaign and audience is replaced (signed again)."""
        put(self._connection, schema.library, _library_row(approved))

    def served(self, campaign_id: str) -> Sequence[ApprovedCopy]:
        """Return what was approved for the campaign and not withdrawn, in the order of ids."""
        library = schema.library.c
        query = _of(campaign_id).where(library.withdrawn_because.is_(None))
        return many(self._connection, ApprovedCopy, query.order_by(library.id, library.audience_id))

    def of_variant(self, variant_id: str) -> Sequence[ApprovedCopy]:
        """Return what was approved under this id, withdrawn or not, by campaign and audience."""
        library = schema.library.c
        query = select(library.document).where(library.id == variant_id)
        ordered = query.order_by(library.campaign, library.audience_id)
        return many(self._connection, ApprovedCopy, ordered)

    def of_audience(self, campaign_id: str, audience_id: str, limit: int) -> Sequence[ApprovedCopy]:
        """Return what was approved for the audience, withdrawn or not, newest first."""
        library = schema.library.c
        newest = (library.approved_at.desc(), library.id.desc())
        query = _of(campaign_id).where(library.audience_id == audience_id)
        return many(self._connection, ApprovedCopy, query.order_by(*newest).limit(limit))

    def withdraw(self, campaign_id: str, variant_id: str, reason: str) -> None:
        """Stop serving it; the reason of a first withdrawal stands. Raises NotFound."""
        query = _of(campaign_id).where(schema.library.c.id == variant_id)
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
        library = schema.library.c
        pulled = select(library.id).where(*_as_it_was(approved), library.pulled_at.is_not(None))
        return self._connection.scalar(pulled) is not None

    def take_back(self, approved: ApprovedCopy, reason: str) -> bool:
        """Withdraw it unless it was pulled; return whether it is withdrawn."""
        return self._change(approved.model_copy(update={"withdrawn_because": reason}))

    def _change(self, approved: ApprovedCopy) -> bool:
        """Replace it where it is served and not yet pulled: one statement, so none comes between.

        Whichever of a pull and a taking back is first keeps the other out.
        """
        row = _library_row(approved)
        as_read = (*_as_it_was(approved), schema.library.c.pulled_at.is_(None))
        changed = self._connection.execute(update(schema.library).values(**row).where(*as_read))
        return changed.rowcount == 1

    def find(self, text: str = "", limit: int = 50) -> Sequence[ApprovedCopy]:
        """Return approved copy that holds `text` in any case, withdrawn or not, newest first."""
        library = schema.library.c
        holds = library.searchable.contains(text.casefold(), autoescape=True)
        newest = (library.approved_at.desc(), library.id.desc(), library.audience_id.desc())
        query = select(library.document).where(holds).order_by(*newest).limit(limit)
        return many(self._connection, ApprovedCopy, query)


def _of(campaign_id: str) -> Select[dict[str, Any]]:
    return select(schema.library.c.document).where(schema.library.c.campaign == campaign_id)


def _as_it_was(approved: ApprovedCopy) -> tuple[ColumnElement[bool], ...]:
    """Return what is true of it while it is served under the approval that was read."""
    library = schema.library.c
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
        "searchable": searchable(approved),
        "document": written(approved),
    }


class SqlOutcomes:
    """Events, each kept once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, outcomes: Sequence[Outcome]) -> int:
        """Store those not seen before; return how many were new."""
        if not outcomes:
            return 0
        # In one order, so that two transactions with the same events never wait for each other.
        rows = sorted(map(_outcome_row, outcomes), key=lambda row: (row["source"], row["event_id"]))
        statement = insert(self._connection, schema.outcomes).on_conflict_do_nothing()
        new = self._connection.execute(statement.returning(schema.outcomes.c.event_id), rows)
        return len(new.all())

    def count(self, campaign_id: str) -> dict[str, dict[str, int]]:
        """Return for each variant id (empty string where unknown) how many events of each kind."""
        outcomes = schema.outcomes.c
        query = select(outcomes.variant_id, outcomes.kind, func.count())
        query = query.where(outcomes.campaign == campaign_id)
        counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
        grouped = self._connection.execute(query.group_by(outcomes.variant_id, outcomes.kind))
        for variant, kind, events in grouped:
            counts[variant or ""][kind] = events
        return dict(counts)


def _outcome_row(outcome: Outcome) -> Row:
    return {
        "source": outcome.source,
        "event_id": outcome.event_id,
        "campaign": outcome.campaign,
        "variant_id": outcome.variant_id,
        "kind": outcome.kind,
        "at": outcome.at,
        "document": written(outcome),
    }


class SqlPulls:
    """Counts of pulls, by campaign and variant."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, counts: Mapping[tuple[str, str], int]) -> None:
        """Add to the counts, by campaign id and variant id."""
        table = schema.pulls
        # In one order, so that two processes never wait for each other's rows.
        for (campaign, variant_id), pulls in sorted(counts.items()):
            row = {"campaign": campaign, "variant_id": variant_id, "pulls": pulls}
            new = insert(self._connection, table).values(**row)
            sums = {"pulls": table.c.pulls + new.excluded.pulls}
            added = new.on_conflict_do_update(index_elements=["campaign", "variant_id"], set_=sums)
            self._connection.execute(added)

    def count(self, campaign_id: str) -> dict[str, int]:
        """Return how often each variant of the campaign was pulled, the fallback as `fallback`."""
        pulls = schema.pulls.c
        query = select(pulls.variant_id, pulls.pulls).where(pulls.campaign == campaign_id)
        return {row.variant_id: row.pulls for row in self._connection.execute(query)}
