"""Recipients without their names: keyed hashes, and a stable choice among variants for each."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable


def recipient_key(secret: bytes, recipient: str) -> str:
    """Return HMAC-SHA256 of the recipient's id under the secret, in lower-case hex.

    Pull and outcomes know a recipient by this key alone; without the secret nobody can go back.
    """
    return hmac.new(secret, recipient.encode(), hashlib.sha256).hexdigest()


def assign(campaign_id: str, recipient_key: str, ids: Iterable[str]) -> str:
    """Return the one of `ids` that this recipient gets, by rendezvous hashing.

    The same for every process and every call, whatever the order of `ids`. A variant that is
    added takes an equal share from the others and moves nobody between them; one that is taken
    away moves only its own recipients. `ids` must not be empty.
    """
    return max(ids, key=lambda variant_id: _weight(campaign_id, recipient_key, variant_id))


def _weight(*parts: str) -> bytes:
    return hashlib.sha256("\x00".join(parts).encode()).digest()
