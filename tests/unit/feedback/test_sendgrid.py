import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from copydesk.errors import BadSignature, InputError, SettingsError
from copydesk.feedback.webhooks import Delivery, webhooks
from copydesk.feedback.webhooks.sendgrid import SIGNATURE, TIMESTAMP, SendGrid
from tests.factories import NOW

KEY = ec.generate_private_key(ec.SECP256R1())
EVENT = {
    "email": "reader@inbox.example",
    "timestamp": int(NOW.timestamp()) - 60,
    "event": "click",
    "sg_event_id": "evt-1",
    "sg_message_id": "msg-1",
    "url": "https://northpeak.example/trail",
    "copydesk_campaign": "spring",
    "copydesk_variant": "var_1",
    "copydesk_recipient": "a" * 64,
}


def public(key: ec.EllipticCurvePrivateKey = KEY) -> str:
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(der).decode()


def delivery(
    *events: Any, key: ec.EllipticCurvePrivateKey = KEY, age: timedelta = timedelta()
) -> Delivery:
    body = json.dumps(events).encode()
    stamp = str(int((NOW - age).timestamp()))
    signature = key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    headers = {SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: stamp}
    return Delivery(body, headers, NOW)


def test_a_signed_event_becomes_an_outcome_without_the_address() -> None:
    """Campaign, variant and recipient key come from the custom arguments; the address is left."""
    received = SendGrid(public()).read(delivery(EVENT))

    (outcome,) = received.outcomes
    assert (outcome.kind, outcome.campaign, outcome.variant_id) == ("click", "spring", "var_1")
    assert "reader@inbox.example" not in outcome.model_dump_json()


def test_a_machine_open_is_kept_and_judged() -> None:
    """An open by Apple's proxy is an outcome of no human, with its reason."""
    opened = {**EVENT, "event": "open", "sg_machine_open": True}

    (outcome,) = SendGrid(public()).read(delivery(opened)).outcomes

    assert (outcome.human, outcome.reasons) == ("no", ("sg_machine_open",))


def test_other_mail_and_other_kinds_are_counted_as_skipped() -> None:
    """Events without a campaign of ours, and kinds that are no outcome, are passed over."""
    foreign = {name: v for name, v in EVENT.items() if not name.startswith("copydesk_")}
    deferred = {**EVENT, "event": "deferred"}

    received = SendGrid(public()).read(delivery(EVENT, foreign, deferred))

    assert (len(received.outcomes), received.skipped) == (1, 2)


def forged() -> Delivery:
    return delivery(EVENT, key=ec.generate_private_key(ec.SECP256R1()))


def altered() -> Delivery:
    sent = delivery(EVENT)
    return sent._replace(body=sent.body.replace(b"click", b"open "))


def truncated() -> Delivery:
    sent = delivery(EVENT)
    return sent._replace(body=sent.body[:-1])


def unsigned() -> Delivery:
    return delivery(EVENT)._replace(headers={})


def stale() -> Delivery:
    return delivery(EVENT, age=timedelta(hours=25))


@pytest.mark.parametrize("twin", [forged, altered, truncated, unsigned, stale])
def test_a_delivery_that_is_not_sendgrids_is_refused(twin: Any) -> None:
    """Another key, another body, no signature, or yesterday's: none is read."""
    with pytest.raises(BadSignature):
        SendGrid(public()).read(twin())


def test_a_signed_delivery_in_another_shape_is_an_input_error() -> None:
    """What SendGrid signed but does not fit is named by its place."""
    with pytest.raises(InputError, match=r"\[0\]\.sg_event_id"):
        SendGrid(public()).read(delivery({"event": "click", "timestamp": 1}))


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [({"sendgrid": "not a key"}, "paste the verification key"), ({"fax": "x"}, "known tools are")],
)
def test_a_key_that_cannot_verify_stops_the_start(keys: dict[str, str], complaint: str) -> None:
    """A wrong key or an unknown tool is a settings error, not a refusal at three in the morning."""
    with pytest.raises(SettingsError, match=complaint):
        webhooks(keys)
