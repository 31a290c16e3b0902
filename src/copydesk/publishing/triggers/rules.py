"""The rules: which event calls which campaign's copy for which audience, and what calls it off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, model_validator

from copydesk import documents
from copydesk.audiences import Consent, signal_names
from copydesk.briefs import Noun, Slug
from copydesk.publishing.triggers.events import CONSENTED, OBJECTED, OBJECTING, EventKind
from copydesk.publishing.triggers.standing import Heard, Standing

PURCHASED = "purchased"
OF_OTHERS = OBJECTING | {CONSENTED}


class Called(NamedTuple):
    """What a recipient's doings say of a campaign."""

    audience: str | None = None
    """The audience whose copy they get."""
    withheld: str | None = None
    """Why they get no copy of this campaign's but its fallback."""
    rule: str | None = None
    """Name of the rule that says so."""


NOT_CALLED = Called()


class TriggerRule(Noun):
    """One event, and the campaign that it calls."""

    name: Slug
    on: EventKind
    """Kind of event that calls it."""
    campaign: Slug
    audience: Slug
    """Audience of the campaign whose copy the recipient gets."""
    when: dict[str, tuple[str, ...]] = {}
    """Signals of the event that must have one of these values, as `signals.yaml` words them."""
    hours: float = Field(default=72, gt=0, le=24 * 90)
    """How long after the event it calls."""
    cancelled_by: tuple[EventKind, ...] = (PURCHASED,)
    """Kinds of event that call it off when they happen with it or later."""
    without_consent: bool = False
    """True for copy that no consent is needed for: it may not tell what it knows."""

    @model_validator(mode="after")
    def _makes_sense(self) -> TriggerRule:
        unknown = sorted(set(self.when) - set(signal_names()))
        if unknown:
            known = ", ".join(signal_names())
            raise ValueError(f"no signal is called {', '.join(unknown)}: there are {known}")
        if self.when and self.without_consent:
            raise ValueError("signals are kept with consent only: take out one of the two")
        if self.on in self.cancelled_by and self.on != PURCHASED:
            raise ValueError(f"`{self.on}` would call it off in the moment in which it calls it")
        if self.on in OF_OTHERS:
            raise ValueError(f"`{self.on}` calls nothing: it ends what other events called")
        return self

    def fits(self, heard: Heard) -> bool:
        """Return whether the event may call it: consent, and its signals."""
        if heard.consent is not Consent.GIVEN and not self.without_consent:
            return False
        said = {name: value.casefold() for name, value in heard.signals.items()}
        wanted = ((said.get(name), values) for name, values in self.when.items())
        return all(value in {one.casefold() for one in values} for value, values in wanted)

    def calls(self, standing: Standing, now: datetime) -> Called:
        """Return whether the rule calls its campaign for this recipient at this moment."""
        heard = standing.heard.get(self.on)
        if heard is None or not self.fits(heard):
            return NOT_CALLED
        if not heard.at <= now <= heard.at + timedelta(hours=self.hours):
            return NOT_CALLED
        if off := self._called_off(standing, heard):
            return Called(None, off, self.name)
        return Called(self.audience, None, self.name)

    def _called_off(self, standing: Standing, heard: Heard) -> str | None:
        for kind in self.cancelled_by:
            other = standing.heard.get(kind)
            if kind != self.on and other is not None and other.at >= heard.at:
                return f"{self.on} at {heard.at} was followed by {kind} at {other.at}"
        return None


class TriggerBook(Noun):
    """All rules. Of those for one campaign the first that calls it decides."""

    triggers: tuple[TriggerRule, ...] = ()

    @classmethod
    def load(cls, path: Path | None) -> TriggerBook:
        """Read the file; without one there are no rules.

        Raises:
            InputError: a rule cannot be used; with file and line.
        """
        return cls() if path is None else documents.load(path, cls)

    @model_validator(mode="after")
    def _names_are_unique(self) -> TriggerBook:
        names = [rule.name for rule in self.triggers]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"every rule needs a name of its own; used twice: {', '.join(twice)}")
        return self

    @cached_property
    def by_campaign(self) -> dict[str, Sequence[TriggerRule]]:
        """The rules of each campaign, in order."""
        found: defaultdict[str, list[TriggerRule]] = defaultdict(list)
        for rule in self.triggers:
            found[rule.campaign].append(rule)
        return dict(found)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of event that are remembered: those that a rule names, and objections."""
        named = {kind for rule in self.triggers for kind in (rule.on, *rule.cancelled_by)}
        return frozenset({*named, OBJECTED, CONSENTED})

    @cached_property
    def longest(self) -> timedelta:
        """How long after an event the last rule may still ask for it."""
        return timedelta(hours=max((rule.hours for rule in self.triggers), default=0))

    def called(self, campaign: str, standing: Standing | None, now: datetime) -> Called:
        """Return which audience's copy of a campaign a recipient gets, or why none."""
        if standing is None or campaign not in self.by_campaign:
            return NOT_CALLED
        if standing.objects:
            return Called(None, "the recipient objected to copy chosen by what they do")
        return self._first([rule.calls(standing, now) for rule in self.by_campaign[campaign]])

    def all_called(self, standing: Standing, now: datetime) -> Iterator[tuple[str, Called]]:
        """Yield every campaign that the recipient's doings say anything of."""
        for campaign in self.by_campaign:
            if (called := self.called(campaign, standing, now)) != NOT_CALLED:
                yield campaign, called

    def _first(self, found: Sequence[Called]) -> Called:
        calling = (one for one in found if one.audience is not None)
        withheld = (one for one in found if one.withheld is not None)
        return next(calling, None) or next(withheld, NOT_CALLED)
