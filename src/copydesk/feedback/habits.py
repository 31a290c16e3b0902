"""When a brand's recipients answer, as it was counted last and is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import numpy as np

from copydesk.briefs import Moment, Noun
from copydesk.feedback.timing import Audience


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
