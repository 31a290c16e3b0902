"""Help: fast, complete, and with examples."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from copydesk.cli import main
from copydesk.cli.main import COMMANDS

HEAVY = ("pydantic", "sqlalchemy", "fastapi", "openai", "rich", "yaml", "torch")


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command below a group with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name), command


ALL = dict(commands(main))


def test_help_imports_nothing_heavy() -> None:
    """`copydesk --help` imports neither pydantic nor anything else that takes time."""
    code = (
        "import sys; from copydesk.cli import main; main(['--help'], standalone_mode=False); "
        f"print(sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines()[-1] == "[]"


def test_help_lists_every_command_with_its_summary() -> None:
    """The list of commands comes from the table, in its order."""
    said = CliRunner().invoke(main, ["--help"]).stdout

    places = [said.index(f"  {name} ") for name in COMMANDS]
    assert places == sorted(places)
    assert all(lazy.summary in said for lazy in COMMANDS.values())


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_has_help_and_an_example(path: tuple[str, ...]) -> None:
    """The help of every command explains it and ends with an example that begins with its name."""
    ran = CliRunner().invoke(main, [*path, "--help"])

    assert ran.exit_code == 0
    assert ALL[path].help
    assert f"copydesk {' '.join(path)}" in ran.stdout.partition("Example:")[2]


def test_unknown_command_is_refused() -> None:
    """A command that does not exist is an error of usage."""
    ran = CliRunner().invoke(main, ["publish"])

    assert ran.exit_code == 2
    assert "No such command 'publish'" in ran.stderr


def test_module_is_the_command() -> None:
    """`python -m copydesk` is `copydesk`."""
    command = [sys.executable, "-m", "copydesk", "--version"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)

    assert ran.stdout.startswith("copydesk ")


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_option_is_explained(path: tuple[str, ...]) -> None:
    """Every option that is not hidden says what it does."""
    options = [param for param in ALL[path].params if isinstance(param, click.Option)]

    assert [option.name for option in options if not option.hidden and not option.help] == []
