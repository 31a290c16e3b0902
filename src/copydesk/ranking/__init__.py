"""Ranking: which candidate is likely to do better, and why."""

from copydesk.ranking.ranker import Candidate, Part, Ranker, Ranking, RankRequest, Scored

__all__ = ["Candidate", "Part", "RankRequest", "Ranker", "Ranking", "Scored"]
