"""Scores of subjects alone, each found once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from copydesk.ranking.ranker import Candidate, Ranker, RankRequest
from copydesk.variants import Copy

REMEMBERED = 10_000


def scoring(ranker: Ranker) -> Callable[[str], float]:
    """Return what scores a subject by this ranker."""

    @lru_cache(REMEMBERED)
    def score(subject: str) -> float:
        candidate = Candidate(id="one", copy_=Copy.model_validate({"subject": subject}))
        return ranker.rank(RankRequest(candidates=(candidate,))).ranking[0].score

    return score
