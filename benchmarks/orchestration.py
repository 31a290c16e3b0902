"""How much of a model server's throughput Copydesk reaches, beside the bare client, in one run.

    python -m benchmarks.orchestration [--requests 1000] [--places 64] [--latency 0.2]

A server on loopback answers each request after a fixed time and holds so many at once. Ideal is
that all places are busy from the first moment to the last: the requests' number over the places',
rounded up, times the latency. Each way of asking gets a server of its own, after a warm-up of one
round. Copydesk renders each prompt, keys it, waits for its turn, calls, validates all drafts, and
keeps the answer with its cost: in memory, then in an SQLite file. `gather` is `asyncio.gather` over
the openai client with the same prompts, which reads no answer and keeps nothing. Raw sockets that
send one body again and again show what the machine and the server allow at most.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import openai

from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.documents import load
from copydesk.generation.answers import messages
from copydesk.generation.build import ModelChoice, build_provider
from copydesk.generation.hosted import Ledger, MemoryLedger
from copydesk.generation.model import DraftRequest
from copydesk.generation.openai_compatible import OpenAIModel
from copydesk.prompts import draft_prompt
from copydesk.storage.build import open_store
from copydesk.storage.ledger import StoreLedger

EXAMPLES = Path(__file__).parent.parent / "examples"
GOAL = 0.95

Ask = Callable[[int], Awaitable[object]]


class Load(NamedTuple):
    """What is asked of the server."""

    requests: int
    places: int
    latency_s: float

    @property
    def ideal_s(self) -> float:
        """Seconds in which all places are busy throughout."""
        return math.ceil(self.requests / self.places) * self.latency_s


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what orchestration costs.")
    parser.add_argument("--requests", type=int, default=1_000)
    parser.add_argument("--places", type=int, default=64)
    parser.add_argument("--latency", type=float, default=0.2)
    given = parser.parse_args()
    load_ = Load(given.requests, given.places, given.latency)
    print(f"{load_.requests} requests, {load_.places} at once, {load_.latency_s:g} s each:")
    print(f"ideal {load_.ideal_s:.2f} s, {load_.requests / load_.ideal_s:.0f} requests/s\n")
    print(f"{'':34}{'seconds':>9}{'requests/s':>12}{'of ideal':>10}{'CPU s':>8}")
    row("raw sockets, a fixed body", load_, sockets(load_))
    row("gather, server queues", load_, bare(load_))
    row("gather, server refuses (429)", load_, bare(load_, refuse=True))
    row("Copydesk, ledger in memory", load_, asyncio.run(copydesk(load_, MemoryLedger())))
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/copydesk.db")
        reached = asyncio.run(copydesk(load_, StoreLedger(store, timedelta(days=1))))
        store.close()
    share = row("Copydesk, ledger in SQLite", load_, reached)
    print(f"\ngoal {GOAL}: {'reached' if share >= GOAL else 'missed'}")


class Took(NamedTuple):
    """What one way of asking took."""

    wall_s: float
    cpu_s: float
    answered: int


def row(name: str, load_: Load, took: Took) -> float:
    rate, share = load_.requests / took.wall_s, load_.ideal_s / took.wall_s
    failed = load_.requests - took.answered
    note = f"  {failed} failed" if failed else ""
    print(
        f"{name:34}{took.wall_s:9.2f}{rate:12.0f}{share:10.3f}{took.cpu_s:8.2f}{note}", flush=True
    )
    return share


def sockets(load_: Load) -> Took:
    """Ask over bare connections, one a place: what this machine and server allow at most."""
    body = json.dumps({"messages": [request(0).prompt.user]}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
    asked = head.encode() + body

    async def run(url: str) -> Took:
        port = int(url.rpartition(":")[2].partition("/")[0])
        lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(load_.places)]
        free = asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]()
        for line in lines:
            free.put_nowait(line)

        async def ask(_: int) -> object:
            reader, writer = await free.get()
            writer.write(asked)
            answer = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(answer.partition("content-length: ")[2].partition("\r\n")[0])
            said = await reader.readexactly(length)
            free.put_nowait((reader, writer))
            return said

        took = await timed(load_, ask)
        for _, writer in lines:
            writer.close()
        return took

    with served(load_) as url:
        return asyncio.run(run(url))


def bare(load_: Load, *, refuse: bool = False) -> Took:
    async def run(url: str) -> Took:
        async with openai.AsyncOpenAI(base_url=url, api_key="none", timeout=60) as client:

            async def ask(number: int) -> object:
                prompt = request(number).prompt
                return await client.chat.completions.create(
                    model="fixed", messages=messages(prompt), max_tokens=8_000, temperature=0.9
                )

            return await timed(load_, ask)

    with served(load_, "--refuse" if refuse else "") as url:
        return asyncio.run(run(url))


async def copydesk(load_: Load, ledger: Ledger) -> Took:
    with served(load_) as url:
        choice = ModelChoice(openai_base_url=url, openai_concurrency=load_.places)
        provider = build_provider(choice, ledger)
        model = OpenAIModel(model="fixed", base_url=url, provider=provider)

        # As the jobs do it, which hand out only so many at once; twice the places, so that the
        # next prompts are rendered and the last answers kept while others are written.
        at_once = asyncio.Semaphore(2 * load_.places)

        async def ask(number: int) -> object:
            async with at_once:
                return await model.draft(request(number))

        try:
            return await timed(load_, ask)
        finally:
            await model.aclose()


async def timed(load_: Load, ask: Ask) -> Took:
    # What is measured are connections that stand: the first round opens them.
    await asyncio.gather(*(ask(-1 - number) for number in range(load_.places)))
    began, busy = time.perf_counter(), time.process_time()
    asked = (ask(number) for number in range(load_.requests))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    wall_s, cpu_s = time.perf_counter() - began, time.process_time() - busy
    return Took(wall_s, cpu_s, sum(not isinstance(answer, Exception) for answer in answers))


def request(number: int) -> DraftRequest:
    """Return a request that no other number gives."""
    brief = BRIEF.model_copy(update={"goal": f"{BRIEF.goal} ({number})"})
    return DraftRequest(
        brief=brief,
        brand=BRAND,
        signals=(),
        prompt=draft_prompt(brief, BRAND, (), 3),
        n=3,
        seed=number,
    )


@contextmanager
def served(load_: Load, *options: str) -> Iterator[str]:
    given = (
        "--latency",
        str(load_.latency_s),
        "--places",
        str(load_.places),
        *filter(None, options),
    )
    command = (sys.executable, "-m", "benchmarks.model_server", *given)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


BRIEF = load(EXAMPLES / "outdoor/briefs/spring-boots.yaml", Brief)
BRAND = load(EXAMPLES / "outdoor/brand.yaml", Brand)

if __name__ == "__main__":
    main()
