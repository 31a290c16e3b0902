"""From the operator's file to what talks to tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from copydesk.errors import Problem, SettingsError
from copydesk.notifications.build import must_belong
from copydesk.publishing import DIALECTS
from copydesk.pushing.targets import Targets, WebhookTarget
from copydesk.pushing.tool import Tool
from copydesk.pushing.tools.hubspot import HubSpotTool
from copydesk.pushing.tools.klaviyo import KlaviyoTool
from copydesk.pushing.tools.listmonk import ListmonkTool
from copydesk.pushing.tools.mailchimp import MailchimpTool
from copydesk.pushing.tools.mautic import MauticTool
from copydesk.pushing.tools.sfmc import SfmcTool
from copydesk.pushing.tools.webhook import WebhookTool

TOOLS: Mapping[str, Callable[..., Any]] = {
    "klaviyo": KlaviyoTool,
    "hubspot": HubSpotTool,
    "mailchimp": MailchimpTool,
    "sfmc": SfmcTool,
    "mautic": MauticTool,
    "listmonk": ListmonkTool,
}
"""By the name in the file of targets: each is made of its target and its secret."""


def build_tools(targets: Targets, secrets: Mapping[str, Sequence[str]]) -> dict[str, Tool]:
    """Return what talks to each target, by its name.

    Raises:
        SettingsError: a target lacks its secret, there is a secret for no target, or its dialect
            is not known.
    """
    settings = {"secrets_in": "push_secrets", "named_in": "push_targets"}
    must_belong(secrets, targets.targets, "target", **settings)
    lacking = [
        Problem(f"push_secrets.{name}", "", f"give the key, token or password of {target.tool}")
        for name, target in targets.targets.items()
        if not secrets.get(name)
    ]
    if lacking:
        raise SettingsError(lacking)
    tools: dict[str, Tool] = {}
    for name, target in targets.targets.items():
        own = secrets[name]
        if target.speaks not in DIALECTS:
            remedy = f"give one of: {', '.join(DIALECTS)}"
            raise SettingsError([Problem(f"targets.{name}.dialect", target.speaks, remedy)])
        if isinstance(target, WebhookTarget):
            tools[name] = WebhookTool(name, target, own)
        else:
            tools[name] = TOOLS[target.tool](target, own[0])
    return tools
