"""Several server processes on one socket, each under a name of its own that it keeps for life.

Durable jobs belong to a worker by name: a process that died is started again under its name, so
that its unfinished work is picked up, and no two processes ever share one.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Collection, Sequence
from types import FrameType

from copydesk.cli.output import note

RESTART_AFTER_S = 1.0
"""Pause between looks at the processes: a worker that dies at once is not restarted in a rush."""
STOP_WITHIN_S = 30.0
"""Time for requests under way to end."""


def supervise(command: Sequence[str], listening: socket.socket, workers: int, base: str) -> int:
    """Run `workers` processes of `command` until told to stop. Returns an exit status.

    Each gets `--socket` with the listening socket, and `--parent` with the end of a pipe that
    closes when this process is gone, however it went.
    """
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, stop)
    names = [f"{base}-{number}" for number in range(workers)]
    closes_with_us, _ours = os.pipe()
    handed = (listening.fileno(), closes_with_us)
    running = {name: _start(command, handed, name) for name in names}
    while not stopping.wait(RESTART_AFTER_S):
        for name, process in running.items():
            if process.poll() is not None:
                note(f"{name} ended with status {process.returncode}; it is started again.")
                running[name] = _start(command, handed, name)
    return _stop(running.values())


def stop_with(parent: int) -> None:
    """Stop this process, as an operator would, when the pipe `parent` closes."""

    def wait() -> None:
        os.read(parent, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _start(command: Sequence[str], handed: tuple[int, int], name: str) -> subprocess.Popen[bytes]:
    listening, parent = handed
    return subprocess.Popen(  # noqa: S603 - our own command
        [*command, f"--socket={listening}", f"--parent={parent}"],
        env={**os.environ, "COPYDESK_WORKER": name},
        pass_fds=handed,
    )


def _stop(processes: Collection[subprocess.Popen[bytes]]) -> int:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
    return 0
