"""A brand's own ranker as it is kept: its versions, what it is to gain, and the sends of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import Field

from copydesk.briefs import Line, Noun
from copydesk.ranking.learning import Aim, Objective
from copydesk.ranking.sends import PastSend
from copydesk.ranking.snapshots import Versions

COSTS: dict[Aim, tuple[float, float]] = {
    "clicks": (5.0, 50.0),
    "conversions": (0.5, 5.0),
    "revenue": (0.0, 0.0),
}
"""Of an unsubscribe and of a complaint: judgements."""


class Objectives(Noun):
    """What a brand's ranker is to gain for each recipient, and what one who leaves costs."""

    aim: Aim = "clicks"
    unsubscribe: float = Field(default=COSTS["clicks"][0], ge=0, le=1e9)
    """What one unsubscribe costs, in the unit of the aim: clicks, conversions, or money."""
    complaint: float = Field(default=COSTS["clicks"][1], ge=0, le=1e9)

    @classmethod
    def for_aim(cls, aim: Aim) -> Objectives:
        """Return the costs that are held for an aim where nobody says others.

        One who leaves for good costs as much as a few clicks or half an order. What an order
        brings only the sender knows, so with revenue nothing is taken off until it is said.
        """
        unsubscribe, complaint = COSTS[aim]
        return cls(aim=aim, unsubscribe=unsubscribe, complaint=complaint)

    @property
    def objective(self) -> Objective:
        """The same, as the learner takes it."""
        return Objective(self.aim, self.unsubscribe, self.complaint)


class BrandRanker(Noun):
    """The versions of one brand's ranker. Every change raises `revision` by one."""

    brand: Line
    revision: int = Field(default=0, ge=0)
    """0 where it is not stored yet."""
    objectives: Objectives = Objectives()
    versions: Versions


ALL = "all"
"""In place of a version: all sends of the brand that are known, those of its files among them."""


class SendsOfVersion(Noun):
    """The sends that a version was made from, or ALL that are known."""

    brand: Line
    version: str
    sends: tuple[PastSend, ...]


class BrandRankers(Protocol):
    """Each brand's ranker, under its revision, and the sends of its versions."""

    def find(self, brand: str) -> BrandRanker | None:
        """Return the brand's ranker, or None where nothing was learned yet."""

    def all(self) -> Sequence[BrandRanker]:
        """Return every brand's ranker, by brand."""

    def save(self, ranker: BrandRanker) -> None:
        """Store the ranker in place of the revision before it; revision 1 is the first.

        Raises:
            StaleVersion: somebody else changed it since.
        """

    def keep_sends(self, sends: SendsOfVersion) -> None:
        """Store the sends of a version, or replace them."""

    def sends(self, brand: str, version: str) -> tuple[PastSend, ...]:
        """Return the sends of a version. Raises NotFound."""
