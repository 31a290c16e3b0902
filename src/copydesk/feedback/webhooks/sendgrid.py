"""SendGrid's Event Webhook, with its ECDSA signature over timestamp and raw body.

Copydesk's mail is known by custom arguments that the sender sets on each message:
`copydesk_campaign`, and where they are known `copydesk_variant` and `copydesk_recipient` (the
recipient key, never an address). Shapes and signature: SendGrid's documentation of the event
webhook and of its security features.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from copydesk import documents
from copydesk.errors import BadSignature, InputError, SettingsError
from copydesk.feedback.outcomes import Outcome, OutcomeKind
from copydesk.feedback.webhooks.delivery import Delivery, Received

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
STALE_AFTER = timedelta(hours=24)
"""SendGrid retries a delivery for a day; what was signed earlier is a replay."""

KINDS: dict[str, OutcomeKind] = {
    "processed": "sent",
    "delivered": "delivered",
    "open": "open",
    "click": "click",
    "bounce": "bounce",
    "dropped": "bounce",
    "unsubscribe": "unsubscribe",
    "group_unsubscribe": "unsubscribe",
    "spamreport": "complaint",
}


class Event(BaseModel):
    """The fields of an event that Copydesk reads; the address of the recipient is not one."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    event: str
    sg_event_id: str = Field(min_length=1, max_length=200)
    timestamp: int
    """Seconds since 1970."""
    url: str | None = None
    sg_machine_open: bool = False
    """Apple's mail privacy protection fetched the pixel, not a person."""
    copydesk_campaign: str | None = None
    copydesk_variant: str | None = None
    copydesk_recipient: str | None = None


EVENTS: TypeAdapter[list[Event]] = TypeAdapter(list[Event])


class SendGrid:
    """Reads what SendGrid posts, if it was signed with the account's key."""

    def __init__(self, public_key: str) -> None:
        """Take the verification key as SendGrid shows it: base64 of a DER public key.

        Raises:
            SettingsError: it is not such a key.
        """
        try:
            key = load_der_public_key(base64.b64decode(public_key, validate=True))
        except (ValueError, binascii.Error) as error:
            raise _not_a_key() from error
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise _not_a_key()
        self._key = key

    def read(self, delivery: Delivery) -> Received:
        """Return the outcomes in the delivery. Raises BadSignature or InputError."""
        self._verify(delivery)
        try:
            events = EVENTS.validate_json(delivery.body)
        except ValidationError as error:
            raise InputError(documents.problems_of(error)) from error
        read = [_outcome(event) for event in events]
        outcomes = tuple(outcome for outcome in read if outcome is not None)
        return Received(outcomes, len(read) - len(outcomes))

    def _verify(self, delivery: Delivery) -> None:
        stamp = delivery.headers.get(TIMESTAMP, "")
        try:
            signature = base64.b64decode(delivery.headers.get(SIGNATURE, ""), validate=True)
            signed_at = datetime.fromtimestamp(int(stamp), UTC)
            signed = stamp.encode() + delivery.body
            self._key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError, OverflowError, OSError) as error:
            raise BadSignature from error
        if abs(delivery.at - signed_at) > STALE_AFTER:
            raise BadSignature("This delivery was signed more than a day ago: it is a replay.")


def _outcome(event: Event) -> Outcome | None:
    kind = KINDS.get(event.event)
    if kind is None or not event.copydesk_campaign:
        return None
    human, reasons = _judged(event)
    return Outcome(
        event_id=event.sg_event_id,
        source="sendgrid",
        kind=kind,
        at=datetime.fromtimestamp(event.timestamp, UTC),
        recipient_key=event.copydesk_recipient,
        variant_id=event.copydesk_variant,
        campaign=event.copydesk_campaign,
        url=event.url,
        human=human,
        reasons=reasons,
    )


def _judged(event: Event) -> tuple[Literal["no", "unknown"], tuple[str, ...]]:
    return ("no", ("sg_machine_open",)) if event.sg_machine_open else ("unknown", ())


def _not_a_key() -> SettingsError:
    return SettingsError(
        "webhook_keys.sendgrid: paste the verification key that SendGrid shows for its signed "
        "event webhook (base64 of a public key)"
    )
