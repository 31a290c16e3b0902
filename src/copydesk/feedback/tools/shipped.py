"""The tools that are shipped, each in a file of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from copydesk import documents
from copydesk.errors import InputError
from copydesk.feedback.tools.shape import Tool


@cache
def tools() -> Mapping[str, Tool]:
    """Return every tool, by its name."""
    folder = resources.files("copydesk.feedback.tools")
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=str)
    read = [documents.parse(one.read_text(encoding="utf-8"), Tool, one.name) for one in files]
    return MappingProxyType({tool.tool: tool for tool in read})


def tool_named(name: str) -> Tool:
    """Return the tool. Raises InputError, with the names of those there are."""
    tool = tools().get(name)
    if tool is None:
        known = ", ".join(sorted(tools()))
        raise InputError(f"There is no tool {name}: known ones are {known}.")
    return tool
