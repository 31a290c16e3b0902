"""The keys by which the tools that post are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copydesk.errors import SettingsError
from copydesk.feedback.tools import tools
from copydesk.feedback.webhooks.proofs import Key, key_of


def posting() -> tuple[str, ...]:
    """Return the names of the tools whose webhooks are understood, in order."""
    return tuple(sorted(name for name, tool in tools().items() if tool.proof is not None))


def keys_of(secrets: Mapping[str, Sequence[str]]) -> dict[str, tuple[Key, ...]]:
    """Return for each tool what verifies its deliveries, from its secrets.

    Raises:
        SettingsError: a tool is not known, or a secret cannot be its.
    """
    unknown = sorted(set(secrets) - set(posting()))
    if unknown:
        known = ", ".join(posting())
        raise SettingsError(f"webhook_keys: {', '.join(unknown)}: known tools are {known}")
    return {tool: tuple(key_of(tools()[tool], one) for one in own) for tool, own in secrets.items()}
