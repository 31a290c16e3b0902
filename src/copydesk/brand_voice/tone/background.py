"""How other senders write: counts of symbols over marketing mail written for Copydesk.

The counts stand hashed in background.npz, made by `python -m training.brand_voice.background`,
beside sentences kept apart, on which a brand's score is calibrated.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from copydesk.brand_voice.tone.symbols import PARTS

BUCKETS = 1 << 15
"""Symbols share a bucket now and then; at some hundred thousand words that costs little."""

Counts = npt.NDArray[np.float64]
Buckets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Background:
    """What a brand is told apart from."""

    shares: dict[str, Counts]
    """By part, the share of each bucket."""
    others: tuple[str, ...]
    """Sentences of other senders that were not counted."""


@cache
def background() -> Background:
    """Return the shipped background."""
    file = resources.files("copydesk.brand_voice.tone").joinpath("background.npz")
    with file.open("rb") as stored, np.load(stored) as parts:
        shares = {part.name: shares_of(parts[part.name]) for part in PARTS}
        others = bytes(parts["others"]).decode("utf-8").split("\n")
    return Background(shares, tuple(others))


def shares_of(counts: npt.NDArray[np.generic]) -> Counts:
    """Return counts as shares, none of them nothing."""
    held = counts.astype(np.float64) + 0.5
    return np.asarray(held / held.sum(), dtype=np.float64)


def buckets(symbols: Iterable[str]) -> Buckets:
    """Return the bucket of each symbol."""
    return np.array([zlib.crc32(symbol.encode()) % BUCKETS for symbol in symbols], dtype=np.int64)


def counted(rows: Iterable[Buckets]) -> Counts:
    """Return how often each bucket occurs."""
    found = list(rows)
    joined = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
    return np.bincount(joined, minlength=BUCKETS).astype(np.float64)
