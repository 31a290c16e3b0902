"""Shares with what they leave open: so few of so many may be chance."""

from __future__ import annotations

from statistics import NormalDist

from copydesk.briefs import Noun
from copydesk.ranking.fairness import wilson

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)


class Share(Noun):
    """A part of a whole, with the interval that holds its true value in 95 of 100 cases."""

    part: int
    whole: int
    share: float | None
    """None of an empty whole."""
    low: float | None
    high: float | None


def share_of(part: int, whole: int) -> Share:
    """Return the share, with the score interval of E. B. Wilson.

    "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the American
    Statistical Association 22 (1927), 209-212. Unlike the usual one it stays between 0 and 1 and
    is honest for few observations; like it, it takes each for independent of the others.
    """
    if not whole:
        return Share(part=part, whole=whole, share=None, low=None, high=None)
    share, low, high = wilson(part, whole, Z)
    return Share(part=part, whole=whole, share=share, low=low, high=high)
