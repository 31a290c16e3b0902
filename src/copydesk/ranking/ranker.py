"""The protocol of a ranker, and what goes in and out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from pydantic import Field

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Noun
from copydesk.variants import Copy


class Candidate(Noun):
    """One piece of copy to be ranked; it may hold a subject alone."""

    id: str
    copy_: Copy = Field(alias="copy")


class RankRequest(Noun):
    """Candidates for one send."""

    id: str | None = None
    brief: Brief | None = None
    audience: Audience | None = None
    brand: Brand | None = None
    """With enough samples, the breakdown tells how near a candidate is to the brand's own copy."""
    candidates: tuple[Candidate, ...] = Field(min_length=1)


class Part(Noun):
    """A named part of a score, with what it adds and why."""

    name: str
    points: float
    why: str


class Scored(Noun):
    """A candidate's score between 0 and 1, its interval, and the parts it is the sum of."""

    id: str
    score: float
    low: float
    high: float
    breakdown: tuple[Part, ...]


class Ranking(Noun):
    """Candidates, best first."""

    id: str | None = None
    ranking: tuple[Scored, ...]
    abstained: str | None = None
    """Why the order should not be relied upon, or None."""


class Ranker(Protocol):
    """Orders candidates. Identical copies get identical scores; the order given never matters."""

    @property
    def name(self) -> str:
        """Name and version for provenance, as `transparent.v1`."""

    def rank(self, request: RankRequest) -> Ranking:
        """Return every candidate once, best first."""


@runtime_checkable
class RanksMany(Protocol):
    """A ranker that is faster with many requests at once."""

    def rank_all(self, requests: Sequence[RankRequest]) -> list[Ranking]:
        """Return the ranking of each request, the very same as `rank` returns."""


@runtime_checkable
class KnowsOdds(Protocol):
    """A ranker whose scores are probabilities, and not only an order."""

    def ahead(self, score: float) -> float:
        """Return the log-odds of a click, above an average line's, that a score stands for."""


def rank_all(ranker: Ranker, requests: Sequence[RankRequest]) -> list[Ranking]:
    """Return the ranking of each request, in the fastest way that the ranker knows."""
    if isinstance(ranker, RanksMany):
        return ranker.rank_all(requests)
    return [ranker.rank(request) for request in requests]
