"""Finding all that belongs to a variant, from its id or that of a review of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.errors import NotFound
from copydesk.generations import Generation, RoutedVariant
from copydesk.publishing import ApprovedCopy, Campaign
from copydesk.review_queue import AuditEntry, AuditQuery, ReviewItem, ReviewQuery
from copydesk.review_queue.signing import seen_by
from copydesk.review_queue.talk import Comment
from copydesk.storage import Transaction

PAGE = 200
RECORDS_MAX = 5_000
"""Records of one campaign that are looked through, the newest."""
BLOCKED = "copy.blocked"
"""The event by which copy is found that was never stored by itself."""
NOT_ABOUT_COPY = frozenset({"campaign.fallback_set"})
"""What happens to a campaign without touching what its other copy rests on."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a variant came from and went."""

    variant_id: str
    generation: Generation
    routed: RoutedVariant
    items: tuple[ReviewItem, ...]
    """Its reviews, oldest first."""
    approved: tuple[ApprovedCopy, ...]
    campaign: Campaign
    records: tuple[AuditEntry, ...]
    comments: dict[str, tuple[Comment, ...]]
    """By the id of the review item."""


def trace(tx: Transaction, name: str, brands: Brands = EVERY_BRAND) -> Trace:
    """Return the trace of the variant, or of the variant that the review item by this id is of.

    Raises:
        NotFound: no copy of these brands by this id was reviewed, approved or blocked.
    """
    variant_id, generation_id = _origin(tx, name)
    generation = tx.generations.get(generation_id)
    if generation.request.brand.name not in brands:
        raise _unknown(name)
    routed = next((one for one in generation.variants if one.variant.id == variant_id), None)
    if routed is None:
        raise _unknown(name)
    items = tuple(_items(tx, generation_id, variant_id))
    return Trace(
        variant_id,
        generation,
        routed,
        # Evidence is for everybody: a decision that is still sealed is not in it.
        tuple(seen_by("", item) for item in items),
        tuple(tx.library.of_variant(variant_id)),
        tx.campaigns.get(generation.campaign),
        tuple(_records(tx, variant_id, generation, items)),
        {item.id: tuple(_said(tx, item)) for item in items},
    )


def _said(tx: Transaction, item: ReviewItem) -> Iterator[Comment]:
    for comment in tx.comments.about(item.id):
        if not item.is_sealed or comment.by in item.authors:
            yield comment


def _origin(tx: Transaction, name: str) -> tuple[str, str]:
    """Return the ids of the variant and of its generation."""
    approved = next(iter(tx.library.of_variant(name)), None)
    if approved is not None and approved.generation_id is not None:
        return approved.id, approved.generation_id
    for event in tx.audit.about(name):
        if event.act == BLOCKED:
            return name, str(event.details["generation"])
    try:
        item = tx.reviews.get(name.replace("var_", "rev_", 1))
    except NotFound as error:
        raise _unknown(name) from error
    return item.variant.id, item.generation_id


def _unknown(name: str) -> NotFound:
    return NotFound(
        f"There is no reviewed, approved or blocked copy {name}: give the id of a "
        "variant, as var_... from a pull, or of a review item, as rev_..."
    )


def _items(tx: Transaction, generation_id: str, variant_id: str) -> Iterator[ReviewItem]:
    query = ReviewQuery(generation_id=generation_id, limit=PAGE)
    while page := tx.reviews.find(query):
        yield from (item for item in page if item.variant.id == variant_id)
        query = query._replace(after=page[-1].id)


def _records(
    tx: Transaction, variant_id: str, generation: Generation, items: Sequence[ReviewItem]
) -> Iterator[AuditEntry]:
    """Yield the records that concern the variant, oldest first, with the standards they name."""
    subjects = (variant_id, generation.id, generation.campaign, *(item.id for item in items))
    own = tx.audit.entries(AuditQuery(subjects, limit=RECORDS_MAX))
    found = {entry.number: entry for entry in own if _concerns(entry, generation)}
    named = tuple(dict.fromkeys(_standards(found.values())))
    if named:
        standards = tx.audit.entries(AuditQuery(named, limit=RECORDS_MAX))
        found |= {entry.number: entry for entry in standards}
    for number in sorted(found):
        yield found[number]


def _concerns(entry: AuditEntry, generation: Generation) -> bool:
    event = entry.event
    if event.subject != generation.campaign:
        return True
    audience = event.details.get("audience", generation.request.audience.id)
    return event.act not in NOT_ABOUT_COPY and audience == generation.request.audience.id


def _standards(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Yield the subjects under which the record keeps the policies and rules that acts name."""
    for entry in entries:
        for kind in ("policy", "rules"):
            if isinstance(sha256 := entry.event.details.get(kind), str):
                yield f"{kind}:{sha256}"
