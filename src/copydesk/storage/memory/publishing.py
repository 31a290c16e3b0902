"""Campaigns, the approved library and counts of pulls in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.publishing import ApprovedCopy, Campaign
from copydesk.publishing.ports import EVERYTHING
from copydesk.publishing.searching import (
    LibraryCount,
    LibraryCursor,
    LibraryFacet,
    LibraryFilter,
    LibraryQuery,
    Standing,
)
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import index_of, kept, missing, stale, taken


class MemoryCampaigns:
    """Campaigns, each under its version."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, Campaign] = Rows(journal)

    def add(self, campaign: Campaign) -> None:
        """Store a new campaign. Raises Conflict when the id is taken."""
        if self._rows.get(campaign.id) is not None:
            raise taken("campaign", campaign.id)
        self._rows.put(campaign.id, kept(campaign))

    def get(self, campaign_id: str) -> Campaign:
        """Return the campaign. Raises NotFound."""
        campaign = self._rows.get(campaign_id)
        if campaign is None:
            raise missing("campaign", campaign_id)
        return campaign

    def save(self, campaign: Campaign, expected_version: int) -> None:
        """Replace the campaign if it is stored at `expected_version`, else raise StaleVersion."""
        stands = self.get(campaign.id).version
        if stands != expected_version:
            raise stale("campaign", campaign.id, expected_version, stands)
        self._rows.put(campaign.id, kept(campaign))

    def all(self, brands: Brands = EVERY_BRAND) -> Sequence[Campaign]:
        """Return every campaign of these brands, newest change first."""
        found = [one for one in self._rows.values() if one.brand.name in brands]
        return sorted(found, key=_change, reverse=True)


def _change(campaign: Campaign) -> tuple[datetime, str]:
    return campaign.updated_at, campaign.id


class MemoryLibrary:
    """Approved copy, by campaign, audience and id."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[tuple[str, str, str], ApprovedCopy] = Rows(journal)

    def add(self, approved: ApprovedCopy) -> None:
        """Store it; the same id in the same campaign and audience is replaced (signed again)."""
        self._rows.put((approved.campaign, approved.audience_id, approved.id), kept(approved))

    def served(self, campaign_id: str) -> Sequence[ApprovedCopy]:
        """Return what was approved for the campaign and not withdrawn, in the order of ids."""
        served = [copy for copy in self._of(campaign_id) if copy.withdrawn_because is None]
        return sorted(served, key=lambda copy: (copy.id, copy.audience_id))

    def of_variant(self, variant_id: str) -> Sequence[ApprovedCopy]:
        """Return what was approved under this id, withdrawn or not, by campaign and audience."""
        found = [copy for copy in self._rows.values() if copy.id == variant_id]
        return sorted(found, key=lambda copy: (copy.campaign, copy.audience_id))

    def of_audience(self, campaign_id: str, audience_id: str, limit: int) -> Sequence[ApprovedCopy]:
        """Return what was approved for the audience, withdrawn or not, newest first."""
        found = [copy for copy in self._of(campaign_id) if copy.audience_id == audience_id]
        return sorted(found, key=_signature, reverse=True)[:limit]

    def withdraw(self, campaign_id: str, variant_id: str, reason: str) -> None:
        """Stop serving it; the reason of a first withdrawal stands. Raises NotFound."""
        found = [copy for copy in self._of(campaign_id) if copy.id == variant_id]
        if not found:
            raise missing("approved copy", f"{variant_id} in campaign {campaign_id}")
        for copy in found:
            if copy.withdrawn_because is None:
                self.add(copy.model_copy(update={"withdrawn_because": reason}))

    def note_pull(self, approved: ApprovedCopy, now: datetime) -> bool:
        """Keep that it was pulled; return whether it is still served as it was read."""
        stands = self._as_it_was(approved)
        if stands is None:
            return False
        self.add(stands.model_copy(update={"pulled_at": stands.pulled_at or now}))
        return True

    def take_back(self, approved: ApprovedCopy, reason: str) -> bool:
        """Withdraw it unless it was pulled; return whether it is withdrawn."""
        stands = self._as_it_was(approved)
        if stands is None or stands.pulled_at is not None:
            return False
        self.add(stands.model_copy(update={"withdrawn_because": reason}))
        return True

    def _as_it_was(self, approved: ApprovedCopy) -> ApprovedCopy | None:
        """Return it if it is served, and under the approval that was read."""
        stands = self._rows.get((approved.campaign, approved.audience_id, approved.id))
        if stands is None or stands.withdrawn_because is not None:
            return None
        return stands if stands.approved_at == approved.approved_at else None

    def find(self, query: LibraryQuery = EVERYTHING) -> Sequence[ApprovedCopy]:
        """Return at most `query.limit` approved copies that fit, newest first."""
        among = [copy for copy in self._rows.values() if (copy.brand or "") in query.brands]
        found = [copy for copy in among if _fits(copy, query.filter)]
        older = [c for c in found if query.after is None or LibraryCursor.of(c) < query.after]
        return sorted(older, key=LibraryCursor.of, reverse=True)[: query.limit]

    def tally(self, by: LibraryFacet, brands: Brands = EVERY_BRAND) -> Mapping[str, LibraryCount]:
        """Count the approved copy of these brands by value, in order of the values."""
        facet = "audience_id" if by == "audience" else by
        counts: defaultdict[str, LibraryCount] = defaultdict(LibraryCount)
        for row in self._among(brands):
            now, standing = counts[row[facet]], "recalled" if row["recalled"] else "approved"
            counts[row[facet]] = now._replace(**{standing: getattr(now, standing) + 1})
        return dict(sorted(counts.items()))

    def all(self) -> Sequence[ApprovedCopy]:
        """Return all that was ever approved."""
        return self._rows.values()

    def _among(self, brands: Brands) -> Sequence[dict[str, Any]]:
        rows = map(index_of, self._rows.values())
        return [row for row in rows if row["brand"] in brands]

    def _of(self, campaign_id: str) -> Sequence[ApprovedCopy]:
        return [copy for copy in self._rows.values() if copy.campaign == campaign_id]


def _signature(copy: ApprovedCopy) -> tuple[datetime, str, str]:
    return copy.approved_at, copy.id, copy.audience_id


def _fits(copy: ApprovedCopy, wanted: LibraryFilter) -> bool:
    row = index_of(copy)
    sought = {
        "campaign": wanted.campaign,
        "brand": wanted.brand,
        "kind": wanted.kind,
        "locale": wanted.locale,
        "audience_id": wanted.audience,
        "recalled": None if wanted.state is None else wanted.state is Standing.RECALLED,
    }
    narrowed = all(row[name] == value for name, value in sought.items() if value is not None)
    return narrowed and all(word in row["searched"] for word in wanted.words)


class MemoryPulls:
    """Counts of pulls, by campaign and variant."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[tuple[str, str], int] = Rows(journal)

    def add(self, counts: Mapping[tuple[str, str], int]) -> None:
        """Add to the counts, by campaign id and variant id."""
        for key, pulls in counts.items():
            self._rows.put(key, (self._rows.get(key) or 0) + pulls)

    def count(self, campaign_id: str) -> dict[str, int]:
        """Return how often each variant of the campaign was pulled, the fallback as `fallback`."""
        items = self._rows.items()
        return {variant: pulls for (campaign, variant), pulls in items if campaign == campaign_id}

    def totals(self) -> Mapping[str, int]:
        """Return how often copy of each campaign was pulled; one never pulled from is left out."""
        counts: Counter[str] = Counter()
        for (campaign, _), pulls in self._rows.items():
            counts[campaign] += pulls
        return dict(counts)
