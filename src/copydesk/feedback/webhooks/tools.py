"""The tools whose webhooks are understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from copydesk.errors import SettingsError
from copydesk.feedback.webhooks.delivery import Webhook
from copydesk.feedback.webhooks.sendgrid import SendGrid

TOOLS: Mapping[str, Callable[[str], Webhook]] = {"sendgrid": SendGrid}
"""Each tool with what makes its reader from the tool's key."""


def webhooks(keys: Mapping[str, str]) -> dict[str, Webhook]:
    """Return a reader for each tool that has a key.

    Raises:
        SettingsError: a tool is not known, or its key is not one.
    """
    unknown = sorted(set(keys) - set(TOOLS))
    if unknown:
        known = ", ".join(sorted(TOOLS))
        raise SettingsError(f"webhook_keys: {', '.join(unknown)}: known tools are {known}")
    return {tool: TOOLS[tool](key) for tool, key in keys.items()}
