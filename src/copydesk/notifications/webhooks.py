"""Telling programs, by Standard Webhooks: signed, to public addresses, and no further.

https://www.standardwebhooks.com describes the headers and how receivers verify them.
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from pathlib import Path

from pydantic import Field
from standardwebhooks.webhooks import Webhook

from copydesk import __version__
from copydesk.briefs import Noun
from copydesk.errors import Problem, SettingsError, Undelivered
from copydesk.notifications.addresses import Resolve, resolve
from copydesk.notifications.book import WebhookChannel
from copydesk.notifications.exchange import Call, Reply, exchange
from copydesk.notifications.notices import Event, Notice
from copydesk.notifications.sending import Parcel, link_to
from copydesk.variants import Copy

QUOTED = 200
"""Characters of an answer that are kept to tell what went wrong."""
FOR_GOOD = frozenset({HTTPStatus.GONE})
"""What no later try can change: the receiver says that it is no more."""
SECRET_BYTES_MIN = 24
"""As Standard Webhooks asks for."""


class Happened(Noun):
    """What happened, without the copy unless the channel's `include_copy` says so."""

    why: str
    """In a sentence."""
    actor: str
    """User name; `policy:NAME` where a rule decided; `copydesk` for the program itself."""
    item: str | None = None
    """Id of the review item."""
    campaign: str = ""
    brand: str = ""
    kind: str = ""
    audience: str = ""
    state: str | None = None
    """State of the item after it, as `approved`."""
    version: int = 0
    """Version of the item or campaign after it: of two messages, the higher one is newer."""
    late_hours: int | None = None
    """For `review.late`: at least so many hours past due."""
    concerns: tuple[str, ...] = ()
    """Names of the users whom it concerns."""
    link: str | None = None
    """Page about it; null where `public_url` is not set."""
    copy_: Copy | None = Field(default=None, alias="copy")


class Message(Noun):
    """The body of a webhook. The header `webhook-id` names what happened, at every try the same."""

    type: Event
    timestamp: datetime
    """When it happened."""
    data: Happened


class WebhookCarrier:
    """Sends to one address.

    `secrets` sign, the first one first: receivers accept any, so a new one is put before the old
    one until all know it.

    Raises:
        SettingsError: a secret cannot be used, or there is none.
    """

    def __init__(
        self,
        name: str,
        channel: WebhookChannel,
        secrets: Sequence[str],
        public_url: str | None = None,
        *,
        resolver: Resolve = resolve,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._name = name
        self._channel = channel
        self._signers = [signer_of(name, secret) for secret in secrets]
        self._public_url = public_url
        self._resolver = resolver
        self._clock = clock
        if not self._signers:
            raise _bad_secret(name, "the channel has no secret to sign with")

    def carry(self, parcel: Parcel) -> str:
        """Send one notice, and return the status that came back. Raises Undelivered."""
        notice = parcel.notices[0]
        body = self.body(notice).encode()
        call = Call("POST", self._channel.url, self._headers(notice.id, body), body)
        reply = exchange(self._channel, call, self._context, self._resolver)
        return _judged(self._channel.place, reply)

    def body(self, notice: Notice) -> str:
        """Return the body that tells of the notice, the same at every try."""
        told = notice.model_dump(include={*Happened.model_fields} - {"copy_"})
        copy = notice.copy_ if self._channel.include_copy else None
        link = link_to(notice, self._public_url)
        data = Happened(**{**told, "link": link, "copy_": copy})
        message = Message(type=notice.event, timestamp=notice.at, data=data)
        leave_out = None if copy else {"data": {"copy_"}}
        return message.model_dump_json(exclude=leave_out)

    def _headers(self, message_id: str, body: bytes) -> dict[str, str]:
        now = self._clock()
        signed = [signer.sign(message_id, now, body.decode()) for signer in self._signers]
        return {
            "user-agent": f"Copydesk/{__version__}",
            "accept": "*/*",
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signed),
        }

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return context_of(self._channel.ca_file)


def context_of(ca_file: Path | None) -> ssl.SSLContext:
    """Return what verifies certificates and names. Raises Undelivered for a file that is none."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise Undelivered(f"{ca_file}: no certificates can be read there ({error}).") from error


def _judged(place: str, reply: Reply) -> str:
    status = reply.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return f"{place} answered {status}"
    if status < HTTPStatus.BAD_REQUEST:
        moved = f"{place} answered {status}, to go elsewhere: give the new address in `url`."
        raise Undelivered(moved)
    said = " ".join(reply.body[: 4 * QUOTED].decode(errors="replace").split())[:QUOTED]
    because = f"{place} answered {status}{f': {said}' if said else ''}"
    raise Undelivered(because, for_good=status in FOR_GOOD, wait_s=reply.asked_wait_s)


def signer_of(name: str, secret: str, setting: str = "notification_secrets") -> Webhook:
    """Return what signs with this secret. Raises SettingsError when it cannot be used."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_") + "==")
    except ValueError as error:
        raise _bad_secret(name, "the secret is no base64", setting) from error
    if len(key) < SECRET_BYTES_MIN:
        raise _bad_secret(name, f"the secret is shorter than {SECRET_BYTES_MIN} bytes", setting)
    return Webhook(key)


def _bad_secret(name: str, wrong: str, setting: str = "notification_secrets") -> SettingsError:
    remedy = f"{wrong}: `echo whsec_$(openssl rand -base64 32)` makes one"
    return SettingsError([Problem(f"{setting}.{name}", "", remedy)])
