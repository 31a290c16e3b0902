"""Deliveries that campaign tools post by themselves: proven theirs, kept, and read later."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from copydesk.desk.parts import Clock
from copydesk.desk.tool_keys import ToolKeys
from copydesk.errors import BrokenDelivery, InputError, NotFound
from copydesk.feedback.inbox import RawDelivery
from copydesk.feedback.reading import events_in
from copydesk.feedback.redaction import Redactor
from copydesk.feedback.tools import Tool, tools
from copydesk.feedback.webhooks import Delivery, must_be_theirs, posting
from copydesk.storage import Store

EVENT_CHARS = 500
"""Of a usual event."""


class Receipt(NamedTuple):
    """What became of a delivery."""

    delivery: str
    """Its id; the same delivery again has the same."""
    repeated: bool
    """It was known already, and changed nothing."""
    handshake: bool = False
    """It held no events: the tool asked whether it is wanted."""


class Receiving:
    """Keeps what a tool delivers, once, if it is the tool's. Who it is about is not kept."""

    def __init__(
        self,
        store: Store,
        keys: ToolKeys,
        key: Callable[[str], str],
        secret: bytes,
        clock: Clock,
    ) -> None:
        """`key` returns the keyed hash of a recipient."""
        self._store = store
        self._keys = keys
        self._redactor = Redactor(key)
        self._id_key = hmac.new(secret, b"deliveries", hashlib.sha256).digest()
        self._clock = clock

    def receive(self, tool_name: str, body: bytes, headers: Mapping[str, str]) -> Receipt:
        """Keep one delivery durably, to be read later; `headers` by lower-case name.

        Raises:
            NotFound: the tool is not known, or has no key here.
            BadSignature: the delivery is not the tool's, or is stale.
            BrokenDelivery: it did not come whole, and nothing signed it.
        """
        tool = tools().get(tool_name)
        if tool is None or tool.proof is None:
            known = ", ".join(posting())
            raise NotFound(f"There is no webhook for this tool: known ones are {known}.")
        delivery = Delivery(body, headers, self._clock())
        if self._keys.shook_hands(tool, delivery):
            return Receipt(self._id(tool, body), repeated=False, handshake=True)
        fitting = must_be_theirs(tool, delivery, self._keys.of(tool))
        raw = self._raw(tool, delivery)._replace(brands=fitting.brands)
        with self._store.transaction() as tx:
            is_new = tx.inbox.add(raw)
        return Receipt(raw.id, repeated=not is_new)

    def _raw(self, tool: Tool, delivery: Delivery) -> RawDelivery:
        """Return the delivery as it is kept; what is signed is kept even if it cannot be read."""
        name = self._id(tool, delivery.body)
        try:
            events = events_in(tool, json.loads(delivery.body))
            kept = [self._redactor.event(tool, event) for event in events]
        except (InputError, ValueError, RecursionError) as error:
            if tool.proof is not None and tool.proof.scheme == "shared":
                remedy = f"Send a whole body in the shape of {tool.title}."
                raise BrokenDelivery(remedy) from error
            text = self._redactor.text(delivery.body.decode(errors="replace"))
            # Long ones are read a few at a time, as if they held events.
            weight = 1 + len(text) // EVENT_CHARS
            return RawDelivery(name, tool.tool, delivery.at, text, weight)
        return RawDelivery(name, tool.tool, delivery.at, json.dumps(kept), max(1, len(kept)))

    def _id(self, tool: Tool, body: bytes) -> str:
        told = hmac.new(self._id_key, tool.tool.encode() + b"\x00" + body, hashlib.sha256)
        return f"rcv_{told.hexdigest()[:40]}"
