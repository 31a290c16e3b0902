"""What was made and is known: the approved library, campaigns at a glance, brands, audiences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from time import monotonic
from typing import NamedTuple, get_args

from copydesk.access import Actor, Role
from copydesk.audiences import Audience
from copydesk.brand_voice import Brand, Brands
from copydesk.brand_voice.known import KnownBrand
from copydesk.desk.parts import READERS, Clock
from copydesk.errors import NotFound
from copydesk.publishing import ApprovedCopy, Campaign, fallback_holds, holds
from copydesk.publishing.searching import (
    LibraryCount,
    LibraryCursor,
    LibraryFacet,
    LibraryFilter,
    LibraryQuery,
)
from copydesk.review_queue import OPEN, Policy
from copydesk.review_queue.searching import Filter, QueueQuery
from copydesk.review_queue.trust import Result
from copydesk.storage import Store, Transaction

ROLES = (Role.REQUESTER, *READERS)
FACETS: tuple[LibraryFacet, ...] = get_args(LibraryFacet)
Values = Mapping[LibraryFacet, Mapping[str, LibraryCount]]
LARGE = 5_000
"""So many approved copies are counted in a few milliseconds."""
VALUES_FRESH_S = 60.0
READ = (Result.APPROVED, Result.EDITED, Result.REJECTED)


class Found(NamedTuple):
    """Approved copy as it stands now."""

    approved: ApprovedCopy
    void: bool
    """Whether its approval does not hold any more: it is not served, though nobody withdrew it."""
    pulls: int


class FoundPage(NamedTuple):
    """A page of the library, newest first."""

    items: Sequence[Found]
    next: LibraryCursor | None


class Ending(NamedTuple):
    """The next moment at which something changes by itself."""

    at: datetime
    what: str


class Glance(NamedTuple):
    """A campaign, and how it stands."""

    campaign: Campaign
    copies: LibraryCount
    waiting: int
    """Items that still need a decision."""
    pulls: int
    fallback: str
    """`signed`, `void` or `none`."""
    ending: Ending | None


class BrandSheet(NamedTuple):
    """A brand, and how its copy fared."""

    known: KnownBrand
    copies: LibraryCount
    campaigns: int
    read: int
    """Copies that a person decided on."""
    as_written: int
    """Those of them that were approved as they were written."""

    @property
    def brand(self) -> Brand:
        """The brand as it was last asked for."""
        return self.known.brand


class Browsing:
    """Shows marketers and readers what there is, of the brands that they may see."""

    def __init__(self, store: Store, policy: Policy, clock: Clock) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._values: dict[frozenset[str] | None, tuple[float, Values]] = {}

    def library(
        self,
        actor: Actor,
        wanted: LibraryFilter,
        after: LibraryCursor | None = None,
        limit: int = 50,
    ) -> FoundPage:
        """Return approved copy that fits, recalled copy too unless the filter says otherwise."""
        query = LibraryQuery(wanted, after, limit + 1, actor.brands(*ROLES))
        with self._store.transaction() as tx:
            copies = tx.library.find(query)
            shown = copies[:limit]
            standing = {name: _standing(tx, name) for name in {one.campaign for one in shown}}
        more = LibraryCursor.of(shown[-1]) if len(copies) > limit else None
        return FoundPage([self._found(one, *standing[one.campaign]) for one in shown], more)

    def values(self, actor: Actor) -> Values:
        """Return by what the library can be narrowed, with counts.

        Those of a large library are up to VALUES_FRESH_S old: to count takes longer than to find.
        """
        brands = actor.brands(*ROLES)
        kept = self._values.get(brands.names)
        if kept is not None and monotonic() < kept[0]:
            return kept[1]
        with self._store.transaction() as tx:
            values = {facet: tx.library.tally(facet, brands) for facet in FACETS}
        if sum(map(sum, values["kind"].values())) >= LARGE:
            self._values[brands.names] = (monotonic() + VALUES_FRESH_S, values)
        return values

    def campaigns(self, actor: Actor) -> Sequence[Glance]:
        """Return every campaign, newest change first, with how it stands."""
        brands, now = actor.brands(*ROLES), self._clock()
        with self._store.transaction() as tx:
            campaigns = tx.campaigns.all(brands)
            counts = tx.library.tally("campaign", brands)
            pulls = tx.pulls.totals()
            query = QueueQuery(Filter(state=OPEN), actor.name, now, brands=brands)
            waiting = tx.queue.tally(query, ["campaign"]).values["campaign"]
        return [
            Glance(
                one,
                counts.get(one.id, LibraryCount()),
                waiting.get(one.id, 0),
                pulls.get(one.id, 0),
                self._fallback(one),
                next_ending(one, now),
            )
            for one in campaigns
        ]

    def brands(self, actor: Actor) -> Sequence[BrandSheet]:
        """Return the brands that were asked for, by name."""
        reach = actor.brands(*ROLES)
        with self._store.transaction() as tx:
            return self._sheets(tx, [one for one in tx.brands.all() if one.brand.name in reach])

    def brand(self, name: str, actor: Actor) -> BrandSheet:
        """Return a brand that was asked for. Raises NotFound."""
        reach = actor.brands(*ROLES)
        with self._store.transaction() as tx:
            known = tx.brands.find(name)
            if known is None or name not in reach:
                raise NotFound(f"No brand {name} was asked for yet.")
            return self._sheets(tx, [known])[0]

    def known_brands(self, actor: Actor) -> Sequence[Brand]:
        """Return the brands that the actor may ask copy for and need not hand in, by name."""
        reach = actor.brands(Role.REQUESTER)
        with self._store.transaction() as tx:
            return [one.brand for one in tx.brands.all() if one.brand.name in reach]

    def audiences(self, actor: Actor) -> Sequence[Audience]:
        """Return the segments that were asked for before, each as it was last, newest first."""
        with self._store.transaction() as tx:
            campaigns = tx.campaigns.all(actor.brands(Role.REQUESTER))
        found: dict[str, Audience] = {}
        for campaign in campaigns:
            for name, audience in campaign.audiences.items():
                if audience.recipient is None:
                    found.setdefault(name, audience)
        return list(found.values())

    def _found(self, one: ApprovedCopy, campaign: Campaign | None, pulls: dict[str, int]) -> Found:
        void = campaign is not None and not holds(one, campaign, self._policy.sha256)
        return Found(one, void and one.withdrawn_because is None, pulls.get(one.id, 0))

    def _fallback(self, campaign: Campaign) -> str:
        if campaign.fallback is None:
            return "none"
        return "signed" if fallback_holds(campaign, self._policy.sha256) else "void"

    def _sheets(self, tx: Transaction, known: Sequence[KnownBrand]) -> list[BrandSheet]:
        names = Brands(frozenset(one.brand.name for one in known))
        counts = tx.library.tally("brand", names)
        campaigns = Counter(one.brand.name for one in tx.campaigns.all(names))
        return [
            BrandSheet(
                one,
                counts.get(one.brand.name, LibraryCount()),
                campaigns[one.brand.name],
                *_read(tx, one.brand.name),
            )
            for one in known
        ]


def next_ending(campaign: Campaign, now: datetime) -> Ending | None:
    """Return which date of the brief comes next: sending, or begin or end of the offer."""
    brief, offer = campaign.brief, campaign.brief.offer
    dates = [(brief.send_at, "goes out")]
    if offer is not None:
        dates += [
            (at, what)
            for at, what in ((offer.starts, "offer begins"), (offer.ends, "offer ends"))
            if at is not None
        ]
    ahead = [Ending(*date) for date in dates if date[0] >= now]
    return min(ahead, default=None)


def _standing(tx: Transaction, campaign_id: str) -> tuple[Campaign | None, dict[str, int]]:
    try:
        return tx.campaigns.get(campaign_id), tx.pulls.count(campaign_id)
    except NotFound:
        return None, {}


def _read(tx: Transaction, brand: str) -> tuple[int, int]:
    """Return how many copies of the brand were read, and how many of them approved as written."""
    results: Counter[Result] = Counter()
    for segment in tx.trust.segments(Brands(frozenset({brand}))):
        results.update(entry.result for entry in tx.trust.entries(segment))
    return sum(results[one] for one in READ), results[Result.APPROVED]
