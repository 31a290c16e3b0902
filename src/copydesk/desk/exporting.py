"""Taking approved copy out, for tools that cannot pull: counted as served, and on the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from copydesk.access import Actor, Role
from copydesk.desk.parts import READERS, Clock, record
from copydesk.errors import Conflict, InputError, Problem
from copydesk.publishing import Campaign, Shelf, Source, dialect_named
from copydesk.publishing.exporting import Export, Standing, Stock, left_out_at, row_of, standing_at
from copydesk.review_queue import Policy
from copydesk.storage import Store, Transaction
from copydesk.storage.stored import missing

KeyOf = Callable[[str], str]
"""Turns a recipient's id into the key that pulls and outcomes know them by."""


@dataclass(frozen=True, slots=True)
class RotatingKeys:
    """Makes the key that is kept here, and knows which one callers hold now."""

    kept: KeyOf
    handing: Callable[[], KeyOf]
    """Returns what makes the keys of now; it may read the store: call it before a transaction."""

    def __call__(self, recipient: str) -> str:
        """Return the key that is kept."""
        return self.kept(recipient)


def handing(key_of: KeyOf) -> KeyOf:
    """Return what makes the keys that callers hold now. Call it before a transaction."""
    return key_of.handing() if isinstance(key_of, RotatingKeys) else key_of


MAY_TAKE = (Role.REQUESTER, Role.PULLER)
"""Who takes approved copy out, or has it pushed."""


class Exporting:
    """Gives out approved copy as rows."""

    def __init__(self, store: Store, policy: Policy, clock: Clock, key_of: KeyOf) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._key_of = key_of

    def export(
        self,
        campaign_id: str,
        actor: Actor,
        dialect: str = "neutral",
        audience: str | None = None,
        image: str | None = None,
    ) -> Export:
        """Return all of the campaign that may be sent now, in the tool's dialect.

        From then on its approvals cannot be undone: it counts as pulled. Without an `audience` it
        is copy for all of them, and the fallback. `image` is the https address of a picture, for
        Gmail's card.

        Raises:
            Forbidden: the actor is neither requester nor puller for its brand.
            InputError: the dialect is not known, or the campaign has no such audience.
            NotFound: there is no such campaign, or it is not the actor's to see.
            Conflict: some of it cannot be written in this dialect, and nothing is exported.
        """
        dialect_named(dialect)
        now, hand_out = self._clock(), handing(self._key_of)
        with self._store.transaction() as tx:
            campaign = campaign_for(tx, campaign_id, actor, audience)
            stock = stock_of(tx, campaign, self._policy, self._key_of)
            found = [one for one in standing_at(stock, now) if is_for(one, audience)]
            rows = tuple(row_of(one, dialect, _key(one, hand_out), image) for one in found)
            take(tx, found, now)
            told = {"dialect": dialect, "variants": [one.approved.id for one in found]}
            record(tx, campaign_id, "campaign.exported", actor.name, now, **told)
        left_out = left_out_at(stock, now)
        return Export(campaign=campaign_id, dialect=dialect, rows=rows, left_out=left_out)


def _key(standing: Standing, hand_out: KeyOf) -> str | None:
    recipient = standing.audience.recipient if standing.audience is not None else None
    return hand_out(recipient) if recipient is not None else None


def campaign_for(
    tx: Transaction, campaign_id: str, actor: Actor, audience: str | None = None
) -> Campaign:
    """Return the campaign for who may take its copy out.

    Raises:
        Forbidden: the actor may do so for no brand; or may see this campaign, no more.
        NotFound: there is no such campaign, or it is not the actor's to see.
        InputError: `audience` is none of its audiences.
    """
    actor.brands(*MAY_TAKE)
    campaign = tx.campaigns.get(campaign_id)
    if not actor.may(*MAY_TAKE, *READERS, brand=campaign.brand.name):
        raise missing("campaign", campaign_id)
    actor.must_be(*MAY_TAKE, brand=campaign.brand.name)
    if audience is not None and audience not in campaign.audiences:
        remedy = f"name one of {campaign_id}: {', '.join(campaign.audiences)}"
        raise InputError([Problem("audience", repr(audience), remedy)])
    return campaign


def stock_of(tx: Transaction, campaign: Campaign, policy: Policy, key_of: KeyOf) -> Stock:
    """Return what of the campaign's approved copy holds, read in this transaction."""
    running = tx.experiments.in_force(campaign.id)
    served = tx.library.served(campaign.id)
    shelf = Shelf.of(campaign, served, policy.sha256, key_of, running)
    individuals = {
        name: key_of(audience.recipient)
        for name, audience in campaign.audiences.items()
        if audience.recipient is not None and name in shelf.holding
    }
    objecting = [name for name, key in individuals.items() if _objects(tx, key)]
    return Stock(shelf, frozenset(objecting))


def _objects(tx: Transaction, key: str) -> bool:
    """Return whether this recipient objects, by what they did or by what was noted of them."""
    standing, noted = tx.standings.find(key), tx.objections.find(key)
    return (standing is not None and standing.objects) or (noted is not None and noted.stands)


def is_for(standing: Standing, audience: str | None) -> bool:
    """Return whether it is for this audience; where none is named, all of it is wanted."""
    return audience is None or standing.approved.audience_id == audience


def take(tx: Transaction, found: Iterable[Standing], now: datetime) -> None:
    """Keep that this copy leaves the house: its approval cannot be undone any more.

    Raises:
        Conflict: some of it was taken back or signed anew since it was read.
    """
    for one in found:
        is_ours = one.source is Source.FALLBACK or tx.library.note_pull(one.approved, now)
        if not is_ours:
            raise Conflict(f"{one.approved.id} changed at this moment: export it again.")
