"""Outcomes that campaign tools post by themselves: the signature is the credential."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from copydesk.desk.guarding import guard
from copydesk.desk.parts import Clock
from copydesk.errors import NotFound
from copydesk.feedback.webhooks import TOOLS, Delivery, Webhook
from copydesk.storage import Store


class Tally(NamedTuple):
    """What became of a delivery."""

    accepted: int
    new: int
    skipped: int


class Receiving:
    """Keeps what a tool reports, once, if the tool signed it."""

    def __init__(self, store: Store, webhooks: Mapping[str, Webhook], clock: Clock) -> None:
        self._store = store
        self._webhooks = webhooks
        self._clock = clock

    def receive(self, tool: str, body: bytes, headers: Mapping[str, str]) -> Tally:
        """Keep the outcomes of one delivery; `headers` by lower-case name.

        Raises:
            NotFound: the tool is not known, or has no key in the settings.
            BadSignature: the delivery is not the tool's, or is a replay.
            InputError: it is signed, but not in the tool's shape.
        """
        webhook = self._webhooks.get(tool)
        if webhook is None:
            raise NotFound(_unknown(tool))
        received = webhook.read(Delivery(body, headers, self._clock()))
        with self._store.transaction() as tx:
            new = tx.outcomes.add(received.outcomes)
            guard(tx, received.outcomes, self._clock())
        return Tally(len(received.outcomes), new, received.skipped)


def _unknown(tool: str) -> str:
    if tool in TOOLS:
        return f"No key is set for {tool}: set COPYDESK_WEBHOOK_KEYS."
    return f"There is no webhook for this tool: known ones are {', '.join(sorted(TOOLS))}."
