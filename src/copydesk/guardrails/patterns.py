"""Regular expressions from packs: only those are taken that no text can make slow."""

from __future__ import annotations

import re
from re import _parser  # type: ignore[attr-defined]  # the only way to read an expression's tree
from typing import Any

MANY = 200
"""A repetition of more than this counts as unbounded."""
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}


def bounded(expression: str) -> re.Pattern[str]:
    """Compile an expression from a pack.

    Raises:
        ValueError: it is not valid, or a repetition inside a repetition could make it slow.
    """
    try:
        compiled = re.compile(expression, re.IGNORECASE)
        tree = _parser.parse(expression, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"this is not a valid regular expression: {error}") from error
    if _nests(tree, inside=False):
        raise ValueError(
            "a repetition inside a repetition can take for ever: bound the inner or the outer"
            f" one to at most {MANY}, as {{0,40}}"
        )
    return compiled


def _nests(tree: Any, *, inside: bool) -> bool:  # noqa: ANN401 - sre trees have no public type
    """Return whether an unbounded repetition stands inside another repetition."""
    for operation, argument in tree:
        name = str(operation)
        if name in _REPEATS:
            _, most, body = argument
            if inside and most > MANY:
                return True
            if _nests(body, inside=inside or most > 1):
                return True
        elif _nests_within(argument, inside=inside):
            return True
    return False


def _nests_within(argument: Any, *, inside: bool) -> bool:  # noqa: ANN401 - as above
    if isinstance(argument, _parser.SubPattern):
        return _nests(argument, inside=inside)
    if isinstance(argument, list | tuple):
        return any(_nests_within(part, inside=inside) for part in argument)
    return False
