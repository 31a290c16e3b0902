"""Who opened or clicked: a person, or a machine that reads mail before people do.

The rules are in judging.yaml. What the tool says and what the agent's name says is judged event
by event; times are judged over all events of a message, so that their order of arrival changes
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from importlib import resources

from copydesk import documents
from copydesk.briefs import Noun
from copydesk.feedback.outcomes import Human, Outcome, OutcomeKind

TIMED = "timing:"
"""Reasons that begin so rest on other events of the message."""
AGENTS_MAX = 10_000
"""Names of agents whose verdict is remembered: there are few, but anybody can make up more."""
SAID_YES, SAID_NO = "said:yes", "said:no"
"""Whoever reported it had judged it already."""
SEEN: tuple[OutcomeKind, ...] = ("open", "click")
"""Kinds that machines do, too."""


class Rule(Noun):
    """What speaks against a person, and where that is from."""

    id: str
    why: str
    source: str


class AgentRule(Rule):
    """A name by which a machine asks."""

    kinds: tuple[OutcomeKind, ...]
    whole: str
    """Regular expression, found anywhere in the name."""


class TimeRule(Rule):
    """A time after delivery."""

    kinds: tuple[OutcomeKind, ...]
    seconds: float
    """Sooner than so long after delivery."""


class LinksRule(Rule):
    """Many links at once."""

    links: int
    seconds: float


class Rules(Noun):
    """All rules of judgement."""

    agents: tuple[AgentRule, ...]
    timing: tuple[TimeRule, ...]
    every_link: LinksRule

    @property
    def all(self) -> tuple[Rule, ...]:
        """Every rule."""
        return (*self.agents, *self.timing, self.every_link)


@cache
def rules() -> Rules:
    """Return the shipped rules."""
    source = resources.files("copydesk.feedback").joinpath("judging.yaml")
    return documents.parse(source.read_text(encoding="utf-8"), Rules, "judging.yaml")


@cache
def why(reason: str) -> str | None:
    """Return what a reason means, in words; None for a tool's own flag."""
    return next((rule.why for rule in rules().all if rule.id == reason), None)


@lru_cache(AGENTS_MAX)
def by_agent(kind: OutcomeKind, agent: str) -> tuple[str, ...]:
    """Return the ids of the rules that this name falls under."""
    if kind not in SEEN:
        return ()
    apt = (rule for rule in rules().agents if kind in rule.kinds)
    return tuple(rule.id for rule in apt if _pattern(rule.whole).search(agent))


def verdict(reasons: Sequence[str]) -> Human:
    """Return what the reasons come to: every one but SAID_YES speaks against a person."""
    if any(reason != SAID_YES for reason in reasons):
        return "no"
    return "yes" if reasons else "unknown"


def rejudged(events: Iterable[Outcome]) -> Iterator[Outcome]:
    """Yield those of one message's events whose verdict changes by what the others say."""
    known = list(events)
    delivered = min((one.at for one in known if one.kind == "delivered"), default=None)
    swept = _swept([one for one in known if one.kind == "click" and one.url])
    for one in known:
        if one.kind in SEEN:
            own = (reason for reason in one.reasons if not reason.startswith(TIMED))
            reasons = (*own, *_timed(one, delivered, swept))
            if reasons != one.reasons:
                yield one.model_copy(update={"reasons": reasons, "human": verdict(reasons)})


def _timed(
    outcome: Outcome, delivered: datetime | None, swept: Sequence[tuple[datetime, datetime]]
) -> tuple[str, ...]:
    found = []
    if delivered is not None:
        after = (outcome.at - delivered).total_seconds()
        apt = [one for one in rules().timing if outcome.kind in one.kinds and after < one.seconds]
        found += [min(apt, key=lambda rule: rule.seconds).id] if apt else []
    if outcome.kind == "click" and any(first <= outcome.at <= last for first, last in swept):
        found.append(rules().every_link.id)
    return tuple(found)


def _swept(clicks: Sequence[Outcome]) -> list[tuple[datetime, datetime]]:
    """Return the spans of time in which so many links were opened at once."""
    rule, spans = rules().every_link, []
    if len(clicks) < rule.links:
        return []
    in_order = sorted(clicks, key=lambda one: one.at)
    for start, first in enumerate(in_order):
        until = first.at + timedelta(seconds=rule.seconds)
        within = [one for one in in_order[start:] if one.at <= until]
        if len({one.url for one in within}) >= rule.links:
            spans.append((first.at, within[-1].at))
    return spans


@cache
def _pattern(whole: str) -> re.Pattern[str]:
    return re.compile(whole)
