"""One process for each worker's name: two with one name would run the same work at once."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import quote

from sqlalchemy import URL, NullPool, create_engine, func, select

from copydesk.errors import Problem, SettingsError

PATIENCE_S = 10.0
"""How long a new process waits for an old one of its name that is just stopping."""
PAUSE_S = 0.2


@contextmanager
def claimed(url: URL, worker: str, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold the name `worker` on this database; it is free again when the process dies.

    `url` is that of the jobs' database.

    Raises:
        SettingsError: another process holds it.
    """
    claim = _file_claim if url.get_backend_name() == "sqlite" else _server_claim
    with claim(url, worker, patience_s):
        yield


@contextmanager
def _file_claim(url: URL, worker: str, patience_s: float) -> Iterator[None]:
    """Lock an SQLite file of its own: such a lock goes with its process on every system."""
    file = f"{url.database}.{quote(worker, safe='')}.lock"
    with closing(sqlite3.connect(file, timeout=patience_s, check_same_thread=False)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise _held(worker) from error
        yield


@contextmanager
def _server_claim(url: URL, worker: str, patience_s: float) -> Iterator[None]:
    """Hold an advisory lock for as long as a connection lives."""
    key = int.from_bytes(hashlib.sha256(f"copydesk {worker}".encode()).digest()[:8], signed=True)
    attempt = select(func.pg_try_advisory_lock(key))
    deadline = time.monotonic() + patience_s
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        while not connection.scalar(attempt):
            if time.monotonic() > deadline:
                raise _held(worker)
            time.sleep(PAUSE_S)
        yield


def _held(worker: str) -> SettingsError:
    remedy = "another process works under this name: give each a name of its own, as worker-1"
    return SettingsError([Problem("worker", worker, remedy)])
