"""Pull under load: what it costs beside a bare JSON route, and what goes wrong in an eventful time.

    python -m benchmarks.pull [--seconds 120] [--rate 500] [--rounds 5]

1. Requests a second of `GET /v1/pull/...` over those of a Starlette route that returns the same
   JSON, both by uvicorn in one process each, asked by the same client, in turn. Goal: 0.5.
2. Two server processes on one socket and a PostgreSQL, at a fixed rate. A third into it the offer
   is changed (all that was being served is recalled); at the half both processes are started anew,
   one after the other (SIGUSR2); at three quarters one is killed with -9. Counted: answers that are
   wrong (not what this recipient should get), stale (recalled more than a second ago) and failed
   (not 200 within two seconds). Goal: none. A request is sent on time whether or not earlier ones
   were answered; one whose connection closed before an answer is sent again, as HTTP clients do,
   and counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvloop
from benchmarks.pull_client import Answer, Tool, closed_loop
from benchmarks.pull_desk import CAMPAIGN, Furnished, furnished, now, recall, serving, started

from copydesk.publishing import PullQuery, emit

GOAL, AT_ONCE, EACH_S = 0.5, 32, 4.0
STALE_S = 1.0
RECIPIENTS = 10_000
SETTLE_S = 8.0
"""So long a server is left alone after its start: it reads rules and what it keeps."""
BARE = """
import sys, socket, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
import json
content = json.loads(sys.argv[1])
async def pull(request):
    return JSONResponse(content)
listening = socket.create_server(("127.0.0.1", 0))
print(f"on http://127.0.0.1:{listening.getsockname()[1]}", file=sys.stderr, flush=True)
app = Starlette(routes=[Route("/v1/pull/{campaign}", pull), Route("/healthz", pull)])
config = uvicorn.Config(app, log_level="error", access_log=False)
uvicorn.Server(config).run(sockets=[listening])
"""


def path(number: int) -> str:
    return f"/v1/pull/{CAMPAIGN}?r={recipient(number)}&dialect=braze"


def recipient(number: int) -> str:
    return f"recipient-{number % RECIPIENTS}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure pull.")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with postgres() as url:
        ready = furnished(url)
        ratio = throughput(ready, given.rounds)
        tally = uvloop.run(eventful(ready, given.seconds, given.rate))
    tally.tell()
    sys.exit(ratio < GOAL or tally.is_bad)


@contextmanager
def postgres() -> Iterator[str]:
    from tests.postgres import running_postgres

    with running_postgres() as server:
        yield server.url(server.database())


def throughput(ready: Furnished, rounds: int) -> float:
    """Measure both servers in turn; return the ratio of the medians."""
    with serving(ready) as (ours, _):
        time.sleep(SETTLE_S)
        tool = Tool(ours, ready.keys["tool"])
        sample = uvloop.run(_asked_once(tool))
        with started([sys.executable, "-c", BARE, sample]) as (bare, _):
            rates: dict[str, list[float]] = {"pull": [], "bare": []}
            for _ in range(rounds):
                for name, port in (("bare", bare), ("pull", ours)):
                    rates[name].append(uvloop.run(rate_of(Tool(port, ready.keys["tool"]))))
    medians = {name: statistics.median(each) for name, each in rates.items()}
    ratio = medians["pull"] / medians["bare"]
    ratios = [ours / bare for ours, bare in zip(rates["pull"], rates["bare"], strict=True)]
    print(f"bare Starlette JSON route   {medians['bare']:>8,.0f} requests/s")
    print(f"GET /v1/pull/{{campaign}}     {medians['pull']:>8,.0f} requests/s")
    spread = f"{min(ratios):.2f} to {max(ratios):.2f} in {rounds} rounds"
    print(f"ratio                       {ratio:>8.2f} ({spread}; goal {GOAL})")
    return ratio


async def _asked_once(tool: Tool) -> str:
    answer = await tool.ask(path(0))
    tool.close()
    assert answer.status == 200, answer.body
    return answer.body.decode()


async def rate_of(tool: Tool) -> float:
    await closed_loop(tool, path, AT_ONCE, 0.5)
    good = await closed_loop(tool, path, AT_ONCE, EACH_S)
    tool.close()
    return good / EACH_S


@dataclass
class Tally:
    """What became of every request."""

    answered: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    again: int = 0
    recalled_at: float | None = None
    last_old: float | None = None
    """When the last answer that was recalled had been asked for."""

    @property
    def is_bad(self) -> bool:
        """Whether an answer was not what it had to be."""
        return any(self.answered[name] for name in ("wrong", "stale", "failed"))

    def tell(self) -> None:
        """Print the table."""
        cuts = statistics.quantiles(self.waits, n=1000)
        print(f"\n{sum(self.answered.values()):,} requests on time; {'; '.join(self.notes)}")
        for name in ("approved", "fallback", "degraded", "wrong", "stale", "failed"):
            print(f"{name:<28}{self.answered[name]:>8,}")
        print(f"{'sent again':<28}{self.again:>8,}")
        if self.recalled_at is not None and self.last_old is not None:
            late = max(0.0, self.last_old - self.recalled_at) * 1_000
            print(f"{'recalled copy last asked for':<28}{late:>8.0f} ms after the recall")
        told = " ".join(f"p{p / 10:g} {cuts[p - 1] * 1_000:.1f}" for p in (500, 990, 999))
        print(f"{'wait, ms':<28}{told} max {max(self.waits) * 1_000:.0f}")


async def eventful(ready: Furnished, seconds: float, rate: int) -> Tally:
    """Ask at a fixed rate while things happen; return what became of it."""
    tally = Tally()
    with serving(ready, "--workers", "2") as (port, supervisor):
        await asyncio.sleep(SETTLE_S)
        tool = Tool(port, ready.keys["tool"])
        judge = Judge(ready, tally)
        happening = asyncio.create_task(events(ready, port, supervisor, seconds, tally))
        await at_rate(tool, judge, seconds, rate)
        await happening
        tally.again = tool.again
        tool.close()
    return tally


async def at_rate(tool: Tool, judge: Judge, seconds: float, rate: int) -> None:
    loop = asyncio.get_running_loop()
    began, under_way = loop.time(), set()
    for number in range(int(seconds * rate)):
        due = began + number / rate
        if due > loop.time():
            await asyncio.sleep(due - loop.time())
        task = asyncio.create_task(judge.ask(tool, number, due))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)


class Judge:
    """Knows what each recipient should get before and after the recall."""

    def __init__(self, ready: Furnished, tally: Tally) -> None:
        self._shelf = ready.shelf
        self._tally = tally
        self._subjects = {
            copy.id: emit(copy.copy_.subject, "braze")
            for copies in ready.shelf.holding.values()
            for copy in copies
        }

    async def ask(self, tool: Tool, number: int, due: float) -> None:
        """Have the tool ask, and count what comes of it."""
        loop = asyncio.get_running_loop()
        try:
            answer = await tool.ask(path(number))
        except (OSError, TimeoutError):
            self._tally.answered["failed"] += 1
        else:
            self._tally.answered[self._verdict(answer, number, due)] += 1
        self._tally.waits.append(loop.time() - due)

    def _verdict(self, answer: Answer, number: int, due: float) -> str:
        if answer.status != 200 or b"\r\nlocation:" in answer.head:
            return "failed"
        said, recalled = json.loads(answer.body), self._tally.recalled_at
        if b"x-copydesk-degraded" in answer.head:
            return "degraded"
        if said["source"] == "fallback":
            return "wrong" if recalled is None else "fallback"
        if not self._is_theirs(said, number):
            return "wrong"
        if recalled is not None:
            self._tally.last_old = max(self._tally.last_old or 0.0, due)
        return "stale" if recalled is not None and due > recalled + STALE_S else "approved"

    def _is_theirs(self, said: dict[str, str], number: int) -> bool:
        query = PullQuery(CAMPAIGN, recipient(number), None, dialect="braze")
        meant = self._shelf.choose(query, now()).approved
        return meant is not None and (said["variant_id"], said["subject"]) == (
            meant.id,
            self._subjects[meant.id],
        )


async def events(
    ready: Furnished, port: int, supervisor: subprocess.Popen[str], seconds: float, tally: Tally
) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.sleep(seconds / 3)
    # From when the change may be seen; it must be a second after it is confirmed.
    tally.recalled_at = float("inf")
    await asyncio.to_thread(recall, port, ready.keys["ada"])
    tally.recalled_at = loop.time()
    tally.notes.append(f"recall at {tally.recalled_at - began:.0f} s")
    await asyncio.sleep(began + seconds / 2 - loop.time())
    before = set(workers_below(supervisor.pid))
    supervisor.send_signal(signal.SIGUSR2)
    tally.notes.append(f"both processes started anew from {loop.time() - began:.0f} s")
    while before & set(workers_below(supervisor.pid)):  # noqa: ASYNC110 - of other processes
        await asyncio.sleep(0.5)
    # Not before the last of them has started: two at once down is another test.
    await asyncio.sleep(max(SETTLE_S, began + seconds * 0.75 - loop.time()))
    os.kill(workers_below(supervisor.pid)[0], signal.SIGKILL)
    tally.notes.append(f"one killed at {loop.time() - began:.0f} s")


def workers_below(pid: int) -> list[int]:
    said = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return [int(word) for word in said.stdout.split()]


if __name__ == "__main__":
    main()
