"""Where a recipient falls: by hashes alone, so that every process places everybody alike."""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate


def place(*parts: str) -> float:
    """Return a place strictly between 0 and 1, evenly spread over recipients."""
    text = "".join(f"{len(part.encode())}:{part}" for part in parts)
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 12
    return (number + 0.5) / 2**52


def is_held_out(holdout_id: str, holdout: float, recipient_key: str) -> bool:
    """Return whether the recipient gets the control, whatever is learned."""
    return place(holdout_id, recipient_key, "held out") < holdout


def wave_of(experiment_id: str, waves: Sequence[float], recipient_key: str) -> int:
    """Return the wave that the recipient belongs to, counted from 0; `waves` sum to one."""
    at = place(experiment_id, recipient_key, "wave")
    return min(bisect_right(list(accumulate(waves)), at), len(waves) - 1)


def picked(experiment_id: str, shares: Mapping[str, float], recipient_key: str) -> str:
    """Return the variant that the recipient gets where these are the shares of each.

    Weighted rendezvous hashing (Schindelhauer and Schomaker 2005): a recipient is moved only
    where shares made it necessary. At least one share must be above 0.
    """
    return max(
        sorted(id_ for id_, share in shares.items() if share > 0),
        key=lambda id_: -shares[id_] / math.log(place(experiment_id, recipient_key, id_)),
    )
