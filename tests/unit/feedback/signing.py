"""Each tool as it posts: its documented sample, signed as the tool signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.factories import NOW

FOLDER = Path(__file__).parent / "samples"
SAMPLES = ("sendgrid", "klaviyo", "braze", "iterable", "iterable_flat", "customerio", "mautic",
           "sfmc", "dittofeed")  # fmt: skip
SIGNED = ("sendgrid", "klaviyo", "customerio", "mautic", "sfmc")
TIMED = ("sendgrid", "klaviyo", "customerio")
EC_KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_EC_KEY = ec.generate_private_key(ec.SECP256R1())
SECRET, OTHER_SECRET = "a secret of the tool, quite long", "another secret, quite as long"


class Posted(NamedTuple):
    """A request as the tool makes it."""

    tool: str
    body: bytes
    headers: dict[str, str]


def tool_of(sample: str) -> str:
    return sample.partition("_")[0]


def sample(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def expected(name: str) -> list[list[Any]]:
    told: dict[str, list[list[Any]]] = yaml.safe_load((FOLDER / "expected.yaml").read_text())
    return told[name]


def public_key(key: ec.EllipticCurvePrivateKey = EC_KEY) -> str:
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(der).decode()


def keys() -> dict[str, str]:
    """Return the settings under which every tool is known."""
    given = {tool_of(name): SECRET for name in SAMPLES}
    return {**given, "sendgrid": public_key()}


def posted(
    name: str, what: Any = None, *, forged: bool = False, age: timedelta = timedelta()
) -> Posted:
    """Return the sample, or something else, as the tool posts it."""
    tool = tool_of(name)
    body = json.dumps(sample(name) if what is None else what).encode()
    stamp = str(int((NOW - age).timestamp()))
    secret = (OTHER_SECRET if forged else SECRET).encode()
    return Posted(tool, body, SIGNERS[tool](body, stamp, secret))


def _sendgrid(body: bytes, stamp: str, secret: bytes) -> dict[str, str]:
    key = EC_KEY if secret == SECRET.encode() else OTHER_EC_KEY
    signature = key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return {
        "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode(),
        "x-twilio-email-event-webhook-timestamp": stamp,
    }


def _klaviyo(body: bytes, stamp: str, secret: bytes) -> dict[str, str]:
    return {
        "klaviyo-signature": hmac.new(secret, body + stamp.encode(), hashlib.sha256).hexdigest(),
        "klaviyo-timestamp": stamp,
        "klaviyo-webhook-id": "whk-12345678",
    }


def _customerio(body: bytes, stamp: str, secret: bytes) -> dict[str, str]:
    signed = b"v0:" + stamp.encode() + b":" + body
    return {
        "x-cio-signature": hmac.new(secret, signed, hashlib.sha256).hexdigest(),
        "x-cio-timestamp": stamp,
    }


def _mautic(body: bytes, _: str, secret: bytes) -> dict[str, str]:
    digest = hmac.new(secret, body, hashlib.sha256).digest()
    return {"webhook-signature": base64.b64encode(digest).decode()}


def _sfmc(body: bytes, _: str, secret: bytes) -> dict[str, str]:
    digest = hmac.new(secret, body, hashlib.sha256).digest()
    return {"x-sfmc-ens-signature": base64.b64encode(digest).decode()}


def _bearer(_: bytes, __: str, secret: bytes) -> dict[str, str]:
    return {"authorization": f"Bearer {secret.decode()}"}


def _basic(_: bytes, __: str, secret: bytes) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(b"copydesk:" + secret).decode()}


def _header(_: bytes, __: str, secret: bytes) -> dict[str, str]:
    return {"x-copydesk-secret": secret.decode()}


SIGNERS: dict[str, Callable[[bytes, str, bytes], dict[str, str]]] = {
    "sendgrid": _sendgrid,
    "klaviyo": _klaviyo,
    "braze": _bearer,
    "iterable": _basic,
    "customerio": _customerio,
    "mautic": _mautic,
    "sfmc": _sfmc,
    "dittofeed": _header,
}
