"""Keys of recipients as callers hold them: made anew at every rotation, for the same person.

Within Copydesk a recipient is `recipient_key(secret, id)`, for good: assignments, outcomes and
objections are kept under it. Callers hold it as it is until the first rotation (generation 0). From
then on they hold it encrypted under the generation's own key, as `k1.` and 96 hexadecimal digits;
AES-SIV (RFC 5297) gives the same text for the same recipient, and a forged one is noticed. See
docs/decisions/0018-recipient-keys-rotate.md.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from copydesk.publishing.recipients import recipient_key

ROTATED = re.compile(r"k([1-9][0-9]{0,3})\.([0-9a-f]{96})")
FIRST = re.compile(r"[0-9a-f]{64}")


class Person(NamedTuple):
    """Who a key stands for."""

    key: str | None
    """As Copydesk keeps it, or None where the key says nothing."""
    unknown_because: str | None = None


@dataclass(frozen=True, slots=True)
class Keyring:
    """The generations of recipient keys."""

    secret: bytes
    newest: int = 0
    ends: Mapping[int, datetime] = field(default_factory=dict)
    """When each earlier generation is no longer taken."""

    def key_for(self, recipient: str) -> str:
        """Return the key under which callers know this recipient now."""
        return self.handed_out(recipient_key(self.secret, recipient))

    def handed_out(self, key: str) -> str:
        """Return the key that callers hold, for the one that is kept here."""
        if not self.newest or not FIRST.fullmatch(key):
            return key
        sealed = _cipher(self.secret, self.newest).encrypt(bytes.fromhex(key), None)
        return f"k{self.newest}.{sealed.hex()}"

    def person(self, key: str, now: datetime | None = None) -> Person:
        """Return who a caller means. Without `now` keys of every generation are taken.

        What is in no form of ours is a caller's own name for a recipient, and kept as it is.
        """
        found = ROTATED.fullmatch(key)
        generation = int(found[1]) if found else 0
        if found is None and not FIRST.fullmatch(key):
            return Person(key)
        ended = self.ends.get(generation)
        if now is not None and ended is not None and ended <= now:
            return Person(None, f"recipient keys k{generation} were taken until {ended:%Y-%m-%d}")
        return Person(key) if found is None else self._read(generation, found[2])

    def _read(self, generation: int, text: str) -> Person:
        # A generation that this process has not heard of yet: the secret alone proves it.
        kept = _opened(self.secret, generation, text)
        return Person(kept, None if kept else "the recipient key is none of this Copydesk's")


def kept_key(secret: bytes, key: str) -> str:
    """Return the key under which a recipient is kept, for theirs of any generation.

    A caller's own name for a recipient, and what was made up, stay as they are.
    """
    return Keyring(secret).person(key).key or key


@lru_cache(maxsize=65_536)
def _opened(secret: bytes, generation: int, text: str) -> str | None:
    try:
        return _cipher(secret, generation).decrypt(bytes.fromhex(text), None).hex()
    except InvalidTag:
        return None


@lru_cache(maxsize=16)
def _cipher(secret: bytes, generation: int) -> AESSIV:
    told = f"copydesk recipient keys {generation}".encode()
    return AESSIV(hmac.new(secret, told, hashlib.sha512).digest())
