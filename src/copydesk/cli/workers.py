"""Several server processes on one socket, each under a name of its own that it keeps for life.

Durable jobs belong to a worker by name: a process that died is started again under its name, so
that its unfinished work is picked up, and no two processes ever share one. So a worker that is
started anew is away for as long as that takes, and no other is stopped until it takes requests.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import NamedTuple

from copydesk.cli.output import note

LOOK_EVERY_S = 0.1
RESTART_AFTER_S = 1.0
"""Least time between two starts of a worker: one that dies at once is not started in a rush."""
STOP_WITHIN_S = 20.0
"""Time for requests under way to end, for all workers together; those who stop us wait longer."""
SLOW_S = 60.0
"""A worker that takes longer to start is told of."""
HANG_UP = signal.SIGHUP
ANEW = signal.SIGUSR2


class Handed(NamedTuple):
    """What every worker is given: file descriptors."""

    fd: int
    """The listening socket."""
    parent: int
    """End of a pipe that closes when the supervisor is gone, however it went."""


class Worker:
    """One process at a time, under one name."""

    def __init__(self, command: Sequence[str], handed: Handed, name: str) -> None:
        self.name = name
        self._command = command
        self._handed = handed
        self._is_slow = False
        self.start()

    def start(self) -> None:
        """Start a process; it says by a pipe that it takes requests."""
        self._told, ready = os.pipe()
        os.set_blocking(self._told, False)
        self.is_ready, self._is_slow = False, False
        self._started_at = time.monotonic()
        given = (*self._handed._asdict().items(), ("ready", ready))
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                [*self._command, *(f"--{name}={number}" for name, number in given)],
                env={**os.environ, "COPYDESK_WORKER": self.name},
                pass_fds=[number for _, number in given],
            )
        finally:
            os.close(ready)

    def look(self) -> None:
        """See whether it takes requests; start it again if it has ended."""
        if self.process.poll() is not None:
            if time.monotonic() - self._started_at < RESTART_AFTER_S:
                return
            note(f"{self.name} ended with status {self.process.returncode}; it is started again.")
            self.start_anew()
        elif not self.is_ready:
            with suppress(BlockingIOError):
                self.is_ready = os.read(self._told, 1) != b""
            self._tell_slow()

    def start_anew(self) -> None:
        """Start the next process. The one of before has ended."""
        os.close(self._told)
        self.start()

    def stop(self) -> None:
        """Tell it to stop."""
        self.is_ready = False
        self.process.terminate()

    def has_ended(self, deadline: float) -> bool:
        """Return whether it is gone; after the deadline it is made to be."""
        if self.process.poll() is None and time.monotonic() > deadline:
            self.process.kill()
            self.process.wait()
        return self.process.poll() is not None

    def _tell_slow(self) -> None:
        takes = time.monotonic() - self._started_at
        if not self.is_ready and takes > SLOW_S and not self._is_slow:
            self._is_slow = True
            note(f"{self.name} takes longer than {SLOW_S:.0f} s to start; no other is stopped.")


def supervise(command: Sequence[str], listening: socket.socket, workers: int, base: str) -> int:
    """Run `workers` processes of `command` until told to stop. Returns an exit status.

    Each gets the listening socket, which stays open here: whoever connects while a worker starts
    waits for another, and is refused by none. SIGUSR2, and SIGHUP without a terminal, start every
    worker anew, one after the other, and the next only when all others take requests. SIGINT,
    SIGTERM, and SIGHUP from a terminal that closes, stop them all, whatever is going on.
    """
    stopping, renewing = threading.Event(), threading.Event()
    _on(stopping, signal.SIGINT, signal.SIGTERM)
    _on(renewing, ANEW)
    if signal.getsignal(HANG_UP) is not signal.SIG_IGN:  # as `nohup` has it
        _on(stopping if _has_terminal() else renewing, HANG_UP)
    closes_with_us, _ours = os.pipe()
    handed = Handed(listening.fileno(), closes_with_us)
    running = [Worker(command, handed, f"{base}-{number}") for number in range(workers)]
    to_renew: list[Worker] = []
    while not stopping.wait(LOOK_EVERY_S):
        for worker in running:
            worker.look()
        if renewing.is_set():
            renewing.clear()
            to_renew = [*running]
        if to_renew and all(worker.is_ready for worker in running):
            _renew(to_renew.pop(0), stopping)
    return _stop(running)


def _renew(worker: Worker, stopping: threading.Event) -> None:
    """Have the worker end, and start it anew, unless all are to stop."""
    worker.stop()
    deadline = time.monotonic() + STOP_WITHIN_S
    while not worker.has_ended(deadline):
        if stopping.wait(LOOK_EVERY_S):
            return
    worker.start_anew()


def _stop(workers: Sequence[Worker]) -> int:
    deadline = time.monotonic() + STOP_WITHIN_S
    for worker in workers:
        worker.stop()
    while not all(worker.has_ended(deadline) for worker in workers):
        time.sleep(LOOK_EVERY_S)
    return 0


def tell_ready(ready: int) -> None:
    """Tell the supervisor that this worker takes requests."""
    with suppress(BrokenPipeError):  # it is gone
        os.write(ready, b".")
    os.close(ready)


def stop_with(parent: int) -> None:
    """Stop this process, as an operator would, when the pipe `parent` closes."""

    def wait() -> None:
        os.read(parent, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()
    # A terminal that closes tells every process of its: when to stop is for the supervisor to say.
    signal.signal(HANG_UP, signal.SIG_IGN)


def stop_at_hang_up() -> None:
    """Stop this process in good order when its terminal closes, unless it is to outlive that."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    if signal.getsignal(HANG_UP) is not signal.SIG_IGN:
        signal.signal(HANG_UP, stop)


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _on(event: threading.Event, *signals: signal.Signals) -> None:
    def happen(_signal: int, _frame: FrameType | None) -> None:
        event.set()

    for wanted in signals:
        signal.signal(wanted, happen)
