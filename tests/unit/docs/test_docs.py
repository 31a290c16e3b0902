"""Documentation that cannot rot: commands exist, links lead somewhere, references are fresh."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from scripts.reference import ROOT, pages
from scripts.rule_rates import kept

from copydesk.cli import main
from copydesk.guardrails.packs import load_packs

PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md")
    for page in ROOT.glob(pattern)
    if "reference" not in page.relative_to(ROOT).parts
)
CALL = re.compile(r"(?<![\w/:.@-])copydesk ((?:--)?[a-z][^\n`)|>]*)")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
SHOWN = [page.relative_to(ROOT).as_posix() for page in PAGES]


class Call(NamedTuple):
    """A command as a page writes it: the words of its name, and its options."""

    words: list[str]
    options: list[str]


def calls(page: Path) -> Iterator[Call]:
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    for found in CALL.finditer(text):
        words = found[1].split()
        options = [word.partition("=")[0] for word in words if word.startswith("-")]
        yield Call([word for word in words if not word.startswith("-")], options)


def command_of(call: Call) -> click.Command:
    command: click.Command = main
    for word in call.words:
        if not isinstance(command, click.Group):
            break
        found = command.get_command(click.Context(command), word)
        assert found is not None, f"no command `copydesk {' '.join(call.words)}`"
        command = found
    return command


def test_pages_are_found() -> None:
    """The pages that the other tests look at hold commands."""
    assert {"README.md", "docs/quickstart.md"} <= set(SHOWN)
    assert sum(1 for page in PAGES for _ in calls(page)) > 30


@pytest.mark.parametrize("page", PAGES, ids=SHOWN)
def test_commands_of_a_page_exist(page: Path) -> None:
    """Every `copydesk ...` that a page writes is a command, with options that it has."""
    for call in calls(page):
        command = command_of(call)
        known = {"-h", "--help", *(name for param in command.params for name in param.opts)}
        assert set(call.options) <= known, call


@pytest.mark.parametrize("page", PAGES, ids=SHOWN)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    """Every relative link of a page leads to a file of the repository."""
    targets = LINK.findall(page.read_text(encoding="utf-8"))

    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_reference_is_fresh() -> None:
    """The reference pages are what `make docs` writes; that the rates hold is tested apart."""
    fresh = pages(load_packs(), kept())
    written = {file: file.read_text("utf-8") if file.exists() else "" for file in fresh}

    assert [file.name for file, text in fresh.items() if written[file] != text] == []


def test_every_setting_is_explained() -> None:
    """The reference says of every setting what it is."""
    rows = (ROOT / "docs/reference/settings.md").read_text("utf-8").splitlines()

    assert [row for row in rows if row.startswith("| `") and row.endswith("|  |")] == []


def test_decisions_are_listed() -> None:
    """Every decision is in the list of decisions."""
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text("utf-8")

    assert [file.name for file in folder.glob("0*.md") if f"({file.name})" not in listed] == []
