"""Ranking: which candidate is likely to do better, and why."""

from copydesk.ranking.duplicates import near_duplicates, without_duplicates
from copydesk.ranking.ranker import Candidate, Part, Ranker, Ranking, RankRequest, Scored
from copydesk.ranking.transparent import TransparentRanker

__all__ = [
    "Candidate",
    "Part",
    "RankRequest",
    "Ranker",
    "Ranking",
    "Scored",
    "TransparentRanker",
    "near_duplicates",
    "without_duplicates",
]
