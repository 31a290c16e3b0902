"""What goes to standard output and to standard error."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def for_people(*, as_json: bool) -> bool:
    """Return whether to print for people: on a terminal, unless JSON was asked for."""
    return not as_json and sys.stdout.isatty()


def console(width: int | None = None) -> Console:
    """Return a console on standard output, as wide as the terminal or `width`, what is less."""
    from rich.console import Console

    # Copy may hold [brackets] and :colons:, which are text and nothing else.
    screen = Console(highlight=False, markup=False, emoji=False)
    screen.width = min(screen.width, width or screen.width)
    return screen


def print_json(noun: BaseModel) -> None:
    """Print one noun as one line of JSON, as on the wire."""
    click.echo(noun.model_dump_json(by_alias=True))


def print_data(data: object) -> None:
    """Print plain data as JSON, indented."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))


def note(message: str) -> None:
    """Print one line on standard error."""
    click.echo(message, err=True)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal's standard error that something is going on; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


JOINERS = "\u200c\u200d"
"""They shape scripts and emoji, so they are left as they are."""


def shown(text: str) -> str:
    """Return `text` with what a terminal would obey, or hide, written out as its escape."""
    return "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    if char in f"\n\t{JOINERS}" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}:
        return char
    return char.encode("unicode_escape").decode("ascii")
