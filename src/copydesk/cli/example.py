"""Examples in a command's help."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

C = TypeVar("C", bound=click.Command)

KEEP_LINES = "\b"
"""Tells click to leave the lines of a paragraph as they are."""


def example(*lines: str) -> Callable[[C], C]:
    """Show these lines, as they would be typed, at the end of the command's help."""

    def attach(command: C) -> C:
        command.epilog = "\n".join((KEEP_LINES, "Example:", *(f"  {line}" for line in lines)))
        return command

    return attach
