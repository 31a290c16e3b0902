"""Writing copy for a campaign tool: merge tags in its own syntax, all else as literal text.

What each tool writes is data, `dialects.yaml`. Two things are never done: a tag without a
fallback is not written, and literal text that the tool would run as code is escaped or refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Literal

import yaml

from copydesk.briefs import Noun
from copydesk.errors import Conflict, InputError, Problem
from copydesk.variants import MergeTag, Node, Text


class Dialect(Noun):
    """The syntax of one campaign tool; each field is explained in `dialects.yaml`."""

    tool: str
    tag: str
    other_tag: str | None = None
    fields: dict[str, str] = {}
    names: Literal["snake", "camel", "title"] = "snake"
    quotes: tuple[str, ...]
    escapes_quote: bool = False
    refused: re.Pattern[str] | None = None
    open: str | None = None
    code: re.Pattern[str] | None = None
    before_tag: re.Pattern[str] | None = None
    after_tag: re.Pattern[str] | None = None

    def write(self, nodes: Sequence[Node]) -> str:
        """Return the nodes as the tool writes them. Raises Conflict when that cannot be done."""
        around = zip((None, *nodes), nodes, (*nodes[1:], None), strict=False)
        return "".join(
            self._merge_tag(node)
            if isinstance(node, MergeTag)
            else self._words(
                node.text,
                after_tag=isinstance(before, MergeTag),
                before_tag=isinstance(after, MergeTag),
            )
            for before, node, after in around
        )

    def _words(self, text: str, *, after_tag: bool, before_tag: bool) -> str:
        if self.open is not None:
            return text.replace("{", self.open)
        beside = (self.after_tag if after_tag else None, self.before_tag if before_tag else None)
        for pattern in filter(None, (self.code, *beside)):
            if found := pattern.search(text):
                raise Conflict(
                    f"{self.tool} would read `{found[0]}` in this copy as code, and it cannot be "
                    "escaped there: take it out of the copy, or pull another dialect."
                )
        return text

    def _merge_tag(self, tag: MergeTag) -> str:
        template, name = self.tag, self.fields.get(tag.name)
        if name is None:
            template, name = self.other_tag or self.tag, _named(tag.name, self.names)
        parts = {"NAME": name, "FALLBACK": self._fallback(tag)}
        return re.sub("NAME|FALLBACK", lambda found: parts[found[0]], template)

    def _fallback(self, tag: MergeTag) -> str:
        if tag.fallback is None:
            raise Conflict(
                f"The merge tag `{tag.name}` has no fallback and is not served without one: write "
                f'{{{{ {tag.name} | fallback: "there" }}}}.'
            )
        if self.refused is not None and self.refused.search(tag.fallback):
            raise Conflict(self._cannot_say(tag))
        if not self.quotes:
            return tag.fallback
        if self.escapes_quote:
            escaped = re.sub(r'(["\\])', r"\\\1", tag.fallback)
            return f'"{escaped}"'
        fitting = next((quote for quote in self.quotes if quote not in tag.fallback), None)
        if fitting is None:
            raise Conflict(self._cannot_say(tag))
        return f"{fitting}{tag.fallback}{fitting}"

    def _cannot_say(self, tag: MergeTag) -> str:
        return (
            f"{self.tool} cannot write the fallback `{tag.fallback}` of the merge tag "
            f"`{tag.name}`: give it other words, or pull another dialect."
        )


def emit(text: Text, dialect: str) -> str:
    """Return the text as the tool of this dialect writes it.

    Raises:
        InputError: the dialect is not known; the message lists those that are.
        Conflict: a merge tag has no fallback, or the tool has no safe way to write this text.
    """
    return dialect_named(dialect).write(text.nodes)


def dialect_named(name: str) -> Dialect:
    """Return the dialect of this name. Raises InputError, listing those that are known."""
    if name not in dialects():
        known = ", ".join(dialects())
        raise InputError([Problem("dialect", repr(name), f"give one of: {known}")])
    return dialects()[name]


@cache
def dialects() -> dict[str, Dialect]:
    """Return every known dialect by name, in alphabetical order."""
    source = resources.files("copydesk.publishing").joinpath("dialects.yaml")
    listed = yaml.safe_load(source.read_text(encoding="utf-8"))
    return {name: Dialect.model_validate(listed[name]) for name in sorted(listed)}


DIALECTS: tuple[str, ...] = tuple(dialects())
"""Names of the known dialects."""


def _named(name: str, style: str) -> str:
    if style == "camel":
        return re.sub("_+([a-z0-9])", lambda found: found[1].upper(), name)
    if style == "title":
        return " ".join(word.capitalize() for word in re.split("[_.]+", name) if word)
    return name
