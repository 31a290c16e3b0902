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
    import os, signal, socket, sys, time
    given = dict(word.lstrip("-").split("=") for word in sys.argv[1:])
    told = []
    signal.signal(signal.SIGTERM, lambda *_: told.append(True))
    listening = socket.socket(fileno=int(given["fd"]))
    listening.settimeout(0.05)
    hold = sys.argv[0] + ".hold"
    while os.path.exists(hold) and not told:
        time.sleep(0.02)
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
    """Start a supervisor of two tiny workers, without a terminal; give its process id and port."""
    (tmp_path / "worker.py").write_text(textwrap.dedent(WORKER))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = [sys.executable, "-c", textwrap.dedent(SUPERVISOR)]
        command += [str(listening.fileno()), str(tmp_path / "worker.py")]
        port: int = listening.getsockname()[1]
        with subprocess.Popen(
            command,
            pass_fds=[listening.fileno()],
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            yield process.pid, port
            process.terminate()
            assert process.wait(10) == 0


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
    """After SIGUSR2 both workers are other processes under their old names; every call between was
    answered."""
    pid, port = supervised
    first = gather(port, lambda found: len(found) == 2)

    os.kill(pid, signal.SIGUSR2)
    later = gather(port, lambda found: len(found - first) == 2)

    assert {name for name, _ in first} == {"w-0", "w-1"}
    assert {name for name, _ in later - first} == {"w-0", "w-1"}


def test_without_a_terminal_a_hang_up_starts_workers_anew(supervised: tuple[int, int]) -> None:
    """As other servers have it, whose operators send SIGHUP."""
    pid, port = supervised
    first = gather(port, lambda found: len(found) == 2)

    os.kill(pid, signal.SIGHUP)

    assert len(gather(port, lambda found: len(found - first) == 2) - first) == 2


def test_no_worker_is_stopped_before_the_last_is_ready(
    supervised: tuple[int, int], tmp_path: Path
) -> None:
    """While the first does not take requests the other stays, even if that takes for ever; and to
    stop the whole then takes no longer than otherwise."""
    pid, port = supervised
    first = gather(port, lambda found: len(found) == 2)
    (tmp_path / "worker.py.hold").touch()

    os.kill(pid, signal.SIGUSR2)
    alone = until_alone(first)

    assert all(met(port) == alone for _ in range(50))


def test_a_worker_that_is_killed_is_started_again_before_the_next_is_stopped(
    supervised: tuple[int, int],
) -> None:
    """Killed in the middle of a rolling restart: there is always one that answers."""
    pid, port = supervised
    first = gather(port, lambda found: len(found) == 2)
    os.kill(pid, signal.SIGUSR2)
    os.kill(int(next(iter(first))[1]), signal.SIGKILL)

    later = gather(port, lambda found: len({name for name, _ in found - first}) == 2)

    assert {name for name, _ in later} == {"w-0", "w-1"}


def until_alone(first: set[tuple[str, str]]) -> tuple[str, str]:
    """Wait until the process of one of the first is gone; return the other."""
    deadline = time.monotonic() + 20
    while len(left := {worker for worker in first if is_there(int(worker[1]))}) > 1:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)
    return left.pop()


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


HANGS_UP = """
    import os, pty, socket, sys
    child, terminal = pty.fork()
    if not child:
        os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
    socket.create_connection(("127.0.0.1", int(sys.argv[1]))).recv(100)
    os.close(terminal)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_terminal_that_closes_ends_the_server(tmp_path: Path) -> None:
    """A supervisor in the foreground stops in good order, and its workers with it."""
    (tmp_path / "worker.py").write_text(textwrap.dedent(WORKER))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        os.set_inheritable(listening.fileno(), True)
        server = ["-c", textwrap.dedent(SUPERVISOR), str(listening.fileno())]
        server.append(str(tmp_path / "worker.py"))
        port = str(listening.getsockname()[1])
        command = [sys.executable, "-c", textwrap.dedent(HANGS_UP), port, *server]
        ended = subprocess.run(command, pass_fds=[listening.fileno()], timeout=20, check=False)

    assert ended.returncode == 0
