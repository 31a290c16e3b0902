"""A click group whose commands are imported when they are run, and not before."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import NamedTuple

import click


class Lazy(NamedTuple):
    """Where a command is, as `module:name`, and its line in the list of commands."""

    place: str
    summary: str


class LazyGroup(click.Group):
    """Knows its commands by name and summary; imports the one that is asked for."""

    lazy: Mapping[str, Lazy] = {}

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names, in the order of the table: the order in which one meets them."""
        return list(self.lazy)

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, or None when there is none by this name."""
        if cmd_name not in self.lazy:
            return None
        module, name = self.lazy[cmd_name].place.split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.summary) for name, lazy in self.lazy.items()])
