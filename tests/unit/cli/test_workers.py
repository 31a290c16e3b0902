"""Several processes on one socket, started anew while somebody keeps calling."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

WORKER = """
    import os, signal, socket, sys
    given = dict(word.lstrip("-").split("=") for word in sys.argv[1:])
    told = []
    signal.signal(signal.SIGTERM, lambda *_: told.append(True))
    listening = socket.socket(fileno=int(given["fd"]))
    listening.settimeout(0.05)
    if "ready" in given:
        os.write(int(given["ready"]), b".")
    while not told:
        try:
            met, _ = listening.accept()
        except TimeoutError:
            continue
        met.sendall(f"{os.environ['COPYDESK_WORKER']} {os.getpid()}".encode())
        met.close()
"""
SUPERVISOR = """
    import socket, sys
    from copydesk.cli.workers import supervise
    listening = socket.socket(fileno=int(sys.argv[1]))
    sys.exit(supervise([sys.executable, sys.argv[2]], listening, 2, "w"))
"""


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """Start a supervisor of two tiny workers; give its process id and the port."""
    (tmp_path / "worker.py").write_text(textwrap.dedent(WORKER))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = [sys.executable, "-c", textwrap.dedent(SUPERVISOR)]
        command += [str(listening.fileno()), str(tmp_path / "worker.py")]
        port: int = listening.getsockname()[1]
        with subprocess.Popen(
            command, pass_fds=[listening.fileno()], stderr=subprocess.DEVNULL
        ) as process:
            yield process.pid, port
            process.terminate()
            assert process.wait(20) == 0


def met(port: int) -> tuple[str, str]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as calling:
        name, _, pid = calling.recv(100).decode().partition(" ")
    return name, pid


def gather(port: int, enough: Callable[[set[tuple[str, str]]], bool]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    deadline = time.monotonic() + 30
    while not enough(found):
        assert time.monotonic() < deadline, found
        found.add(met(port))
    return found


def test_workers_are_started_anew_without_a_refusal(supervised: tuple[int, int]) -> None:
    """After SIGHUP both workers are other processes under their old names; every call between was
    answered."""
    pid, port = supervised
    first = gather(port, lambda found: len(found) == 2)

    os.kill(pid, signal.SIGHUP)
    later = gather(port, lambda found: len(found - first) == 2)

    assert {name for name, _ in first} == {"w-0", "w-1"}
    assert {name for name, _ in later - first} == {"w-0", "w-1"}
