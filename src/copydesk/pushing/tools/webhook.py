"""Any program: a signed webhook, https://www.standardwebhooks.com."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from http import HTTPStatus
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

from copydesk import __version__
from copydesk.errors import Undelivered
from copydesk.notifications.addresses import Resolve, resolve
from copydesk.notifications.exchange import Call, exchange
from copydesk.notifications.webhooks import context_of, signer_of
from copydesk.pushing.rest import AGAIN
from copydesk.pushing.targets import WebhookTarget
from copydesk.pushing.tool import Done, Parcel


class WebhookTool:
    """Sends `copy.pushed` and `copy.withdrawn`; the receiver keeps what it gets.

    Raises SettingsError for a secret that cannot sign.
    """

    def __init__(
        self,
        name: str,
        target: WebhookTarget,
        secrets: Sequence[str],
        resolver: Resolve = resolve,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._target = target
        self._signers = [signer_of(name, secret, "push_secrets") for secret in secrets]
        self._resolver = resolver
        self._clock = clock

    def put(self, parcel: Parcel) -> Done:
        """Tell the receiver of approved copy."""
        return self._send("copy.pushed", parcel)

    def withdraw(self, parcel: Parcel) -> Done:
        """Tell the receiver that it holds no more, and what to use instead."""
        return self._send("copy.withdrawn", parcel)

    def _send(self, kind: str, parcel: Parcel) -> Done:
        row = parcel.row.model_dump(mode="json", by_alias=True) if parcel.row else None
        told = {"campaign": parcel.campaign, "audience": parcel.audience}
        data: dict[str, Any] = {**told, "variant_id": parcel.variant, "copy": row}
        content = json.dumps({"type": kind, "data": data}, ensure_ascii=False, sort_keys=True)
        # The same content has the same id at every try: the receiver knows what it has seen.
        message_id = "psh_" + sha256(f"{parcel.name}\x00{content}".encode()).hexdigest()[:24]
        now = self._clock()
        signed = [signer.sign(message_id, now, content) for signer in self._signers]
        headers = {
            "user-agent": f"Copydesk/{__version__}",
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signed),
        }
        call = Call("POST", self._target.url, headers, content.encode())
        reply = exchange(self._target, call, self._context, self._resolver)
        said = f"{urlsplit(self._target.url).netloc} answered {reply.status}"
        if not HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
            in_vain = reply.status < HTTPStatus.INTERNAL_SERVER_ERROR and reply.status not in AGAIN
            raise Undelivered(said, for_good=in_vain, wait_s=reply.asked_wait_s)
        return Done(parcel.name, said)

    @cached_property
    def _context(self) -> SSLContext:
        return context_of(self._target.ca_file)
