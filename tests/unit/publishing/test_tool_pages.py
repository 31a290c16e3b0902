"""The pages on campaign tools show what the dialects write, and nothing that they would not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from copydesk.errors import InputError
from copydesk.publishing import DIALECTS, dialect_named, emit, parse
from copydesk.variants import Text

PAGES = Path(__file__).parents[3] / "docs" / "howto" / "tools"
PLAIN = {"neutral", "liquid", "handlebars", "jinja"}
TOOLS = [name for name in DIALECTS if name not in PLAIN]
HEADINGS = (
    *("What to paste", "Merge tags", "Authentication", "Caching and limits", "Outcomes"),
    *("Not checked", "Read in"),
)
FENCED = re.compile(r"^```(\w+)\n(.*?)\n```$", re.DOTALL | re.MULTILINE)


class Shown(NamedTuple):
    """Copy of ours, and what a page says of it in the tool."""

    ours: str
    theirs: str


def page(tool: str) -> str:
    return (PAGES / f"{tool}.md").read_text(encoding="utf-8")


def shown(tool: str) -> Iterator[Shown]:
    """Yield each piece of neutral copy on the page with the tool's that stands after it."""
    blocks = [(found[1], found[2]) for found in FENCED.finditer(page(tool))]
    for (kind, ours), (after, theirs) in pairwise(blocks):
        if kind == "neutral":
            assert after == tool
            yield Shown(ours, theirs)


def test_every_tool_has_its_page_and_stands_in_the_list() -> None:
    """A dialect that is added needs a page, and the list a line that leads there."""
    assert {file.stem for file in PAGES.glob("*.md")} == {*TOOLS, "README"}
    listed = (PAGES / "README.md").read_text(encoding="utf-8")
    for tool in TOOLS:
        assert f"| [{dialect_named(tool).tool}]({tool}.md) | `{tool}` |" in listed


@pytest.mark.parametrize("tool", TOOLS)
def test_a_page_answers_what_is_asked_of_each_tool(tool: str) -> None:
    """All pages have the same headings in the same order, what could not be checked among them."""
    assert re.findall(r"^## (.+)$", page(tool), re.MULTILINE) == list(HEADINGS)
    assert page(tool).startswith(f"# {dialect_named(tool).tool}\n")


@pytest.mark.parametrize("tool", TOOLS)
def test_a_page_shows_what_is_written(tool: str) -> None:
    """Each piece of copy in the tool's syntax is what is emitted of the neutral one above it."""
    pieces = list(shown(tool))
    assert pieces
    for piece in pieces:
        assert piece.theirs == emit(Text(piece.ours), tool)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_page_has_no_merge_tag_with_a_fallback_that_is_not_written_so(tool: str) -> None:
    """Elsewhere on the page, too, a tag with a fallback is one that Copydesk writes."""
    for code in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", page(tool)):
        try:
            text = parse(code, tool)
        except InputError:
            continue
        if text.tags and all(tag.fallback is not None for tag in text.tags):
            assert emit(text, tool) == code


@pytest.mark.parametrize("tool", TOOLS)
def test_a_page_names_its_dialect_in_every_call(tool: str) -> None:
    """An address that is pasted asks for this tool's dialect, or for none on purpose."""
    for dialect in re.findall(r"dialect[= ](\w+)", page(tool)):
        assert dialect in {tool, "neutral"}
