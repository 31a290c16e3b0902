"""Campaigns and counts of pulls in a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.publishing import Campaign
from copydesk.storage.sql import schema
from copydesk.storage.sql.statements import (
    Row,
    insert,
    insert_new,
    many,
    of,
    one,
    replace_at,
)
from copydesk.storage.stored import missing, taken, written


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

    def all(self, brands: Brands = EVERY_BRAND) -> Sequence[Campaign]:
        """Return every campaign of these brands, newest change first."""
        campaigns = schema.campaigns.c
        newest = (campaigns.updated_at.desc(), campaigns.id.desc())
        query = select(campaigns.document).where(of(campaigns.brand, brands))
        return many(self._connection, Campaign, query.order_by(*newest))


def _campaign_row(campaign: Campaign) -> Row:
    return {
        "id": campaign.id,
        "version": campaign.version,
        "owner": campaign.owner,
        "brand": campaign.brand.name,
        "updated_at": campaign.updated_at,
        "document": written(campaign),
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

    def totals(self) -> Mapping[str, int]:
        """Return how often copy of each campaign was pulled; one never pulled from is left out."""
        pulls = schema.pulls.c
        summed = select(pulls.campaign, func.sum(pulls.pulls)).group_by(pulls.campaign)
        return {campaign: int(total) for campaign, total in self._connection.execute(summed)}
