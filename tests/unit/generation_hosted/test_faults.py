"""A server that fails in every way: each request ends, soon, and nothing is paid for twice."""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from collections import Counter, defaultdict
from typing import NamedTuple

from copydesk.generation import Drafts, ModelChain, ScriptedModel
from copydesk.generation.build import ModelChoice, build_provider
from copydesk.generation.openai_compatible import OpenAIModel
from tests.servers import Behaviour, Call, FaultServer, cuts_off, replies, says, waits
from tests.unit.generation.samples import a_draft, a_request, an_answer

GOOD = an_answer(a_draft(), a_draft(angle="question"))
FALLBACK = ScriptedModel(lambda _: [a_draft()])
REQUESTS, CONTENTS = 60, 40
TIMEOUT_S, RETRIES, WAIT_S = 1.0, 2, 5.0
BOUND_S = WAIT_S + TIMEOUT_S * (RETRIES + 1) + 0.5 + 1.0 + 1.0
"""The wait for a turn, all tries, the client's pauses between them, and the slack."""
UNPAID: tuple[Behaviour, ...] = (
    replies(429, {}, {"retry-after-ms": "50"}),
    replies(503, {"error": {"message": "overloaded"}}),
)
PAID: tuple[Behaviour, ...] = (
    cuts_off(GOOD),
    replies(200, "<html>502</html>"),
    says("Sure! Here are your variants:"),
    waits(3 * TIMEOUT_S, says(GOOD)),
)


class Server:
    """Fails a third of the time; what it writes it charges, by content, under the order's key."""

    def __init__(self) -> None:
        self.random = random.Random(7)
        self.lock = threading.Lock()
        self.charged: defaultdict[str, set[str]] = defaultdict(set)

    def __call__(self, call: Call) -> None:
        with self.lock:
            fault = self.random.choices([*UNPAID, *PAID, None], [3, 3, 3, 2, 2, 1, 28])[0]
            if fault not in UNPAID:
                content = json.dumps([call.sent["messages"], call.sent["seed"]])
                self.charged[content].add(str(call.headers["idempotency-key"]))
        (fault or says(GOOD))(call)


class Ended(NamedTuple):
    """How one request ended."""

    drafts: Drafts
    seconds: float


async def ask_all(chain: ModelChain) -> list[Ended]:
    async def one(number: int) -> Ended:
        began = time.monotonic()
        drafts = await chain.draft(a_request(goal=f"Goal {number % CONTENTS}"))
        return Ended(drafts, time.monotonic() - began)

    try:
        return await asyncio.gather(*(one(number) for number in range(REQUESTS)))
    finally:
        await chain.aclose()


def test_every_request_ends_soon_and_none_is_paid_for_twice() -> None:
    """Sixty requests for forty contents all get copy within the bound, each order under one key."""
    behave = Server()
    with FaultServer(behave) as server:
        provider = build_provider(ModelChoice(openai_wait_s=WAIT_S, openai_failures=1_000))
        model = OpenAIModel(
            model="tiny",
            base_url=server.url,
            timeout_s=TIMEOUT_S,
            retries=RETRIES,
            provider=provider,
        )
        ended = asyncio.run(ask_all(ModelChain([model, FALLBACK], provider.meter)))
        again = asyncio.run(ask_all(ModelChain([model, FALLBACK], provider.meter)))

    wrote = Counter(each.drafts.model for each in ended)
    assert set(wrote) == {"openai:tiny", "scripted"}
    assert all(each.drafts.drafts for each in ended)
    assert sorted(each.seconds for each in ended)[int(0.95 * REQUESTS)] <= BOUND_S
    assert max(map(len, behave.charged.values())) == 1
    reused = sum(each.drafts.usage.reused for each in again)
    assert reused >= wrote["openai:tiny"]
