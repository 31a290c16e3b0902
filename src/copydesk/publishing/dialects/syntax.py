"""What is known of each tool's syntax: `syntax.yaml`, as nouns."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, Field

from copydesk.briefs import Noun
from copydesk.errors import InputError, Problem

NEUTRAL = "neutral"


class Form(Noun):
    """How a tool writes one merge tag; see `syntax.yaml` on templates."""

    inline: str | None = None
    """With NAME and FALLBACK."""
    conditional: str | None = None
    """With NAME and WORDS, the fallback as literal text: for those that `inline` cannot hold."""
    also: tuple[str, ...] = ()
    """Other ways in which people write it: read, and never written."""
    bare: tuple[str, ...] = ()
    """Ways to write it without a fallback: read, for the finding, and never written."""


class Strings(Noun):
    """How a tool writes a text inside a tag."""

    quotes: tuple[str, ...] = ()
    """First choice first; none for bare text."""
    also: tuple[str, ...] = ()
    """Quotes that are read, and never written."""
    escape: Literal["backslash", "double"] | None = None
    """What takes the meaning from a quote; None where nothing does."""
    refused: re.Pattern[str] | None = None
    """What it must not hold: it would end the tag or change its meaning."""


Place = Literal["anywhere", "before_tag", "after_tag", "at_end"]


class Spot(Noun):
    """Literal text that needs care, and where: beside a tag, at the end of all, or anywhere."""

    find: str
    where: Place = "anywhere"


class Escape(Spot):
    """What is written in place of literal text, so that it prints as text."""

    write: str
    """With IT for the text found, or fixed."""
    prints: str | None = None
    """What a fixed one prints."""


class Names(Noun):
    """How a tool names fields, where it has no name of its own for one."""

    style: Literal["snake", "camel", "pascal", "title", "upper"] = "snake"
    dots: bool = True
    """Whether a name may be a path into a record, as `order.total`."""
    reserved: tuple[str, ...] = ()
    """Names, or parts of a path, that mean something else to the tool."""
    pattern: str = r"[^\W\d]\w*(?:\.\w+)*"
    """What is read as a name."""


class Dialect(Noun):
    """The syntax of one campaign tool."""

    tool: str
    """Its name, for people."""
    fields: dict[str, str] = {}
    """Our name of a field: the tool's name; these are written in the form `own`."""
    own: Form = Form()
    other: Form | None = None
    """Form of every other field; None for the same form."""
    names: Names = Names()
    strings: Strings = Strings()
    output: tuple[str, str] = ("{{", "}}")
    """What stands for OPEN and CLOSE in a template."""
    raw_output: tuple[str, str] | None = None
    """The same where the value is not escaped for HTML, as a subject needs it."""
    code: str | None = None
    """Where the tool's code begins: what is there and cannot be read is an error."""
    any_case: bool = False
    """Whether upper and lower case are the same in its code."""
    escapes: tuple[Escape, ...] = ()
    refused: tuple[Spot, ...] = ()
    """Literal text that it would run and that cannot be escaped."""

    def form_of(self, name: str) -> Form:
        """Return the form in which the field of this name, one of ours, is written."""
        return self.own if name in self.fields or self.other is None else self.other


def dialect_named(name: str) -> Dialect:
    """Return the dialect of this name. Raises InputError, listing those that are known."""
    if name not in dialects():
        known = ", ".join(dialects())
        raise InputError([Problem("dialect", repr(name), f"give one of: {known}")])
    return dialects()[name]


@cache
def dialects() -> dict[str, Dialect]:
    """Return every known dialect by name, in alphabetical order."""
    source = resources.files("copydesk.publishing.dialects").joinpath("syntax.yaml")
    # CSafeLoader is the safe loader, in C where libyaml is there.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    listed = yaml.load(source.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - safe
    shapes = {name: entry for name, entry in listed.items() if not name.startswith("_")}
    return {name: Dialect.model_validate(shapes[name]) for name in sorted(shapes)}


DIALECTS: tuple[str, ...] = tuple(dialects())
"""Names of the known dialects."""


def _known(name: str) -> str:
    if name not in dialects():
        raise ValueError(f"give one of: {', '.join(DIALECTS)}")
    return name


DialectName = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": [*DIALECTS]})]
"""Name of a dialect, in what is sent to us."""
