"""What of a campaign's approved copy may be served, to whom, and why the rest may not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from copydesk.audiences import Audience, Consent
from copydesk.briefs import Brief
from copydesk.experiments.experiment import Experiment
from copydesk.publishing.approval import approval_hash
from copydesk.publishing.campaigns import ApprovedCopy, Campaign
from copydesk.publishing.dividing import portion
from copydesk.publishing.pull import PullQuery, Source
from copydesk.publishing.timing import Timed
from copydesk.variants import Copy

ANYONE = Audience(
    id="anyone",
    description="Anyone: nothing is known about them",
    consent=Consent.WITHHELD,
)
"""Audience that a campaign's fallback is checked against and bound to."""
FALLBACK_ID = "fallback"


class Choice(NamedTuple):
    """What a pull is answered with; `approved` is None when nothing may be served."""

    approved: ApprovedCopy | None
    source: Source
    audience: Audience | None
    withheld: tuple[str, ...]
    brief: Brief | None = None
    """What the approval is bound to, or None when nothing may be served."""
    personal: tuple[str, ...] = ()
    """Of what is withheld, what is for this recipient alone: no other may get this answer."""
    timed: Timed = Timed()
    """What is told of this recipient's hours and fatigue."""

    @property
    def is_personal(self) -> bool:
        """Whether the answer is for this recipient alone."""
        own = self.audience is not None and self.audience.recipient is not None
        return own or bool(self.personal) or self.timed != Timed()

    @property
    def good_until(self) -> datetime | None:
        """When the offer that the copy leans on ends, or None."""
        offer = self.brief.offer if self.brief is not None else None
        return offer.ends if offer is not None else None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A campaign's approved copy, sorted by whether its approval still holds."""

    campaign: Campaign
    holding: dict[str, tuple[ApprovedCopy, ...]]
    """By audience id; a copy that is here is exactly what was signed, on the facts of now."""
    void: tuple[ApprovedCopy, ...]
    """Signed, but copy, facts, brand, audience or policy changed since: never served."""
    fallback: ApprovedCopy | None
    """The campaign's fallback, if its approval holds."""
    fallback_leans_on_offer: bool
    individuals: dict[str, tuple[str, ...]]
    """Recipient key to the ids of the audiences that are this recipient."""
    experiments: dict[str, Experiment]
    """Those that divide recipients, by audience id."""
    segments: tuple[str, ...]
    """Ids of the audiences that are no individuals, in order."""

    @classmethod
    def of(
        cls,
        campaign: Campaign,
        approved: Iterable[ApprovedCopy],
        policy: str,
        key_of: Callable[[str], str],
        experiments: Iterable[Experiment] = (),
    ) -> Shelf:
        """Hold every approval against the campaign as it stands and the policy's hash.

        `key_of` turns an individual's recipient id into the key that pulls come with.
        """
        holding: dict[str, tuple[ApprovedCopy, ...]] = {}
        void: list[ApprovedCopy] = []
        for copy in sorted(approved, key=lambda one: one.id):
            if holds(copy, campaign, policy):
                holding[copy.audience_id] = (*holding.get(copy.audience_id, ()), copy)
            else:
                void.append(copy)
        bound = _brief_of_fallback(campaign, policy)
        return cls(
            campaign=campaign,
            holding=holding,
            void=tuple(void),
            fallback=campaign.fallback if bound is not None else None,
            fallback_leans_on_offer=bound is not None and bound.offer is not None,
            individuals=_individuals(campaign, key_of),
            experiments={one.audience: one for one in experiments},
            segments=_segments(campaign),
        )

    def choose(self, query: PullQuery, now: datetime) -> Choice:
        """Return the copy for this recipient at `now`: a pure function of its arguments.

        An individual's copy goes to that recipient's key and to no other. When nothing approved
        fits, the campaign's fallback is chosen; a fallback that leans on the offer ends with it.
        """
        audience = self._audience(query)
        withheld = self._withheld(query, audience, now)
        ended = self.campaign.brief.offer_ended(now)
        copies = self.holding.get(audience.id, ()) if audience is not None else ()
        if copies and audience is not None and not ended:
            running = self.experiments.get(audience.id)
            mine = portion(copies, self.campaign.id, query.recipient_key, running)
            if mine.later is not None:
                return Choice(None, Source.APPROVED, audience, (mine.later,))
            if mine.copy is not None:
                return Choice(mine.copy, Source.APPROVED, audience, withheld, self.campaign.brief)
        fallback, bound = self.fallback_at(now)
        return Choice(fallback, Source.FALLBACK, None, withheld, bound)

    def fallback_at(self, now: datetime) -> tuple[ApprovedCopy | None, Brief | None]:
        """Return the fallback that may be served at `now`, and the brief that it is bound to."""
        brief = self.campaign.brief
        ended = brief.offer_ended(now) and self.fallback_leans_on_offer
        if self.fallback is None or ended:
            return None, None
        return self.fallback, brief if self.fallback_leans_on_offer else without_offer(brief)

    def _audience(self, query: PullQuery) -> Audience | None:
        """Return the audience meant, or None when it is unknown, unclear or not this recipient."""
        audiences = self.campaign.audiences
        own = self.individuals.get(query.recipient_key or "", ())
        if query.audience is not None:
            asked = audiences.get(query.audience)
            is_theirs = asked is not None and (asked.recipient is None or asked.id in own)
            return asked if is_theirs else None
        if own:
            return audiences[next((name for name in own if name in self.holding), own[0])]
        return audiences[self.segments[0]] if len(self.segments) == 1 else None

    def _withheld(
        self, query: PullQuery, audience: Audience | None, now: datetime
    ) -> tuple[str, ...]:
        if audience is None:
            return (self._which_audience(query),)
        reasons = []
        offer = self.campaign.brief.offer
        if offer is not None and self.campaign.brief.offer_ended(now):
            reasons.append(f"the offer ended at {offer.ends}")
        void = [copy for copy in self.void if copy.audience_id == audience.id]
        if void:
            reasons.append(
                f"void approvals for {audience.id}: {len(void)}, since copy, brief, brand, "
                f"audience or policy changed (the campaign last did at {self.campaign.updated_at})"
            )
        if not void and audience.id not in self.holding:
            reasons.append(f"nothing is approved yet for {audience.id}")
        return tuple(reasons)

    def _which_audience(self, query: PullQuery) -> str:
        individuals = len(self.campaign.audiences) - len(self.segments)
        there_are = ", ".join(self.segments) or "no segments"
        if individuals:
            there_are += f", and {individuals} individuals, each pulled with their own key"
        if query.audience is None:
            return f"name an audience: there are {there_are}"
        return f"{query.audience} is not an audience of this pull: there are {there_are}"


def holds(copy: ApprovedCopy, campaign: Campaign, policy: str) -> bool:
    """Return whether what was signed is what stands: the hash over all of it is the same."""
    audience = campaign.audiences.get(copy.audience_id)
    if audience is None:
        return False
    now = approval_hash(copy.copy_, campaign.brief, campaign.brand, audience, policy)
    return now == copy.approval_hash


def without_offer(brief: Brief) -> Brief:
    """Return the brief as it stands when the offer is over."""
    return brief.model_copy(update={"offer": None})


def fallback_hash(copy: Copy, campaign: Campaign, policy: str, *, leans_on_offer: bool) -> str:
    """Return the approval hash of a campaign's fallback.

    Nothing is known of who reads a fallback, so it is bound to the audience ANYONE. One that does
    not lean on the offer is bound to the brief without it: it holds when the offer changes, and
    when it has ended, which is when a fallback is needed.
    """
    brief = campaign.brief if leans_on_offer else without_offer(campaign.brief)
    return approval_hash(copy, brief, campaign.brand, ANYONE, policy)


def fallback_holds(campaign: Campaign, policy: str) -> bool:
    """Return whether there is a fallback whose approval holds."""
    return _brief_of_fallback(campaign, policy) is not None


def _brief_of_fallback(campaign: Campaign, policy: str) -> Brief | None:
    """Return the brief that the fallback's approval is bound to, or None when it is void."""
    fallback = campaign.fallback
    if fallback is None:
        return None
    for brief, leans in ((without_offer(campaign.brief), False), (campaign.brief, True)):
        now = fallback_hash(fallback.copy_, campaign, policy, leans_on_offer=leans)
        if now == fallback.approval_hash:
            return brief
    return None


def _segments(campaign: Campaign) -> tuple[str, ...]:
    return tuple(sorted(n for n, one in campaign.audiences.items() if one.recipient is None))


def _individuals(campaign: Campaign, key_of: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, audience in sorted(campaign.audiences.items()):
        if audience.recipient is not None:
            key = key_of(audience.recipient)
            found[key] = (*found.get(key, ()), name)
    return found
