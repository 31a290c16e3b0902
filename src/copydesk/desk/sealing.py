"""What we give a browser to keep, and take back only if it is ours, unread and not too old."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Seal:
    """Seals small things for one purpose: what was sealed for another does not open."""

    def __init__(self, secret: bytes, purpose: str, lasts: timedelta) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
        self._fernet = Fernet(urlsafe_b64encode(derived.derive(secret)))
        self.lasts = lasts

    def close(self, what: dict[str, Any], now: datetime) -> str:
        """Return the plain data, encrypted and signed, as text that fits a cookie."""
        return self._fernet.encrypt_at_time(json.dumps(what).encode(), _seconds(now)).decode()

    def open(self, sealed: str, now: datetime) -> dict[str, Any] | None:
        """Return what was sealed; None when it was not sealed here, or too long ago."""
        lasts = int(self.lasts.total_seconds())
        try:
            opened = self._fernet.decrypt_at_time(sealed.encode(), lasts, _seconds(now))
        except (InvalidToken, UnicodeEncodeError):
            return None
        what: dict[str, Any] = json.loads(opened)
        return what


def _seconds(now: datetime) -> int:
    return int(now.timestamp())
