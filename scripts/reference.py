"""Writes the reference pages under docs/reference from the code that they describe.

Run by `make docs`; a test fails when a page is not what this would write.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import jinja2

from copydesk.api.app import create_app
from copydesk.bootstrap import bootstrap
from copydesk.cli import main as copydesk
from copydesk.guardrails.packs import RuleBook, load_packs
from copydesk.settings import Settings
from scripts.rule_pages import rule_pages
from scripts.rule_rates import Known, measured_anew

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
TEMPLATES = Path(__file__).parent / "templates"
WIDTH = 96
"""Columns of the help pages: the same on every terminal."""


class Command(NamedTuple):
    """One command as the page shows it."""

    name: str
    help: str


class Setting(NamedTuple):
    """One setting as the page shows it."""

    variable: str
    name: str
    default: str
    about: str


class Operation(NamedTuple):
    """One operation of the API as the page shows it."""

    method: str
    path: str
    summary: str


def pages(book: RuleBook, rates: Known) -> dict[Path, str]:
    """Return every generated page with the file that it belongs in."""
    facts: dict[str, dict[str, Any]] = {
        "cli.md": {"commands": list(_commands(copydesk, "copydesk"))},
        "settings.md": {"settings": list(_settings())},
        "api.md": {"tags": _operations()},
    }
    environment = jinja2.Environment(  # noqa: S701 - Markdown, written from our own code
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    written = {
        FOLDER / name: environment.get_template(f"{name}.jinja").render(**values)
        for name, values in facts.items()
    }
    return {**written, **rule_pages(FOLDER / "rules", environment, book, rates)}


def main() -> None:
    """Write every page, with the rates of the rules as they are now."""
    book = load_packs()
    for file, text in pages(book, measured_anew(book)).items():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _commands(
    command: click.Command, name: str, above: click.Context | None = None
) -> Iterator[Command]:
    options = {**command.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    context = click.Context(command, parent=above, info_name=name, **options)
    yield Command(context.command_path, command.get_help(context))
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None:
                yield from _commands(found, below, context)


def _settings() -> Iterator[Setting]:
    for name, field in Settings.model_fields.items():
        about = " ".join(inspect.cleandoc(field.description or "").split())
        yield Setting(f"COPYDESK_{name.upper()}", name, _written(field.default), about)


def _written(default: object) -> str:
    if default is None:
        return ""
    if isinstance(default, tuple):
        return ", ".join(map(str, default))
    return str(default)


def _operations() -> dict[str, list[Operation]]:
    desk = bootstrap(Settings(database_url="memory://", model="phrasebook"))
    described = create_app(desk).openapi()
    found: dict[str, list[Operation]] = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            about = str(operation.get("description", operation["summary"]))
            told = Operation(method.upper(), path, about.partition("\n")[0])
            found.setdefault(operation["tags"][0], []).append(told)
    return {tag["name"]: found.get(tag["name"], []) for tag in described["tags"]}


if __name__ == "__main__":
    main()
