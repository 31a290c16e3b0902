"""What others divide by, played beside ours: upper confidence bounds, and LOLA's of them."""

from __future__ import annotations

import numpy as np

from copydesk.experiments import allocation
from copydesk.experiments.posterior import BASE_RATE

UCB_WIDTH = 0.08
"""LOLA's alpha: the width of confidence bounds at one showing."""
AUXILIARY = 1_000.0
"""Showings that LOLA's prior from text is worth (its n_aux)."""
ROUNDS = 25
"""Batches at most in LOLA's protocol; there the posterior follows every showing."""


def ucb(scores: np.ndarray, shown: np.ndarray, clicked: np.ndarray, gone: float) -> np.ndarray:
    """Give all to the highest upper confidence bound (Auer et al. 2002), at LOLA's width."""
    del scores, gone
    return allocation.greedy(_bound(shown, clicked))


def lola(scores: np.ndarray, shown: np.ndarray, clicked: np.ndarray, gone: float) -> np.ndarray:
    """Give all to the highest of LOLA's bounds: the lesser of one with and one without the prior.

    Ye, Yoganarasimhan and Zheng 2025, LLM-assisted online learning, "2-UCBs".
    """
    del gone
    expected = BASE_RATE * np.exp(scores)
    informed = _bound(shown + AUXILIARY, clicked + AUXILIARY * expected)
    return allocation.greedy(np.minimum(_bound(shown, clicked), informed))


def lola_batches(each: int) -> np.ndarray:
    """Return the batches of LOLA's protocol: as many as showings an arm, `ROUNDS` at most."""
    rounds = min(each, ROUNDS)
    return np.full(rounds, 1 / rounds)


def _bound(shown: np.ndarray, clicked: np.ndarray) -> np.ndarray:
    seen = np.maximum(shown, 1e-9)
    total = np.maximum(shown.sum(-1, keepdims=True), 2)
    bound: np.ndarray = clicked / seen + UCB_WIDTH * np.sqrt(np.log(total) / seen)
    return bound
