"""Ranking: which candidate is likely to do better, and why."""

from copydesk.ranking.duplicates import near_duplicates, without_duplicates
from copydesk.ranking.ranker import (
    Candidate,
    KnowsOdds,
    Part,
    Ranker,
    Ranking,
    RankRequest,
    Scored,
)
from copydesk.ranking.transparent import TransparentRanker

__all__ = [
    "Candidate",
    "KnowsOdds",
    "Part",
    "RankRequest",
    "Ranker",
    "Ranking",
    "Scored",
    "TransparentRanker",
    "near_duplicates",
    "without_duplicates",
]
