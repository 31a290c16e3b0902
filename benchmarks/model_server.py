"""A model server on loopback for measuring clients: fixed latency, so many places, faults by plan.

    python -m benchmarks.model_server --latency 0.2 --places 64

Speaks as much of chat completions as a client needs. Requests beyond the places wait in line, as
vLLM has them wait; with `--refuse` they get a 429 with `retry-after`, as hosted providers do it.
`--faults` takes shares, as `timeout=0.05,storm=0.05,cut=0.05,garbage=0.05,error=0.05`; which
request meets which fault follows from `--seed`. Every answer that is written is charged, but a
repeat under the same `Idempotency-Key`. `GET /stats` tells how many contents (messages and seed)
were charged, how many of them under more than one key, and how many answers a server that does not
know the header would have charged. The first line of output is the address.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

HANGS_S = 3_600.0
GARBAGE = (
    b"<html><body>502 Bad Gateway</body></html>",
    b'{"choices": []}',
    b'{"choices": [{"message": {"content": "Sure! Here are your variants:"}}]}',
    b'{"choices": [{"message": {"content": "{\\"variants\\": [{\\"angle\\": \\"news\\"}]}"}}]}',
    b'{"choices": [{"message": {"content": null, "refusal": "I cannot help with that."}}]}',
    b"\x00\xff\xfe",
)
STORM_S = 0.5
"""A 429 storm refuses everybody for so long, and says so."""


class Plan(NamedTuple):
    """How the server behaves."""

    latency_s: float
    places: int
    refuse: bool
    faults: Mapping[str, float]
    seed: int


class Server:
    """Answers chat completions with the same three variants."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.places = asyncio.Semaphore(plan.places)
        self.charged: dict[str, set[str]] = defaultdict(set)
        self.written = 0
        self.met: Counter[str] = Counter()
        self.storm_ends = 0.0
        self.random = random.Random(plan.seed)
        self.answer = json.dumps(completion()).encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while await self.one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # clients hang up on slow answers: that is what is measured
        finally:
            writer.close()

    async def one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request of a connection; return whether it goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = [line.partition(":") for line in head.split("\r\n")[1:]]
        headers = {name.lower(): value.strip() for name, _, value in lines}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if head.startswith("GET"):
            return await reply(writer, json.dumps(self.stats()).encode())
        key = headers.get("idempotency-key") or hashlib.sha256(body).hexdigest()
        if self.plan.refuse and self.places.locked():
            return await refuse(writer, self.plan.latency_s)
        async with self.places:
            return await self.play(writer, content_of(body), key)

    async def play(self, writer: asyncio.StreamWriter, content: str, key: str) -> bool:
        """Answer one request, well or with the fault that falls to it."""
        now = asyncio.get_running_loop().time()
        fault = "storm" if now < self.storm_ends else self.drawn()
        self.met[fault] += 1
        if fault == "storm":
            self.storm_ends = max(self.storm_ends, now + STORM_S)
            return await refuse(writer, max(0.01, self.storm_ends - now))
        if fault == "error":
            return await reply(writer, b'{"error": {"message": "overloaded"}}', 503)
        await asyncio.sleep(self.plan.latency_s)
        self.charged[content].add(key)
        self.written += 1
        play = FAULTS.get(fault, say)
        return await play(self, writer)

    def drawn(self) -> str:
        """Return the fault of the next request, or `none`."""
        names, shares = list(self.plan.faults), list(self.plan.faults.values())
        rest = max(0.0, 1.0 - sum(shares))
        return self.random.choices([*names, "none"], [*shares, rest])[0]

    def stats(self) -> dict[str, object]:
        """Return what was met and what was charged."""
        return {
            "met": dict(self.met),
            "charged": len(self.charged),
            "charged_twice": sum(len(keys) > 1 for keys in self.charged.values()),
            "written": self.written,
        }


def content_of(body: bytes) -> str:
    asked = json.loads(body)
    return json.dumps([asked.get("messages"), asked.get("seed")])


async def say(server: Server, writer: asyncio.StreamWriter) -> bool:
    return await reply(writer, server.answer)


async def hang(_: Server, __: asyncio.StreamWriter) -> bool:
    await asyncio.sleep(HANGS_S)
    return False


async def cut(server: Server, writer: asyncio.StreamWriter) -> bool:
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(server.answer)}\r\n\r\n"
    writer.write(head.encode() + server.answer[: len(server.answer) // 2])
    await writer.drain()
    return False


async def garble(server: Server, writer: asyncio.StreamWriter) -> bool:
    return await reply(writer, server.random.choice(GARBAGE))


FAULTS: dict[str, Callable[[Server, asyncio.StreamWriter], Awaitable[bool]]] = {
    "timeout": hang,
    "cut": cut,
    "garbage": garble,
}


async def refuse(writer: asyncio.StreamWriter, seconds: float) -> bool:
    body = b'{"error": {"message": "Rate limit reached."}}'
    return await reply(writer, body, 429, f"retry-after-ms: {seconds * 1000:.0f}\r\n")


async def reply(
    writer: asyncio.StreamWriter, body: bytes, status: int = 200, headers: str = ""
) -> bool:
    head = (
        f"HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n{headers}\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    return True


def completion() -> dict[str, object]:
    angles = ("benefit", "question", "news")
    variants = [
        {
            "angle": angle,
            "subject": f"Trail shoes for spring, told by {angle}",
            "preheader": "The mud is back, and so is the season for soft ground",
            "body": "The mud is back and so is the season. " * 8,
            "facts": [],
        }
        for angle in angles
    ]
    content = json.dumps({"variants": variants})
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "fixed",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": content},
            }
        ],
        "usage": {"prompt_tokens": 1500, "completion_tokens": 400, "total_tokens": 1900},
    }


def shares(text: str) -> dict[str, float]:
    pairs = [part.split("=") for part in text.split(",") if part]
    return {name: float(share) for name, share in pairs}


async def run(plan: Plan) -> None:
    server = Server(plan)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, backlog=4096)
    print(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1", flush=True)
    async with listening:
        await listening.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description="A model server for measuring clients.")
    parser.add_argument("--latency", type=float, default=0.2, help="seconds an answer takes")
    parser.add_argument("--places", type=int, default=64, help="answers that are written at once")
    parser.add_argument("--refuse", action="store_true", help="refuse what finds no place")
    parser.add_argument("--faults", type=shares, default={}, help="shares, as cut=0.1,error=0.1")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    plan = Plan(given.latency, given.places, given.refuse, given.faults, given.seed)
    asyncio.run(run(plan))


if __name__ == "__main__":
    main()
