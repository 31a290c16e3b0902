"""Evidence that may be looked at after every decision: bets that no luck makes rich for long.

All of it is testing by betting: Waudby-Smith and Ramdas, "Estimating means of bounded random
variables by betting", JRSS B 86(1), 2024, section 4.1 (the capital process) and theorem 3 (fixed
fractions of it, mixed); Ville's inequality bounds the chance that it ever grows twentyfold by 1/20.
Shares in [0, 1] come in, one for each request: copies of one request are alike, so each of them
counts for less than a request of its own. Nothing here needs the requests to be alike or
independent of each other: it is enough that each one's expected share, given all before it, is at
most the bar.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

STAKES = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Parts of what may be lost that are put on each request. The best one for a segment of rate p is
(p - bar) / (1 - bar), so these cover all but the segments that are just above the bar."""
FIRST = 0.8
"""Part of the capital that plays from the first request. The rest enters later, request by request,
so that a segment which was bad and has been put right need not win back all that it lost."""
DRIFT_STAKES = (0.02, 0.05, 0.1, 0.25, 0.5)
TIMES_THE_BOUND = (2.0, 3.0, 5.0, 10.0, 20.0)
BISECTIONS = 14


class Capital:
    """What bets on "the share is above `bar`" have made of 1.

    While no request's expected share, given those before it, is above the bar, the worth is a
    supermartingale of mean 1 at most: the chance that it is ever 1/alpha or more is at most alpha.
    """

    def __init__(self, bar: float) -> None:
        self._bar = bar
        self._hands = [0.0] * len(STAKES)
        self.requests = 0

    def add(self, share: float) -> None:
        """Bet on one request more, and settle by the share of its copies that was approved."""
        entering = _kept_back(self.requests) - _kept_back(self.requests + 1)
        gain = share / self._bar - 1
        self.requests += 1
        self._hands = [
            (hand + entering) * (1 + stake * gain)
            for hand, stake in zip(self._hands, STAKES, strict=True)
        ]

    @property
    def worth(self) -> float:
        """The capital, with what has not entered yet."""
        return math.fsum(self._hands) / len(STAKES) + _kept_back(self.requests)


def _kept_back(requests: int) -> float:
    """Return the part of the capital that enters after so many requests: 1, 0.2, 0.1, 0.067, ..."""
    return (1 - FIRST) / requests if requests else 1.0


def lower_bound(shares: Sequence[float], alpha: float) -> float:
    """Return the highest bar that the shares, in their order, refute at level `alpha`; 0 for none.

    It is the lower end of a confidence sequence: it may be read after every request. The worth
    falls as the bar rises, so the bound is above a bar exactly when the bets against it won.
    """
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        refuted = _worth(shares, middle) >= 1 / alpha
        low, high = (middle, high) if refuted else (low, middle)
    return low


def _worth(shares: Sequence[float], bar: float) -> float:
    capital = Capital(bar)
    for share in shares:
        capital.add(share)
        if math.isinf(capital.worth):
            break
    return capital.worth


class Drift:
    """An alarm that the share has fallen below `bar`, by now or a while ago.

    The e-detector of Shin, Ramdas and Rinaldo, "E-detectors: a nonparametric framework for
    sequential change detection", New England Journal of Statistics in Data Science 2(2), 2024:
    sums of bets that start anew whenever they are worth less than 1 (definition 2.3, CUSUM). While
    the share is at the bar or above, `worth` reaches c after c requests on average, or later.
    """

    def __init__(self, bar: float) -> None:
        self._bar = bar
        self._hands = [1.0] * len(DRIFT_STAKES)

    def add(self, share: float) -> None:
        """Bet on one audited request more."""
        loss = (self._bar - share) / (1 - self._bar)
        self._hands = [
            max(hand, 1.0) * (1 + stake * loss)
            for hand, stake in zip(self._hands, DRIFT_STAKES, strict=True)
        ]

    @property
    def worth(self) -> float:
        """What the bets are worth: high when the share has fallen."""
        return math.fsum(self._hands) / len(self._hands)


def evidence_of_more(complaints: int, mails: int, bound: float) -> float:
    """Return what bets on "more than `bound` of the mails are complained about" have made of 1.

    A mixture of likelihood ratios, each a product over mails, so only their numbers matter.
    """
    mails = max(mails, complaints)
    rates = [bound * times for times in TIMES_THE_BOUND if bound * times < 1]
    logs = [
        complaints * math.log(rate / bound)
        + (mails - complaints) * math.log((1 - rate) / (1 - bound))
        for rate in rates
    ]
    return _mean_of(logs)


def _mean_of(logs: Iterable[float]) -> float:
    worths = [math.exp(min(log, 700.0)) for log in logs]
    return math.fsum(worths) / len(worths) if worths else 1.0
