"""What a campaign asks about each recipient's hours and fatigue, and what it is told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

import numpy as np

from copydesk.briefs import Moment, Noun
from copydesk.feedback.timing import Audience, Fatigue, Hours, Level


class OnFatigue(StrEnum):
    """What becomes of who has had enough."""

    TELL = "tell"
    """The campaign tool is told, and decides."""
    LOWER = "lower"
    """They get the calmest of the approved variants."""
    WITHHOLD = "withhold"
    """Likewise; and who has had far too much gets the fallback, with the reason."""


class TimingChoice(Noun):
    """What a campaign wants to know of its recipients; nothing until it says so."""

    best_hours: bool = False
    fatigue: OnFatigue | None = None

    @property
    def asks(self) -> bool:
        """Whether anything is asked."""
        return self.best_hours or self.fatigue is not None


class HourTold(Noun):
    """An hour of the week."""

    hour: str
    """As `Tuesday 20:00`."""
    share: float
    """Of the recipient's answers expected in it."""


class HoursTold(Noun):
    """When to write to a recipient, best first."""

    best: tuple[HourTold, ...]
    zone: str
    why: str


class FatigueTold(Noun):
    """How much a recipient has had: 0 is fresh, 1 is enough."""

    score: float
    level: Level
    why: str


class Timed(NamedTuple):
    """What is told of a recipient; nothing of what too little is known of."""

    best_hours: HoursTold | None = None
    fatigue: FatigueTold | None = None

    @classmethod
    def of(cls, hours: Hours | None, fatigue: Fatigue | None, zone: str) -> Timed:
        """Return what may be told."""
        best = None
        if hours is not None and hours.best:
            told = tuple(HourTold(hour=str(one), share=round(one.share, 4)) for one in hours.best)
            best = HoursTold(best=told, zone=zone, why=hours.why)
        if fatigue is None or fatigue.score is None:
            return cls(best)
        score = round(fatigue.score, 3)
        return cls(best, FatigueTold(score=score, level=fatigue.level, why=fatigue.why))


class Habits(Noun):
    """When a brand's recipients answer, counted over all of its outcomes."""

    brand: str
    answers: tuple[float, ...]
    """By hour of the week in the zone, from Monday, midnight."""
    sent: tuple[float, ...]
    zone: str
    counted_at: Moment

    @classmethod
    def of(cls, brand: str, audience: Audience, at: datetime) -> Habits:
        """Return the counts as they are kept."""
        answers, sent = audience.answers.tolist(), audience.sent.tolist()
        return cls(brand=brand, answers=answers, sent=sent, zone=audience.zone, counted_at=at)

    @property
    def audience(self) -> Audience:
        """The counts as estimators take them."""
        return Audience(np.array(self.answers), np.array(self.sent), self.zone)


class KnownHabits(Protocol):
    """The habits of each brand's recipients, as they were counted last."""

    def put(self, habits: Habits) -> None:
        """Replace those of the brand."""

    def find(self, brand: str) -> Habits | None:
        """Return those of the brand, or None where they were never counted."""


NO_HABITS = Audience.of(())
"""What is known of an audience of which nothing was counted."""
