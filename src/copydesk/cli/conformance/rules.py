"""What each campaign tool asks of a server that it pulls from, as read from `tools.yaml`."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

from copydesk.briefs import Noun


class ToolRules(Noun):
    """What one tool asks for; each field is explained in `tools.yaml`."""

    name: str
    tool: str
    dialect: str
    timeout_s: float
    bytes_max: int
    max_age_s: int
    redirects: bool | None
    per_recipient: bool
    at_once: int
    repeats: int
    source: str
    checked: Literal["vendor", "remembered"]
    note: str


@cache
def pull_tools() -> dict[str, ToolRules]:
    """Return the rules of every tool that pulls, by name."""
    source = resources.files("copydesk.cli.conformance").joinpath("tools.yaml")
    listed: dict[str, dict[str, Any]] = yaml.safe_load(source.read_text(encoding="utf-8"))
    house = listed.pop("house")
    return {name: _rules(name, said, house) for name, said in listed.items()}


def _rules(name: str, said: dict[str, Any], house: dict[str, Any]) -> ToolRules:
    # Where the vendor is silent, or more patient than we promise to be, our own promise holds.
    bytes_max = min(said["bytes_max"] or house["bytes_max"], house["bytes_max"])
    timeout_s = min(said["timeout_s"] or house["timeout_s"], house["timeout_s"])
    strict = {"bytes_max": bytes_max, "timeout_s": timeout_s, "max_age_s": house["max_age_s"]}
    return ToolRules.model_validate({"name": name, "dialect": name, **said, **strict})
