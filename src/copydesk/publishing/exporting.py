"""Approved copy as rows, for tools that cannot pull: what holds at this moment, no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from copydesk.audiences import Audience, Consent
from copydesk.briefs import Brief, Moment, Noun
from copydesk.errors import Conflict
from copydesk.publishing.annotations import Annotation, annotations_of
from copydesk.publishing.campaigns import ApprovedCopy
from copydesk.publishing.dialects import emit
from copydesk.publishing.library import Shelf
from copydesk.publishing.marks import Mark, mail_headers, mark_of
from copydesk.publishing.pull import Source
from copydesk.variants import Slot


class ExportRow(Noun):
    """One approved copy, written for a tool."""

    campaign: str
    audience: str
    recipient_key: str | None = None
    """For copy of one recipient: the key that pulls and outcomes know them by."""
    variant_id: str
    source: Source
    locale: str
    subject: str
    preheader: str
    body: str
    approval_hash: str
    approved_by: str
    approved_at: Moment
    not_before: Moment | None = None
    """Start of the offer that the copy leans on."""
    not_after: Moment | None = None
    """Its end: not to be sent later."""
    mark: Mark
    mail_headers: dict[str, str]
    """Header fields to put into the e-mail."""
    annotations: tuple[Annotation, ...] = ()
    """JSON-LD for the e-mail's head: what Gmail shows beside a promotion."""


class Export(Noun):
    """All of a campaign that may be sent at this moment."""

    campaign: str
    dialect: str
    rows: tuple[ExportRow, ...]
    left_out: tuple[str, ...] = ()
    """What is approved and not here, each with the reason."""


class Standing(NamedTuple):
    """Approved copy that may be sent at this moment, with what it is bound to."""

    approved: ApprovedCopy
    source: Source
    brief: Brief
    audience: Audience | None
    """None for the fallback."""


class Stock(NamedTuple):
    """A campaign's approved copy, and who of its individuals wants none of their own."""

    shelf: Shelf
    objecting: frozenset[str] = frozenset()
    """Audiences that are one person, who objected by what they did."""


def standing_at(stock: Stock, now: datetime) -> Iterator[Standing]:
    """Yield the copy that a pull at `now` could choose: by audience and variant, fallback last."""
    shelf = stock.shelf
    against = _against(stock, now)
    for name, copies in sorted(shelf.holding.items()):
        audience = shelf.campaign.audiences[name]
        for copy in copies:
            if (name, copy.id) not in against:
                yield Standing(copy, Source.APPROVED, shelf.campaign.brief, audience)
    fallback, bound = shelf.fallback_at(now)
    if fallback is not None and bound is not None:
        yield Standing(fallback, Source.FALLBACK, bound, None)


def left_out_at(stock: Stock, now: datetime) -> tuple[str, ...]:
    """Return what is signed and may not be sent at `now`, each with the reason."""
    void = stock.shelf.void
    reasons = [f"{copy.id} for {copy.audience_id}: its approval is void" for copy in void]
    against = sorted(_against(stock, now).items())
    return (*reasons, *(f"{variant} for {name}: {why}" for (name, variant), why in against))


def _against(stock: Stock, now: datetime) -> dict[tuple[str, str], str]:
    """Return by audience and variant why copy that holds is not sent."""
    found: dict[tuple[str, str], str] = {}
    shelf = stock.shelf
    ended = shelf.campaign.brief.offer_ended(now)
    for name, copies in shelf.holding.items():
        objects = name in stock.objecting or _objects(shelf.campaign.audiences[name])
        running = shelf.experiments.get(name)
        stopped = running.stopped if running is not None else {}
        for copy in copies:
            if ended:
                found[name, copy.id] = "the offer has ended"
            elif objects:
                found[name, copy.id] = "they object to copy of their own"
            elif copy.id in stopped:
                found[name, copy.id] = f"the experiment stopped it: {stopped[copy.id]}"
    return found


def row_of(
    standing: Standing, dialect: str, key: str | None = None, image: str | None = None
) -> ExportRow:
    """Return the row of approved copy. Raises Conflict when the dialect cannot express it."""
    approved, brief = standing.approved, standing.brief
    offer, mark = brief.offer, mark_of(approved)
    return ExportRow(
        campaign=approved.campaign,
        audience=approved.audience_id,
        recipient_key=key,
        variant_id=approved.id,
        source=standing.source,
        locale=brief.locale,
        **_texts(approved, dialect),
        approval_hash=approved.approval_hash,
        approved_by=approved.approved_by,
        approved_at=approved.approved_at,
        not_before=offer.starts if offer else None,
        not_after=offer.ends if offer else None,
        mark=mark,
        mail_headers=mail_headers(mark, approved.id, approved.approval_hash),
        annotations=annotations_of(brief, image),
    )


def _texts(approved: ApprovedCopy, dialect: str) -> dict[str, str]:
    try:
        return {slot.value: emit(approved.copy_[slot], dialect) for slot in Slot}
    except Conflict as error:
        raise Conflict(f"{approved.id} for {approved.audience_id}: {error.message}") from error


def _objects(audience: Audience) -> bool:
    """Return whether this one person objected to copy written for them: GDPR, art. 21(3)."""
    return audience.recipient is not None and audience.consent is Consent.OBJECTED
