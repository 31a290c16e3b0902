"""A real PostgreSQL for the tests: started by them, on a socket of its own, gone with them."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

INSTALL = "PostgreSQL is not installed, and these tests start one: apt-get install postgresql"
SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
START_S = 30.0
ICU_SINCE = 15


class Postgres:
    """A running server. Each `database()` is a new one, optionally a copy of another."""

    def __init__(self, folder: Path, user: str) -> None:
        self._folder = folder
        self._user = user
        self._databases = 0

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{self._user}@/{database}?host={self._folder}"

    def database(self, template: str = "template1") -> str:
        """Create a database and return its name."""
        self._databases += 1
        name = f"test_{self._databases}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        where = f"host={self._folder} user={self._user} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server as a user that may (it refuses root), and stop it at the end."""
    initdb, server = found("initdb"), found("postgres")
    folder = Path(tempfile.mkdtemp(prefix="copydesk-pg-", dir="/tmp"))
    user = _unprivileged()
    try:
        os.chown(folder, user.pw_uid, user.pw_gid)
        _initialise(initdb, folder / "data", user)
        with _server(server, folder, user):
            yield Postgres(folder, user.pw_name)
    finally:
        shutil.rmtree(folder)


def found(program: str) -> str:
    """Return the path of one of PostgreSQL's programs, or fail with what to install."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    places = [*(str(path) for path in reversed(versions)), os.environ.get("PATH", "")]
    path = shutil.which(program, path=os.pathsep.join(places))
    if path is None:
        pytest.fail(INSTALL, pytrace=False)
    return path


def _unprivileged() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    names = {entry.pw_name for entry in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def _identity(user: pwd.struct_passwd) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _initialise(initdb: str, data: Path, user: pwd.struct_passwd) -> None:
    command = [initdb, "-D", str(data), "--auth=trust", "--encoding=UTF8", "--no-sync"]
    command += [f"--username={user.pw_name}", "--locale=C", *_english(initdb)]
    made = subprocess.run(
        command, cwd=data.parent, capture_output=True, text=True, check=False, **_identity(user)
    )
    assert made.returncode == 0, made.stderr


def _english(initdb: str) -> list[str]:
    """Sort as most installations do, not byte by byte, so that a query that relies on it fails."""
    said = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True).stdout
    version = int(said.split(")")[1].split(".")[0])
    return ["--locale-provider=icu", "--icu-locale=en-US"] if version >= ICU_SINCE else []


@contextmanager
def _server(server: str, folder: Path, user: pwd.struct_passwd) -> Iterator[None]:
    settings = [part for setting in SPEED for part in ("-c", setting)]
    command = [server, "-D", str(folder / "data"), "-k", str(folder), "-c", "listen_addresses="]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [*command, *settings], cwd=folder, stdout=log, stderr=log, **_identity(user)
        ) as process,
    ):
        try:
            _wait_until_ready(process, folder, user)
            yield
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=START_S)


def _wait_until_ready(
    process: subprocess.Popen[bytes], folder: Path, user: pwd.struct_passwd
) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            psycopg.connect(host=str(folder), user=user.pw_name, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    log = (folder / "log").read_text(encoding="utf-8", errors="replace")
    pytest.fail(f"PostgreSQL did not start: {log}", pytrace=False)
