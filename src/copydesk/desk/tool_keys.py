"""The secrets by which campaign tools are known: those of the settings, and those kept here."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from copydesk.access import Actor, Role
from copydesk.desk.parts import Clock, record
from copydesk.desk.sealing import Seal
from copydesk.errors import Conflict, NotFound, SettingsError
from copydesk.feedback.inbox import WebhookSecret
from copydesk.feedback.tools import Tool, tool_named
from copydesk.feedback.webhooks import Delivery, Key, key_of
from copydesk.storage import Store
from copydesk.storage.stored import missing

FOREVER = timedelta(days=36_500)
ASKED_BYTES_MAX = 2_000
HANDSHAKE = timedelta(hours=4)
"""For so long a handshake is waited for: Salesforce lets a callback be verified for as long."""


class NewSecret(NamedTuple):
    """A secret at the one moment when it is shown."""

    secret: str
    stored: WebhookSecret


class OwnKey(NamedTuple):
    """A key, and the brands that it speaks for."""

    key: Key
    brands: tuple[str, ...] = ()
    """By name; none named: all."""

    def fits(self, delivery: Delivery) -> bool:
        """Return whether it proves the delivery."""
        return self.key.fits(delivery)


class Handshake(NamedTuple):
    """What a tool said when it asked whether it is wanted."""

    stored: WebhookSecret
    said: Mapping[str, str]
    """Empty until it has asked."""


class ToolKeys:
    """Verifies deliveries; several secrets of a tool are good at once, so that they can rotate."""

    def __init__(
        self, store: Store, given: Mapping[str, Sequence[Key]], secret: bytes, clock: Clock
    ) -> None:
        """`given` are the keys of the settings."""
        self._store = store
        self._given = given
        self._seal = Seal(secret, "webhook secrets", FOREVER)
        self._clock = clock

    def of(self, tool: Tool) -> Sequence[OwnKey]:
        """Return the keys of a tool; those of the settings speak for every brand.

        Raises:
            NotFound: there is none.
            SettingsError: there are only such as do not open under the secret of the settings.
        """
        kept = [one for one in self._standing() if one.tool == tool.tool and not one.handshake]
        opened = [self._opened(tool, one) for one in kept]
        given = [OwnKey(key) for key in self._given.get(tool.tool, ())]
        keys = [*given, *(one for one in opened if one is not None)]
        if kept and not keys:
            raise SettingsError(
                f"The secrets of {tool.tool} were sealed under another COPYDESK_SECRET: "
                "`copydesk webhooks revoke` them, then add them again."
            )
        if not keys:
            raise NotFound(
                f"No key is set for {tool.tool}: `copydesk webhooks add {tool.tool}` adds one, or "
                "set COPYDESK_WEBHOOK_KEYS."
            )
        return keys

    def add(
        self, tool_name: str, given: str | None, actor: Actor, brands: Sequence[str] = ()
    ) -> NewSecret:
        """Keep a secret of a tool: the one that it gave, or a new one to be pasted there.

        What it proves may tell of campaigns of these brands alone; of any, if none is named.

        Raises:
            Forbidden: the actor administers nothing.
            InputError: the tool is not known.
            SettingsError: the secret cannot be this tool's.
        """
        actor.must_be(Role.ADMIN)
        tool, now = tool_named(tool_name), self._clock()
        if given is None and tool.key_from == "tool":
            raise SettingsError(f"{tool.title} makes its own key: paste it, with --key-file.")
        secret = (given or secrets.token_urlsafe(32)).strip()
        key_of(tool, secret)
        kept = self._kept(tool, {"secret": secret}, actor, now, brands=brands)
        return NewSecret(secret, kept)

    def wait_for_handshake(self, tool_name: str, actor: Actor) -> WebhookSecret:
        """Let the tool ask once, within four hours, whether it is wanted.

        Raises Forbidden; InputError for a tool that is not known; Conflict for one that never asks.
        """
        actor.must_be(Role.ADMIN)
        tool, now = tool_named(tool_name), self._clock()
        if not tool.handshake:
            raise Conflict(f"{tool.title} asks nothing before it posts: add its key.")
        return self._kept(tool, {}, actor, now, now + HANDSHAKE)

    def all(self, actor: Actor) -> Sequence[WebhookSecret]:
        """Return every secret that is kept here, sealed. Raises Forbidden."""
        actor.must_be(Role.ADMIN)
        with self._store.transaction() as tx:
            return tx.webhook_secrets.all()

    def handshakes(self, actor: Actor) -> Sequence[Handshake]:
        """Return what tools said that asked whether they are wanted. Raises Forbidden."""
        actor.must_be(Role.ADMIN)
        waiting = [one for one in self._standing() if one.handshake]
        return [Handshake(one, self._seal.open(one.sealed, self._clock()) or {}) for one in waiting]

    def end(self, secret_id: str, actor: Actor) -> None:
        """Let a secret open nothing from now on. Raises Forbidden or NotFound."""
        actor.must_be(Role.ADMIN)
        now = self._clock()
        with self._store.transaction() as tx:
            found = {one.id: one for one in tx.webhook_secrets.all()}.get(secret_id)
            if found is None:
                raise missing("webhook secret", secret_id)
            tx.webhook_secrets.put(found.model_copy(update={"ends_at": now}))
            record(tx, secret_id, "webhook_secret.ended", actor.name, now, tool=found.tool)

    def shook_hands(self, tool: Tool, delivery: Delivery) -> bool:
        """Return whether this is the one unsigned message that is waited for; it is kept then."""
        said = _asked(tool, delivery.body)
        if said is None:
            return False
        waiting = [one for one in self._standing() if one.tool == tool.tool and one.handshake]
        if not waiting:
            return False
        now, latest = self._clock(), waiting[-1]
        known = self._seal.open(latest.sealed, now)
        if known:  # nobody else's question takes its place; the same one may come again
            return known == said
        sealed = self._seal.close(said, now)
        with self._store.transaction() as tx:
            tx.webhook_secrets.put(latest.model_copy(update={"sealed": sealed}))
            record(tx, latest.id, "webhook_secret.asked", tool.tool, now, tool=tool.tool)
        return True

    def _kept(
        self,
        tool: Tool,
        what: Mapping[str, str],
        actor: Actor,
        now: datetime,
        ends_at: datetime | None = None,
        brands: Sequence[str] = (),
    ) -> WebhookSecret:
        stored = WebhookSecret(
            id=f"whs_{secrets.token_hex(6)}",
            tool=tool.tool,
            made_at=now,
            sealed=self._seal.close(dict(what), now),
            ends_at=ends_at,
            brands=tuple(brands),
            handshake=ends_at is not None,
        )
        with self._store.transaction() as tx:
            tx.webhook_secrets.put(stored)
            told = {"tool": tool.tool, "brands": [*stored.brands]}
            record(tx, stored.id, "webhook_secret.added", actor.name, now, **told)
        return stored

    def _standing(self) -> Sequence[WebhookSecret]:
        now = self._clock()
        with self._store.transaction() as tx:
            kept = tx.webhook_secrets.all()
        return [one for one in kept if one.ends_at is None or one.ends_at > now]

    def _opened(self, tool: Tool, stored: WebhookSecret) -> OwnKey | None:
        """Return the key; None for one that was sealed under another secret of ours."""
        opened = self._seal.open(stored.sealed, self._clock())
        return None if opened is None else OwnKey(key_of(tool, opened["secret"]), stored.brands)


def _asked(tool: Tool, body: bytes) -> dict[str, str] | None:
    """Return what the tool asks with, None where this is no such message."""
    if not tool.handshake or len(body) > ASKED_BYTES_MAX:
        return None
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or set(said) != set(tool.handshake):
        return None
    return {name: str(value)[:500] for name, value in said.items()}
