"""Past sends out of outcomes: what was sent to how many on each day, and what they did.

A recipient counts once for each copy, on the day that it was sent to them (UTC). What a machine
did is counted apart where a click or an open is concerned, and not at all elsewhere. What no
campaign of a brand ever reported is not known, which is not none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from copydesk.feedback.outcomes import Outcome
from copydesk.ranking.sends import PastSend
from copydesk.variants import Copy

ARRIVES = frozenset({"sent", "delivered"})
APART = frozenset({"click", "open"})
"""Kinds that machines make, too, and that are kept apart by who made them."""
MACHINE = "machine:"


class Approved(NamedTuple):
    """A copy as it was approved, and whom for."""

    copy_: Copy
    segment: str


@dataclass(slots=True)
class _Recipient:
    """What one recipient of one copy did."""

    day: date
    did: set[str] = field(default_factory=set)
    brought: Decimal = Decimal(0)


class Gathered(NamedTuple):
    """Sends, oldest first, and what of the outcomes could not be used."""

    sends: tuple[PastSend, ...]
    unattributed: int
    """Events that name no copy which is known."""
    unsent: int
    """Copies of which outcomes came, and no report that they were sent."""
    silent: bool
    """Whether there are sends, and not one click: then it is not known that clicks are told."""
    currencies: tuple[str, ...] = ()
    """Of all that conversions brought; empty for what names none. Of several no sum is made."""


class Gathering:
    """Takes the outcomes of one brand, campaign by campaign, each in order of time."""

    def __init__(self) -> None:
        self._copies: dict[tuple[str, str], Approved] = {}
        self._people: defaultdict[tuple[str, str], dict[str, _Recipient]] = defaultdict(dict)
        self._kinds: set[str] = set()
        self._unattributed = 0
        self._currencies: set[str] = set()

    def add(
        self, campaign: str, copies: Mapping[str, Approved], outcomes: Iterable[Outcome]
    ) -> None:
        """Take in the outcomes of a campaign; `copies` are its approved ones by variant id."""
        for outcome in outcomes:
            approved = copies.get(outcome.variant_id or "")
            if approved is None:
                self._unattributed += 1
                continue
            key = campaign, outcome.variant_id or ""
            self._copies[key] = approved
            self._note(self._people[key], outcome)

    def gathered(self, until: datetime) -> Gathered:
        """Return the sends of the days before `until`: later ones are still being answered."""
        sends: list[PastSend] = []
        unsent, silent = 0, "click" not in self._kinds
        for key, people in self._people.items():
            reached = [one for one in people.values() if one.did - {"bounce"}]
            if any(one.did & ARRIVES for one in reached):
                sends += () if silent else self._by_day(self._copies[key], reached, until)
            else:
                unsent += 1
        ordered = sorted(sends, key=lambda send: (send.sent_at, send.segment, send.subject))
        silent = silent and unsent < len(self._people)
        told = tuple(sorted(self._currencies))
        return Gathered(tuple(ordered), self._unattributed, unsent, silent, told)

    def _note(self, people: dict[str, _Recipient], outcome: Outcome) -> None:
        is_machine = outcome.human == "no"
        who = outcome.recipient_key or outcome.message or f"{outcome.source} {outcome.event_id}"
        one = people.setdefault(who, _Recipient(outcome.at.astimezone(UTC).date()))
        if outcome.kind in ARRIVES and not one.did & ARRIVES:
            one.day = outcome.at.astimezone(UTC).date()
        if is_machine and outcome.kind in APART:
            one.did.add(MACHINE + outcome.kind)
        elif not is_machine:
            one.did.add(outcome.kind)
            self._kinds.add(outcome.kind)
            if outcome.value is not None:
                one.brought += outcome.value
                self._currencies.add(outcome.currency or "")

    def _by_day(
        self, approved: Approved, people: Iterable[_Recipient], until: datetime
    ) -> Iterable[PastSend]:
        days: defaultdict[date, list[_Recipient]] = defaultdict(list)
        for one in people:
            if one.day < until.astimezone(UTC).date():
                days[one.day].append(one)
        for day, own in days.items():
            yield self._send(approved, day, own)

    def _send(self, approved: Approved, day: date, people: list[_Recipient]) -> PastSend:
        counts = Counter(kind for one in people for kind in one.did)
        bots = sum(MACHINE + "click" in one.did and "click" not in one.did for one in people)
        machines = sum(MACHINE + "open" in one.did and "open" not in one.did for one in people)
        return PastSend(
            subject=approved.copy_.subject.render().strip(),
            sent_at=datetime.combine(day, time(), UTC),
            recipients=len(people),
            clicks=counts["click"] + bots,
            preheader=approved.copy_.preheader.render().strip(),
            body=approved.copy_.body.render().strip(),
            segment=approved.segment,
            conversions=self._known("conversion", counts),
            revenue=self._revenue(people),
            unsubscribes=self._known("unsubscribe", counts),
            complaints=self._known("complaint", counts),
            opens=counts["open"] + machines,
            bot_clicks=bots,
            machine_opens=machines,
        )

    def _known(self, kind: str, counts: Counter[str]) -> int | None:
        return counts[kind] if kind in self._kinds else None

    def _revenue(self, people: Iterable[_Recipient]) -> float | None:
        if len(self._currencies) != 1:
            return None
        return float(sum((one.brought for one in people), Decimal(0)))
