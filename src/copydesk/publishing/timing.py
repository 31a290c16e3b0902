"""What a campaign asks about each recipient's hours and fatigue, and what it is told."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NamedTuple

from copydesk.briefs import Noun


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


Level = Literal["unknown", "normal", "lower", "withhold"]


DAYPARTS = ((6, "night"), (11, "morning"), (14, "midday"), (18, "afternoon"), (23, "evening"))
"""Parts of a day by the hour before which they end."""


class HourTold(Noun):
    """An hour of the week."""

    hour: str
    """As `Tuesday 20:00`."""
    share: float
    """Of the recipient's answers expected in it."""

    @property
    def daypart(self) -> str:
        """The part of the day that the hour belongs to, as signals name it."""
        hour = int(self.hour.rpartition(" ")[2].partition(":")[0])
        return next((name for until, name in DAYPARTS if hour < until), "night")


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
