"""Whether a delivery is the tool's: signatures over raw bytes, or a secret in a header."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

from copydesk.errors import BadSignature, SettingsError
from copydesk.feedback.reading import found, moment
from copydesk.feedback.tools import Proof, Tool
from copydesk.feedback.webhooks.delivery import Delivery

KEY_MIN = 12
"""A shorter secret can be guessed."""
CLOCKS = timedelta(minutes=5)
"""Clocks differ by at most so much: what was signed later than that has not been signed yet."""
AUTH_TYPES = ("basic ", "bearer ", "oauth2 ", "token ")


class Key(Protocol):
    """One secret of a tool."""

    def fits(self, delivery: Delivery) -> bool:
        """Return whether the delivery was signed with it, or brought it along."""


K = TypeVar("K", bound=Key)


def key_of(tool: Tool, secret: str) -> Key:
    """Return the secret as what verifies.

    Raises:
        SettingsError: it cannot be one of this tool, or the tool posts nothing.
    """
    if tool.proof is None:
        raise SettingsError(f"{tool.title} posts nothing that is read here: import its files.")
    if tool.proof.scheme == "ecdsa":
        return _PublicKey(tool.proof, _public_key(tool, secret))
    if len(secret) < KEY_MIN:
        raise SettingsError(f"{tool.tool}: a secret needs at least {KEY_MIN} characters")
    return (_Shared if tool.proof.scheme == "shared" else _Hmac)(tool.proof, secret)


def must_be_theirs(tool: Tool, delivery: Delivery, keys: Iterable[K]) -> K:
    """Return the first of the tool's keys that fits.

    Raises BadSignature where none does, or the delivery is stale.
    """
    proof = tool.proof
    fitting = next((key for key in keys if key.fits(delivery)), None)
    if proof is None or fitting is None:
        raise BadSignature
    if proof.timestamp is not None:
        _must_be_recent(proof, delivery)
    if proof.same is not None:
        _must_be_same(proof.same, delivery)
    return fitting


class _PublicKey:
    def __init__(self, proof: Proof, key: ec.EllipticCurvePublicKey) -> None:
        self._proof = proof
        self._key = key

    def fits(self, delivery: Delivery) -> bool:
        try:
            signature = base64.b64decode(_header(delivery, self._proof.signature), validate=True)
            self._key.verify(signature, _signed(self._proof, delivery), ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True


class _Hmac:
    def __init__(self, proof: Proof, secret: str) -> None:
        self._proof = proof
        self._secret = secret.encode()

    def fits(self, delivery: Delivery) -> bool:
        digest = hmac.new(self._secret, _signed(self._proof, delivery), hashlib.sha256).digest()
        is_hex = self._proof.encoding == "hex"
        made = digest.hex().encode() if is_hex else base64.b64encode(digest)
        given = _header(delivery, self._proof.signature).strip()
        return hmac.compare_digest(made, (given.casefold() if is_hex else given).encode())


class _Shared:
    def __init__(self, proof: Proof, secret: str) -> None:
        self._proof = proof
        self._secret = secret.encode()

    def fits(self, delivery: Delivery) -> bool:
        brought = [one for name in self._proof.headers for one in _brought(_header(delivery, name))]
        return any(hmac.compare_digest(self._secret, one.encode()) for one in brought)


def _brought(header: str) -> list[str]:
    """Return what a header may mean: itself, or what follows the type, or a basic password."""
    kind = next((one for one in AUTH_TYPES if header.casefold().startswith(one)), "")
    rest = header[len(kind) :].strip()
    found_in = [header, rest]
    try:
        user_and_password = base64.b64decode(rest, validate=True).decode()
        found_in.append(user_and_password.partition(":")[2])
    except (binascii.Error, UnicodeDecodeError, ValueError):
        pass
    return [one for one in found_in if one]


def _signed(proof: Proof, delivery: Delivery) -> bytes:
    stamp = _header(delivery, proof.timestamp or "").encode()
    parts = {"body": delivery.body, "timestamp": stamp}
    return b"".join(parts.get(part, part.encode()) for part in proof.signed)


def _header(delivery: Delivery, name: str) -> str:
    return delivery.headers.get(name, "")


def _must_be_recent(proof: Proof, delivery: Delivery) -> None:
    stamp = _header(delivery, proof.timestamp or "")
    try:
        signed_at = moment(stamp)
    except (ValueError, OverflowError, OSError) as error:
        raise BadSignature("The time of signing cannot be read.") from error
    if signed_at.tzinfo is None:
        signed_at = signed_at.replace(tzinfo=UTC)
    window = timedelta(hours=proof.window_hours or 24)
    if not _within(signed_at, delivery.at, window):
        hours = f"{window / timedelta(hours=1):g}"
        raise BadSignature(
            f"This was signed over {hours} hours ago, or in the future: it is stale."
        )


def _within(signed_at: datetime, now: datetime, window: timedelta) -> bool:
    return now - window <= signed_at <= now + CLOCKS


def _must_be_same(same: tuple[str, str], delivery: Delivery) -> None:
    """Raise BadSignature unless a header says what the signed body says."""
    header, place = same
    try:
        body = json.loads(delivery.body)
    except (ValueError, RecursionError):
        return  # it is kept as unreadable
    said = found(body, (place,)) if isinstance(body, dict) else None
    if said is None or not hmac.compare_digest(
        str(said).encode(), _header(delivery, header).encode()
    ):
        raise BadSignature(f"The header {header} says another thing than {place} in the body.")


def _public_key(tool: Tool, text: str) -> ec.EllipticCurvePublicKey:
    try:
        if text.lstrip().startswith("-----BEGIN"):
            key = load_pem_public_key(text.encode())
        else:
            key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error) as error:
        raise _not_a_key(tool) from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise _not_a_key(tool)
    return key


def _not_a_key(tool: Tool) -> SettingsError:
    return SettingsError(
        f"webhook_keys.{tool.tool}: paste the verification key that {tool.title} shows for its "
        "signed event webhook (base64 of a public key)"
    )
