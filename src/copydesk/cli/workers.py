"""Several server processes on one socket, each under a name of its own that it keeps for life.

Durable jobs belong to a worker by name: a process that died is started again under its name, so
that its unfinished work is picked up, and no two processes ever share one.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Collection, Sequence
from contextlib import suppress
from types import FrameType
from typing import NamedTuple

from copydesk.cli.output import note

RESTART_AFTER_S = 1.0
"""Pause between looks at the processes: a worker that dies at once is not restarted in a rush."""
STOP_WITHIN_S = 30.0
"""Time for requests under way to end."""
READY_WITHIN_S = 60.0
"""Time for a worker to start; after it the next is restarted all the same."""


class Handed(NamedTuple):
    """What every worker is given: file descriptors."""

    listening: int
    parent: int
    """End of a pipe that closes when the supervisor is gone, however it went."""


def supervise(command: Sequence[str], listening: socket.socket, workers: int, base: str) -> int:
    """Run `workers` processes of `command` until told to stop. Returns an exit status.

    Each gets the listening socket, which stays open here: whoever connects while a worker starts
    waits for another, and is refused by none. SIGHUP starts every worker anew, one after the other.
    """
    stopping, renewing = threading.Event(), threading.Event()
    _on(stopping, signal.SIGINT, signal.SIGTERM)
    _on(renewing, signal.SIGHUP)
    names = [f"{base}-{number}" for number in range(workers)]
    closes_with_us, _ours = os.pipe()
    handed = Handed(listening.fileno(), closes_with_us)
    running = {name: _run(command, handed, name) for name in names}
    while not stopping.wait(RESTART_AFTER_S):
        for name, process in running.items():
            if process.poll() is not None:
                note(f"{name} ended with status {process.returncode}; it is started again.")
                running[name] = _run(command, handed, name)
        if renewing.is_set():
            renewing.clear()
            for name in names:
                if not stopping.is_set():
                    _stop([running[name]])
                    running[name] = _start_anew(command, handed, name)
    return _stop(running.values())


def tell_ready(ready: int) -> None:
    """Tell the supervisor that this worker takes requests."""
    with suppress(BrokenPipeError):  # it waited long enough
        os.write(ready, b".")
    os.close(ready)


def _on(event: threading.Event, *signals: signal.Signals) -> None:
    def happen(_signal: int, _frame: FrameType | None) -> None:
        event.set()

    for wanted in signals:
        signal.signal(wanted, happen)


def stop_with(parent: int) -> None:
    """Stop this process, as an operator would, when the pipe `parent` closes."""

    def wait() -> None:
        os.read(parent, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _start_anew(command: Sequence[str], handed: Handed, name: str) -> subprocess.Popen[bytes]:
    """Start a worker, and wait until it takes requests."""
    told, ready = os.pipe()
    try:
        process = _run([*command, f"--ready={ready}"], handed, name, ready)
        os.close(ready)
        if not select.select([told], [], [], READY_WITHIN_S)[0]:
            note(f"{name} takes longer than {READY_WITHIN_S:.0f} s to start.")
    finally:
        os.close(told)
    return process


def _run(command: Sequence[str], handed: Handed, name: str, *more: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own command
        [*command, f"--fd={handed.listening}", f"--parent={handed.parent}"],
        env={**os.environ, "COPYDESK_WORKER": name},
        pass_fds=(*handed, *more),
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
