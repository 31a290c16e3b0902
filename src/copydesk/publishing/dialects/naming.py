"""Names of fields: ours, as `first_name`, and a tool's own, as `firstName` or `First Name`."""

from __future__ import annotations

import re

from copydesk.errors import Conflict
from copydesk.publishing.dialects.syntax import Dialect, Names

PART = r"[a-z][a-z0-9_]*"
WORDS = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
OURS = re.compile(r"[a-z][a-z0-9_.]{0,63}")


def tool_name(dialect: Dialect, name: str) -> str:
    """Return what the tool calls our field. Raises Conflict where it can have no such field."""
    if name in dialect.fields:
        return dialect.fields[name]
    fitting = WORDS if dialect.names.style == "title" else _path(dialect.names)
    if not fitting.fullmatch(name):
        raise Conflict(
            f"{dialect.tool} can have no field called `{name}`: name the field in small letters, "
            "digits and underscores" + (", with dots between parts." if _dotted(dialect) else ".")
        )
    if taken := set(name.split(".")) & set(dialect.names.reserved):
        raise Conflict(
            f"To {dialect.tool}, `{min(taken)}` in a merge tag is no field: give the field that "
            f"the tag `{name}` means another name."
        )
    theirs = _styled(name, dialect.names.style)
    if (ours := our_name(dialect, theirs)) != name:
        raise Conflict(
            f"{dialect.tool} calls `{ours}` so: write `{ours}` in place of `{name}` in the merge "
            "tag."
        )
    return theirs


def our_name(dialect: Dialect, theirs: str) -> str | None:
    """Return our name of the tool's field, None where there can be none.

    A spelling that we do not have, as capitals in a tool that keeps them apart, is brought to ours.
    """
    for ours, own in dialect.fields.items():
        if own == theirs or (dialect.any_case and own.lower() == theirs.lower()):
            return ours
    if dialect.names.style in {"camel", "pascal"}:
        theirs = re.sub("[A-Z]", lambda found: f"_{found[0]}", theirs[:1].lower() + theirs[1:])
    ours = re.sub(r"[^a-z0-9_.]", "_", theirs.lower())
    return ours if OURS.fullmatch(ours) else None


def _styled(name: str, style: str) -> str:
    if style in {"camel", "pascal"}:
        name = re.sub("_([a-z])", lambda found: found[1].upper(), name)
        return name[0].upper() + name[1:] if style == "pascal" else name
    if style == "title":
        return " ".join(word.capitalize() for word in name.split("_"))
    return name.upper() if style == "upper" else name


def _path(names: Names) -> re.Pattern[str]:
    return re.compile(rf"{PART}(?:\.{PART})*" if names.dots else PART)


def _dotted(dialect: Dialect) -> bool:
    return dialect.names.dots and dialect.names.style != "title"
