"""What becomes of requests on a server that fails in every way: all must end, none paid for twice.

    python -m benchmarks.faults [--requests 1000]

A server on loopback hangs, storms with 429, cuts answers off midway, answers garbage and fails with
503, in the shares of FAULTS. Each request goes through the whole of Copydesk but its API: accepted,
written (by the phrase book where the server fails for good), checked, ranked, routed, kept. Every
tenth asks for what another asked for. Then the process is restarted, so to speak: the same requests
are asked once more on the same database. Reported: the states that requests ended in, which model
wrote, what the server charged, and how long requests waited for a model, all tries of the whole
chain together, against the bound that the settings give.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from copydesk.access import Actor, Role
from copydesk.audiences import Audience
from copydesk.bootstrap import Copydesk, bootstrap
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.documents import load
from copydesk.generations import Generation, GenerationRequest, GenerationState
from copydesk.settings import Settings

EXAMPLES = Path(__file__).parent.parent / "examples"
FAULTS = "timeout=0.03,storm=0.01,cut=0.05,garbage=0.05,error=0.05"
LATENCY_S, PLACES = 0.1, 8
TIMEOUT_S, RETRIES, WAIT_S = 2.0, 3, 20.0
BACKOFFS_S = 0.5 + 1 + 2 + 1
"""The client's own pauses between so many tries, with the slack of the whole."""
BOUND_S = WAIT_S + TIMEOUT_S * (RETRIES + 1) + BACKOFFS_S
REPEATED = 10
"""Of so many requests, one asks for what another asked for."""
ME = Actor("bench", frozenset({Role.REQUESTER}))
VALID = {GenerationState.DONE, GenerationState.FAILED}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what faults of a provider do.")
    parser.add_argument("--requests", type=int, default=1_000)
    count = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder, served() as url:
        settings = settings_for(url, folder)
        began = time.perf_counter()
        ended = asyncio.run(run(settings, count))
        print(f"{count} requests in {time.perf_counter() - began:.1f} s, faults {FAULTS}")
        tell(ended)
        before = stats(url)
        print(f"server met {before['met']}")
        again = asyncio.run(run(settings, count))
        after = stats(url)
    reused = sum(each.variants[0].variant.provenance.usage.reused for each in again)
    failed_before = count - written_by(ended).get("openai:fixed", 0)
    print(
        f"charged {before['charged']} contents, twice {before['charged_twice']} "
        f"(answers written: {before['written']})"
    )
    print(f"asked again: {reused} answers used again, {failed_before} had none to use;")
    print(f"charged then {after['charged']} contents, twice {after['charged_twice']}")


def tell(ended: Sequence[Generation]) -> None:
    states = Counter(each.state.value for each in ended)
    valid = sum(each.state in VALID for each in ended)
    print(f"ended in a valid state: {valid} of {len(ended)}  {dict(states)}")
    print(f"written by {written_by(ended)}")
    seconds = [waited(each) for each in ended]
    steps = statistics.quantiles(seconds, n=100)
    print(
        f"wait for a model: median {steps[49]:.2f} s, p95 {steps[94]:.2f} s, "
        f"longest {max(seconds):.2f} s; bound {BOUND_S:.1f} s: "
        f"{'held' if steps[94] <= BOUND_S else 'broken'}"
    )


def waited(generation: Generation) -> float:
    """Return the seconds that all tries of all models took."""
    return sum(one.seconds for one in generation.variants[0].variant.provenance.attempts)


def written_by(ended: Sequence[Generation]) -> dict[str, int]:
    return dict(Counter(each.variants[0].variant.provenance.model for each in ended))


async def run(settings: Settings, count: int) -> list[Generation]:
    desk = bootstrap(settings)
    at_once = asyncio.Semaphore(settings.openai_concurrency)

    async def one(number: int) -> Generation:
        async with at_once:
            accepted = await asyncio.to_thread(accept, desk, number)
            return await desk.asking.run(accepted.id)

    try:
        return await asyncio.gather(*(one(number) for number in range(count)))
    finally:
        await desk.aclose()


def accept(desk: Copydesk, number: int) -> Generation:
    return desk.asking.accept(request(number), ME)


def request(number: int) -> GenerationRequest:
    """Return a request; every tenth is the one before it, for another campaign."""
    content = number - 1 if number % REPEATED == REPEATED - 1 else number
    brief = BRIEF.model_copy(update={"goal": f"{BRIEF.goal} ({content})"})
    return GenerationRequest(brief=brief, brand=BRAND, audience=AUDIENCE, n=3, seed=content)


def settings_for(url: str, folder: str) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder}/copydesk.db",
        openai_base_url=url,
        openai_model="fixed",
        openai_concurrency=PLACES,
        openai_timeout_s=TIMEOUT_S,
        openai_retries=RETRIES,
        openai_wait_s=WAIT_S,
        openai_rest_s=1.0,
    )


def stats(url: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{url}/stats") as answer:
        found: dict[str, object] = json.load(answer)
        return found


@contextmanager
def served() -> Iterator[str]:
    given = ("--latency", str(LATENCY_S), "--places", "10000", "--faults", FAULTS)
    command = (sys.executable, "-m", "benchmarks.model_server", *given)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


BRIEF = load(EXAMPLES / "outdoor/briefs/spring-boots.yaml", Brief)
BRAND = load(EXAMPLES / "outdoor/brand.yaml", Brand)
AUDIENCE = load(EXAMPLES / "outdoor/audiences/lapsed-walkers.yaml", Audience)

if __name__ == "__main__":
    main()
