"""What became of many items, told in an address of the page that follows: survives a reload.

It is signed with the token of the session, so that no link from elsewhere can make our page say
that something was done.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from copydesk.briefs import Noun
from copydesk.desk.deciding import Decided

LONGEST = 4_000
"""Characters: addresses of eight thousand pass through every proxy."""
LONGEST_READ = 200_000


class Told(Noun):
    """What was done to many items at once, and when."""

    act: Literal["approve", "reject", "undo"]
    at: datetime
    results: tuple[Decided, ...]

    @property
    def done(self) -> tuple[Decided, ...]:
        """Those on which it was done."""
        return tuple(one for one in self.results if one.done)

    def written(self, secret: str) -> str:
        """Return it for an address; why nothing was done is left out where it is too much."""
        text = _packed(self.results, self, secret)
        if len(text) <= LONGEST:
            return text
        brief = [one.model_copy(update={"detail": None}) for one in self.results]
        return _packed(brief, self, secret)


def read(text: str, secret: str) -> Told | None:
    """Return what `written` wrote in the same session, or None."""
    packed, _, signature = text.rpartition(".")
    if not hmac.compare_digest(_signed(packed, secret).encode(), signature.encode()):
        return None
    try:
        data = zlib.decompressobj().decompress(base64.urlsafe_b64decode(packed), LONGEST_READ)
        return _told.validate_json(data)
    except (binascii.Error, zlib.error, ValidationError):  # from another version of Copydesk
        return None


def _packed(results: Iterable[Decided], told: Told, secret: str) -> str:
    plain = {
        "act": told.act,
        "at": told.at.isoformat(),
        "results": [one.model_dump(mode="json", exclude_none=True) for one in results],
    }
    squeezed = zlib.compress(json.dumps(plain, separators=(",", ":")).encode(), 9)
    packed = base64.urlsafe_b64encode(squeezed).decode()
    return f"{packed}.{_signed(packed, secret)}"


def _signed(packed: str, secret: str) -> str:
    return hmac.new(f"told {secret}".encode(), packed.encode(), hashlib.sha256).hexdigest()


_told = TypeAdapter(Told)
