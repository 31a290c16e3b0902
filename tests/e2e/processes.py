"""Copydesk as operators run it: commands and real processes, on a folder of their own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner

from copydesk.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"


class Ran(NamedTuple):
    """What a command left."""

    returncode: int
    stdout: str
    stderr: str


class Desk:
    """A folder with a database of its own, and commands that run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "COLUMNS": "100", "PYTHONWARNINGS": "error"}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "copydesk", *arguments]

    def run(self, *arguments: str, stdin: str = "") -> Ran:
        """Run a command in this process, which has loaded the program already."""
        alone = {**dict.fromkeys(os.environ), **self.environment}
        with chdir(self.folder):
            ran = CliRunner(env=alone).invoke(main, arguments, input=stdin)
        if ran.exception is not None and not isinstance(ran.exception, SystemExit):
            raise ran.exception
        return Ran(ran.exit_code, ran.stdout, ran.stderr)

    def start(self, *arguments: str) -> Ran:
        """Run a command as a process of its own, where that is the point."""
        ran = subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self.environment,
            timeout=90,
            check=False,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    def ok(self, *arguments: str, stdin: str = "") -> str:
        ran = self.run(*arguments, stdin=stdin)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.ok(*arguments, "--json"))

    def key(self, user: str, *roles: str) -> str:
        """Add a user without a password, and return a key in these roles."""
        given = [option for role in roles for option in ("--role", role)]
        self.ok("users", "add", user, "--no-password", *given)
        return self.ok("keys", "add", user, *given).strip()


@contextmanager
def killable(desk: Desk, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start a server on a free port, yield its address and process; kill what is left of it."""
    command = desk.command("serve", "--port", "0", *options)
    with subprocess.Popen(
        command, cwd=desk.folder, env=desk.environment, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        try:
            yield _address(server.stderr), server
        finally:
            server.kill()
            server.communicate(timeout=30)


@contextmanager
def served(desk: Desk, *options: str) -> Iterator[str]:
    """Start a server on a free port, yield its address, and stop it as an operator would."""
    with killable(desk, *options) as (address, server):
        yield address
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)
    assert server.returncode in {0, -signal.SIGTERM}


def _address(said: Iterable[str]) -> str:
    heard = []
    for line in said:
        heard.append(line)
        if found := re.search(r"http://[\d.]+:\d+", line):
            return found[0]
    raise AssertionError("the server did not start:\n" + "".join(heard))


READY_WITHIN_S = 90


def ready(address: str) -> dict[str, Any]:
    """Wait until a server is ready: seconds when nothing else runs, many on a busy machine."""
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/readyz") as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} is not ready")


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: Any


def call(
    method: str, url: str, key: str, body: object = None, headers: dict[str, str] | None = None
) -> Answer:
    """Send one request as a program with this key would, and return whatever is answered."""
    sent = None if body is None else json.dumps(body).encode()
    given = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, sent, {**given, **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Answer(answer.status, dict(answer.headers), _read(answer.read()))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers), _read(error.read()))


def _read(body: bytes) -> Any:
    return json.loads(body) if body else None
