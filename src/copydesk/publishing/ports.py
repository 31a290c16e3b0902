"""What publishing needs from storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.publishing.campaigns import ApprovedCopy, Campaign
from copydesk.publishing.searching import LibraryCount, LibraryFacet, LibraryQuery

EVERYTHING = LibraryQuery()


class Campaigns(Protocol):
    """Campaigns, each under its version."""

    def add(self, campaign: Campaign) -> None:
        """Store a new campaign. Raises Conflict when the id is taken."""

    def get(self, campaign_id: str) -> Campaign:
        """Return the campaign. Raises NotFound."""

    def save(self, campaign: Campaign, expected_version: int) -> None:
        """Replace the campaign if it is stored at `expected_version`, else raise StaleVersion."""

    def all(self, brands: Brands = EVERY_BRAND) -> Sequence[Campaign]:
        """Return every campaign of these brands, newest change first."""


class ApprovedLibrary(Protocol):
    """Approved copy. Nothing is deleted: what must not be served is withdrawn, with a reason."""

    def add(self, approved: ApprovedCopy) -> None:
        """Store it; the same id in the same campaign and audience is replaced (signed again)."""

    def served(self, campaign_id: str) -> Sequence[ApprovedCopy]:
        """Return what was approved for the campaign and not withdrawn, in the order of ids."""

    def of_variant(self, variant_id: str) -> Sequence[ApprovedCopy]:
        """Return what was approved under this id, withdrawn or not, by campaign and audience."""

    def of_audience(self, campaign_id: str, audience_id: str, limit: int) -> Sequence[ApprovedCopy]:
        """Return what was approved for the audience, withdrawn or not, newest first."""

    def withdraw(self, campaign_id: str, variant_id: str, reason: str) -> None:
        """Stop serving it. Raises NotFound."""

    def note_pull(self, approved: ApprovedCopy, now: datetime) -> bool:
        """Keep that it was pulled; return whether it is still served as it was read.

        From then on it cannot be taken back.
        """

    def take_back(self, approved: ApprovedCopy, reason: str) -> bool:
        """Withdraw it unless it was pulled; return whether it is withdrawn."""

    def find(self, query: LibraryQuery = EVERYTHING) -> Sequence[ApprovedCopy]:
        """Return at most `query.limit` approved copies that fit, newest first."""

    def tally(self, by: LibraryFacet, brands: Brands = EVERY_BRAND) -> Mapping[str, LibraryCount]:
        """Count the approved copy of these brands by value, in order of the values."""


class Pulls(Protocol):
    """How often copy was pulled."""

    def add(self, counts: Mapping[tuple[str, str], int]) -> None:
        """Add to the counts, by campaign id and variant id."""

    def count(self, campaign_id: str) -> dict[str, int]:
        """Return how often each variant of the campaign was pulled, the fallback as `fallback`."""

    def totals(self) -> Mapping[str, int]:
        """Return how often copy of each campaign was pulled; one never pulled from is left out."""
