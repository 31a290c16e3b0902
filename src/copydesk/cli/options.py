"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from copydesk.publishing.dialects import DIALECTS

Command = TypeVar("Command", bound=Callable[..., Any])

dialect_option = click.option(
    "--dialect",
    type=click.Choice(sorted(DIALECTS)),
    default="neutral",
    show_default=True,
    help="Tool whose merge tags to write.",
)


def limit_option(most: int) -> Callable[[Command], Command]:
    """Return the option `--limit`, of 50 where it is not given and `most` at the most."""
    return click.option(
        "--limit",
        type=click.IntRange(1, most),
        default=50,
        show_default=True,
        help="List at most so many.",
    )
