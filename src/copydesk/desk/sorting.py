"""Deliveries become outcomes: read, attributed, judged, and each kept once."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from copydesk.access import Actor, Role
from copydesk.desk.guarding import guard
from copydesk.desk.parts import Clock, record
from copydesk.desk.verdicts import judge
from copydesk.errors import InputError, NotFound
from copydesk.feedback import NOWHERE, Outcome
from copydesk.feedback.attribution import Attribution
from copydesk.feedback.inbox import InboxCount, RawDelivery, Unread
from copydesk.feedback.reading import outcome_of
from copydesk.feedback.tools import tools
from copydesk.storage import Store, Transaction

log = logging.getLogger(__name__)

EVENTS = 5_000
"""So many are read in one transaction."""
SHOWN = 2_000
"""Characters of an unread event that are told; the whole is in the delivery."""
KNOWN_MAX = 10_000
TOLD = {"event_id", "kind", "at", "campaign", "variant_id"}
"""What is told of an event of another brand."""


class Sorting:
    """Reads what came in, as often as it is asked to. What was read once changes nothing again."""

    def __init__(
        self,
        store: Store,
        attribution: Attribution,
        clock: Clock,
        kept: timedelta,
        kept_key: Callable[[str], str] = str,
    ) -> None:
        """`kept` is for how long deliveries stay that were read whole.

        `kept_key` leads a recipient's key of any generation back to the one they are kept under.
        """
        self._store = store
        self._attribution = attribution
        self._clock = clock
        self._kept = kept
        self._kept_key = kept_key
        self._campaigns: dict[str, str] = {}
        """By variant the one campaign that it was approved for."""

    def some(self) -> bool:
        """Read some of what waits, all of it or nothing; return whether there may be more.

        Raises StoreUnavailable, and has read nothing.
        """
        with self._store.transaction() as tx:
            waiting = tx.inbox.waiting(EVENTS)
            if not waiting:
                return False
            read = [self._theirs(tx, delivery, _read(delivery)) for delivery in waiting]
            self.keep(tx, [outcome for one in read for _, outcome in one.outcomes])
            ids = [delivery.id for delivery in waiting]
            tx.inbox.done(ids, [unread for one in read for unread in one.unread])
        return True

    def everything(self) -> None:
        """Read all that waits."""
        while self.some():
            pass

    def keep(self, tx: Transaction, outcomes: Sequence[Outcome]) -> int:
        """Attribute, store and judge outcomes; return how many were new."""
        attributed = [self._attributed(tx, outcome) for outcome in outcomes]
        new = tx.outcomes.add(attributed)
        judge(tx, attributed)
        guard(tx, attributed, self._clock())
        return new

    def forget(self) -> int:
        """Drop deliveries that were read whole, when their time is over; return how many."""
        with self._store.transaction() as tx:
            return tx.inbox.forget(self._clock() - self._kept)

    def unread(self, actor: Actor, tool: str | None = None, limit: int = 100) -> Sequence[Unread]:
        """Return what could not be read, newest first. Raises Forbidden."""
        actor.must_be(Role.ADMIN)
        with self._store.transaction() as tx:
            return tx.inbox.unread(tool, limit)

    def again(self, actor: Actor, tool: str | None = None) -> int:
        """Have deliveries read again of which something could not be. Raises Forbidden."""
        actor.must_be(Role.ADMIN)
        with self._store.transaction() as tx:
            deliveries = tx.inbox.again(tool)
            told = {"tool": tool, "deliveries": deliveries}
            record(tx, "outcomes", "outcomes.read-again", actor.name, self._clock(), **told)
            return deliveries

    def counts(self) -> Mapping[str, InboxCount]:
        """Return by tool what waits, and what could not be read."""
        with self._store.transaction() as tx:
            return tx.inbox.counts()

    def _theirs(self, tx: Transaction, delivery: RawDelivery, read: _Read) -> _Read:
        """Return what the delivery tells of the brands that its secret speaks for."""
        if not delivery.brands:
            return read
        own = _Read([], [*read.unread])
        for place, outcome in read.outcomes:
            campaign = self._attributed(tx, outcome).campaign
            if campaign == NOWHERE or _is_of(tx, campaign, delivery.brands):
                own.outcomes.append((place, outcome))
            else:
                why = f"its secret does not speak for the brand of campaign {campaign}"
                event = outcome.model_dump_json(include=TOLD)
                own.unread.append(_unread(delivery, place, why, event))
        return own

    def _attributed(self, tx: Transaction, outcome: Outcome) -> Outcome:
        outcome = self._attribution.of(outcome)
        if outcome.recipient_key is not None:
            kept = self._kept_key(outcome.recipient_key)
            outcome = outcome.model_copy(update={"recipient_key": kept})
        if outcome.campaign != NOWHERE or outcome.variant_id is None:
            return outcome
        campaign = self._campaign_of(tx, outcome.variant_id)
        return outcome.model_copy(update={"campaign": campaign}) if campaign else outcome

    def _campaign_of(self, tx: Transaction, variant_id: str) -> str:
        """Return the campaign of a variant that was approved for one alone, else nothing."""
        known = self._campaigns.get(variant_id)
        if known is not None:
            return known
        campaigns = {one.campaign for one in tx.library.of_variant(variant_id)}
        found = campaigns.pop() if len(campaigns) == 1 else NOWHERE
        if found and len(self._campaigns) < KNOWN_MAX:
            self._campaigns[variant_id] = found
        return found


class _Read(NamedTuple):
    outcomes: list[tuple[int, Outcome]]
    """With the place of each event in its delivery."""
    unread: list[Unread]


def _read(delivery: RawDelivery) -> _Read:
    """Return what a delivery tells, and what of it tells nothing that can be read."""
    read = _Read([], [])
    tool, events = tools().get(delivery.tool), _events(delivery.body)
    if tool is None or events is None:
        why = "this is no list of events" if tool else f"there is no tool {delivery.tool} any more"
        read.unread.append(_unread(delivery, -1, why, delivery.body))
        return read
    for place, event in enumerate(events):
        try:
            outcome = outcome_of(tool, event)
        except (InputError, ValueError) as error:
            read.unread.append(_unread(delivery, place, str(error), json.dumps(event)))
        except Exception:  # an event that breaks the code must not hold up all others: it is kept
            log.exception("outcomes.unread", extra={"delivery": delivery.id, "place": place})
            why = "a mistake in Copydesk's code: the server's log has the details"
            read.unread.append(_unread(delivery, place, why, json.dumps(event)))
        else:
            read.outcomes.extend([(place, outcome)] if outcome is not None else [])
    return read


def _is_of(tx: Transaction, campaign: str, brands: Collection[str]) -> bool:
    try:
        return tx.campaigns.get(campaign).brand.name in brands
    except NotFound:
        return False


def _events(body: str) -> list[Any] | None:
    try:
        events = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return events if isinstance(events, list) else None


def _unread(delivery: RawDelivery, place: int, why: str, event: str) -> Unread:
    return Unread(
        delivery=delivery.id,
        place=place,
        tool=delivery.tool,
        at=delivery.at,
        why=why[:SHOWN],
        event=event[:SHOWN].replace("\x00", ""),
    )
