"""Who is next: the priority of a review item, in points, as a sum of parts that people can read.

    points = risk + age + sending + value

    risk     what the severity of each finding that stands is worth, summed, at most
             `risk_at_most`; the `points` of the rule that sent it here; `escalated`, if it was
    age      points_per_hour x (hours that it waits + longest SLA - its own SLA)
    sending  points_per_hour x the hours by which the send date, less `send_lead_hours`, comes
             before the end of the SLA; never more than the SLA and that lead
    value    points_per_tenfold x the decimal logarithm of the audience's size, where a signal of
             the audience tells it

Only the hours that it waits depend on the clock, and every item gains as many points an hour as
every other. So whoever is ahead stays ahead until somebody acts, and the order needs no clock: it
is the order of the points that each item would have had at one moment for all (`EPOCH`). That
number is stored with the item and indexed; a page is read from the index, from the place where the
page before ended. What the item has now is that number and the hours since.

A stricter SLA, risk, value and a near send date are thereby all head starts in hours: with the
shipped weights a finding for a person counts as much as eight hours of waiting.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

from pydantic import Field

from copydesk.briefs import UNQUOTED, Noun
from copydesk.guardrails import Severity
from copydesk.ranking import Part
from copydesk.review_queue.items import ReviewItem, State
from copydesk.review_queue.states import OPEN

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

Points = Annotated[float, Field(ge=0, le=10_000), UNQUOTED]
Hours = Annotated[float, Field(gt=0, le=8_760), UNQUOTED]

SEVERITIES = {Severity.BLOCK: 24.0, Severity.REVIEW: 8.0, Severity.WARN: 1.0, Severity.INFO: 0.0}


class Weights(Noun):
    """What priority is made of. Part of a policy file, and of no approval."""

    sla_hours: Hours = 24
    """How long an item may wait; a rule of the policy may say otherwise by its own `sla_hours`."""
    points_per_hour: Annotated[float, Field(gt=0, le=1_000), UNQUOTED] = 1
    severities: dict[Severity, Points] = SEVERITIES
    """Points for each finding, by severity; one that is left out counts nothing."""
    risk_at_most: Points = 48
    """No pile of findings is worth more than this."""
    escalated: Points = 12
    send_lead_hours: Annotated[float, Field(ge=0, le=8_760), UNQUOTED] = 4
    """How long before its send date copy has to be decided."""
    size_signal: str = "audience_size"
    """Name of the audience's signal that says how many people are in it. Models never see it."""
    points_per_tenfold: Points = 2
    """Points for each tenfold of people."""


class RuleWeight(NamedTuple):
    """What the rule that sent an item here says about it, and the longest SLA of all rules."""

    sla_hours: float
    longest_sla_hours: float
    points: float = 0


class Priority(Noun):
    """How urgent an item is, and why."""

    points: float
    """The sum of the parts; the highest is next."""
    due_at: datetime
    """When it should be decided: the end of its SLA, or its send date less the lead if sooner."""
    is_late: bool
    parts: tuple[Part, ...]


def priority(item: ReviewItem, weights: Weights, rule: RuleWeight, now: datetime) -> Priority:
    """Return the priority of the item at `now`."""
    due_at = _due_at(item, weights, rule)
    risk, value = _risk(item, weights, rule), _value(item, weights)
    parts = (risk, _age(item, weights, rule, now), _sending(item, weights, rule, due_at), value)
    is_late = item.state in OPEN and due_at < now
    points = math.fsum(part.points for part in parts)
    return Priority(points=points, due_at=due_at, is_late=is_late, parts=parts)


def mark(weights: Weights, rules: dict[str, RuleWeight], reviewers: dict[str, str]) -> str:
    """Return a short hash of all that places depend on: another one means to place items anew."""
    plain = [weights.model_dump(mode="json"), rules, reviewers]
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _due_at(item: ReviewItem, weights: Weights, rule: RuleWeight) -> datetime:
    lead = weights.send_lead_hours * HOUR
    # A send date that was over when the copy was asked for makes nothing more urgent than now.
    sending = max(item.brief.send_at, item.created_at) - lead
    return min(_sla_ends(item, rule), sending)


def _sla_ends(item: ReviewItem, rule: RuleWeight) -> datetime:
    return item.created_at + rule.sla_hours * HOUR


def _risk(item: ReviewItem, weights: Weights, rule: RuleWeight) -> Part:
    found = math.fsum(weights.severities.get(one, 0) for one in _severities(item))
    escalated = weights.escalated if item.state is State.ESCALATED else 0
    points = min(found, weights.risk_at_most) + rule.points + escalated
    return Part(name="risk", points=points, why="; ".join(_risks(item, rule, escalated)))


def _risks(item: ReviewItem, rule: RuleWeight, escalated: float) -> Iterator[str]:
    severities = _severities(item)
    counted = [(severities.count(one), one.value) for one in Severity if one in severities]
    yield ", ".join(f"{n} x {name}" for n, name in counted) or "no findings"
    if rule.points:
        yield f"{rule.points:g} for the rule {item.routed_by}"
    if escalated:
        yield f"{escalated:g} because it was escalated"


def _severities(item: ReviewItem) -> list[Severity]:
    """Return the severity of each finding that was not dismissed."""
    gone = [dismissal.finding for dismissal in item.dismissed]
    return [finding.severity for finding in item.checked.findings if finding not in gone]


def _age(item: ReviewItem, weights: Weights, rule: RuleWeight, now: datetime) -> Part:
    waited = (now - item.created_at) / HOUR
    points = weights.points_per_hour * (waited + rule.longest_sla_hours - rule.sla_hours)
    why = f"waits for {waited:.1f} h of the {rule.sla_hours:g} h that the policy allows"
    return Part(name="age", points=points, why=why)


def _sending(item: ReviewItem, weights: Weights, rule: RuleWeight, due_at: datetime) -> Part:
    sooner = (_sla_ends(item, rule) - due_at) / HOUR
    when = f"{item.brief.send_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    why = f"to be sent {when}: " + (
        f"due {sooner:.1f} h before the SLA ends" if sooner else "the SLA ends before"
    )
    return Part(name="sending", points=weights.points_per_hour * sooner, why=why)


def _value(item: ReviewItem, weights: Weights) -> Part:
    size = item.audience.signals.get(weights.size_signal)
    if isinstance(size, bool | str) or size is None or size < 1:
        return Part(name="value", points=0, why="the size of the audience is not known")
    points = weights.points_per_tenfold * math.log10(size)
    return Part(name="value", points=points, why=f"{size:,.0f} people in the audience")
