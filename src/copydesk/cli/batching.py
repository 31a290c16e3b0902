"""Asking for the variants of many requests by the provider's batch API, from a file of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from copydesk.access import Actor
from copydesk.bootstrap import Copydesk, batch_of
from copydesk.cli.lines import Lines
from copydesk.cli.output import note
from copydesk.errors import InputError
from copydesk.generations import Generation, GenerationRequest

AT_ONCE = 8


def read_requests(file: str) -> Sequence[GenerationRequest]:
    """Read one request a line, as `POST /v1/generations` takes it. Raises InputError."""
    lines = Lines(file, GenerationRequest, lenient=False)
    requests = [read.noun for read in lines]
    lines.end()
    if not requests:
        raise InputError(f"{lines.source}: it holds no request")
    return requests


def ask_in_batch(
    desk: Copydesk, requests: Sequence[GenerationRequest], actor: Actor
) -> Sequence[Generation]:
    """Have the provider answer all requests, then check, rank, route and keep each.

    The same requests again, by the same person, give the same generations and cost nothing. What
    the provider left unanswered is asked in single calls.
    """
    return asyncio.run(_ask(desk, requests, actor))


async def _ask(
    desk: Copydesk, requests: Sequence[GenerationRequest], actor: Actor
) -> Sequence[Generation]:
    batch = batch_of(desk)
    try:
        asked = [await desk.pipeline.asked(request) for request in requests]
        fetched = await batch.fetch(asked, note)
    finally:
        await batch.aclose()
    note(
        f"{fetched.asked} questions: {fetched.kept_before} answered before, {fetched.fetched} "
        f"fetched, {fetched.refused} not with copy, {fetched.unanswered} unanswered"
    )
    # Accepted only now: a service on the same database would write what waits, at the full price.
    places = asyncio.Semaphore(AT_ONCE)

    async def one(request: GenerationRequest) -> Generation:
        async with places:
            key = f"batch-{request.fingerprint}"
            accepted = await asyncio.to_thread(desk.asking.accept, request, actor, key)
            return await desk.asking.run(accepted.id)

    return await asyncio.gather(*(one(request) for request in requests))
