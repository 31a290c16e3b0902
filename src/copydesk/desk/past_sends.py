"""The sends of a brand that are known: by outcomes in the store, and by files of before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from copydesk.brand_voice import Brands
from copydesk.feedback import Outcome, OutcomePlace
from copydesk.feedback.past import Approved, Gathered, Gathering
from copydesk.publishing import Campaign
from copydesk.publishing.library import FALLBACK_ID
from copydesk.publishing.searching import LibraryCursor, LibraryFilter, LibraryQuery
from copydesk.ranking.sends import PastSend
from copydesk.storage import Store

SETTLED = timedelta(days=3)
"""For so long a send is still being answered; it is learned from afterwards."""
PAGE = 1_000


class Known(NamedTuple):
    """All sends that are known of a brand, oldest first."""

    sends: tuple[PastSend, ...]
    from_outcomes: int
    remarks: tuple[str, ...]
    """What could not be used, in words."""


def known_sends(store: Store, brand: str, before: Iterable[PastSend], now: datetime) -> Known:
    """Return the brand's sends by its outcomes, beside those known before.

    Sends of the same subject, time and segment are the same send: what comes later tells it. Each
    page of outcomes is read in a transaction of its own.
    """
    told = _gathered(store, brand).gathered(now - SETTLED)
    sends = {_identity(send): send for send in (*before, *told.sends)}
    ordered = sorted(sends.values(), key=lambda one: (one.sent_at, one.segment, one.subject))
    return Known(tuple(ordered), len(told.sends), tuple(_remarks(told)))


def _identity(send: PastSend) -> tuple[datetime, str, str, str]:
    return send.sent_at, send.segment, send.subject, send.preheader


def _gathered(store: Store, brand: str) -> Gathering:
    with store.transaction() as tx:
        campaigns = tx.campaigns.all(Brands(frozenset({brand})))
    gathering = Gathering()
    for campaign in sorted(campaigns, key=lambda one: one.id):
        gathering.add(campaign.id, approved_of(store, campaign), outcomes_of(store, campaign.id))
    return gathering


def approved_of(store: Store, campaign: Campaign) -> Mapping[str, Approved]:
    """Return the campaign's approved copy by variant id, what was recalled among it."""
    found: dict[str, Approved] = {}
    after: LibraryCursor | None = None
    while True:
        query = LibraryQuery(LibraryFilter(campaign=campaign.id), after, PAGE)
        with store.transaction() as tx:
            page = tx.library.find(query)
        for one in page:
            found.setdefault(one.id, Approved(one.copy_, one.audience_id))
        if len(page) < PAGE:
            break
        last = page[-1]
        after = LibraryCursor(last.approved_at, last.id, last.audience_id, last.campaign)
    if campaign.fallback is not None:
        found[FALLBACK_ID] = Approved(campaign.fallback.copy_, "")
    return found


def outcomes_of(store: Store, campaign: str) -> Iterator[Outcome]:
    """Yield the campaign's outcomes in order of time, each page read by itself."""
    after: OutcomePlace | None = None
    while True:
        with store.transaction() as tx:
            page = tx.outcomes.about(campaign, after, PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = OutcomePlace.of(page[-1])


def _remarks(told: Gathered) -> Iterator[str]:
    if told.unattributed:
        yield _left_out(told.unattributed)
    if told.unsent:
        copies = "1 copy" if told.unsent == 1 else f"{told.unsent} copies"
        yield f"of {copies} outcomes came, and no report of `sent` or `delivered`: left out"
    if len(told.currencies) > 1:
        yield _several(told.currencies)
    if told.silent:
        yield "no click was ever reported, so nothing is known about clicks: outcomes are left out"


def _several(currencies: tuple[str, ...]) -> str:
    named = " and ".join(one or "no currency" for one in currencies)
    return f"what conversions brought is told in {named}: revenue is not known"


def _left_out(events: int) -> str:
    if events == 1:
        return "1 outcome names no copy that is known, and is left out"
    return f"{events:,} outcomes name no copy that is known, and are left out"
