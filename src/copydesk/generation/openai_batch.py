"""Many requests in one go, at a lower price: the provider's batch API, in OpenAI's shape.

The answers of a batch go where answers that were paid for are kept, so that each request then
finds its own there. That makes it resumable without a record of its own: a batch is found again by
what it asks, which its metadata says, and what was fetched before is not fetched again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import openai
from openai.types import Batch
from pydantic import BaseModel, ValidationError

from copydesk.errors import InvalidDraft, ModelMisconfigured, ModelUnavailable
from copydesk.generation import openai_answers
from copydesk.generation.answers import messages, read_drafts
from copydesk.generation.hosted.budget import Reserved
from copydesk.generation.hosted.ledger import Spent
from copydesk.generation.hosted.provider import Made, Order
from copydesk.generation.model import DraftRequest
from copydesk.generation.openai_compatible import draft_question
from copydesk.generation.openai_server import OpenAIServer, Question, counted_in

ENDPOINT: Final = "/v1/chat/completions"
WINDOW: Final = "24h"
"""The only one that OpenAI has."""
MARK = "copydesk"
"""The metadata's name for what a batch asks."""
LINES_AT_MOST = 10_000
"""In one batch: OpenAI takes 50,000 and 200 MB, and a line is up to 10 kB."""
LOOKED_AT = 200
"""Of the newest batches so many are looked through for one that was begun before."""
FIRST_LOOK_S, LOOK_S = 0.2, 30.0
"""Pauses between two looks at a batch: the first, doubled each time, and the longest."""
RUNNING = {"validating", "in_progress", "finalizing"}
WITH_ANSWERS = {"completed", "expired"}
"""An expired batch has answered what it came to."""

Told = Callable[[str], None]


class Fetched(NamedTuple):
    """What became of the requests of a batch."""

    asked: int
    """Different questions, as equal requests are asked once."""
    kept_before: int
    fetched: int
    refused: int
    """Answered, but not with copy: they are asked anew when they are written."""
    unanswered: int


class _Response(BaseModel):
    status_code: int
    body: dict[str, Any]


class _Line(BaseModel):
    custom_id: str
    response: _Response | None = None


class _Item(NamedTuple):
    order: Order
    question: Question
    request: DraftRequest


class OpenAIBatch(OpenAIServer):
    """Fetches answers by the batch API; `OpenAIModel` of the same settings then finds them."""

    async def fetch(self, requests: Sequence[DraftRequest], told: Told) -> Fetched:
        """Have all requests answered, as far as the provider does; `told` hears how it goes.

        It waits for as long as the batch takes, up to a day. Stopped, and called again with the
        same requests, it goes on with the batch that it had begun.

        Raises:
            ModelMisconfigured: answers are not kept, or the server refuses a batch.
            ModelUnavailable: the server cannot be reached, or the batch failed as a whole.
            OverBudget: the day's budget does not reach for all that is missing; nothing was sent.
        """
        if not self._provider.keeps_answers:
            raise ModelMisconfigured("a batch needs COPYDESK_ANSWERS_KEPT_DAYS of at least 1")
        items = self._items(requests)
        missing = await self._missing(items)
        counts = Fetched(len(items), len(items) - len(missing), 0, 0, 0)
        keys = list(items)
        for start in range(0, len(keys), LINES_AT_MOST):
            part = {key: items[key] for key in keys[start : start + LINES_AT_MOST]}
            wanted = {key: item for key, item in part.items() if key in missing}
            if wanted:
                got, refused = await self._one_batch(part, wanted, told)
                counts = counts._replace(
                    fetched=counts.fetched + got, refused=counts.refused + refused
                )
        left = counts.asked - counts.kept_before - counts.fetched - counts.refused
        return counts._replace(unanswered=left)

    def _items(self, requests: Sequence[DraftRequest]) -> dict[str, _Item]:
        questions = [draft_question(request) for request in requests]
        orders = [self.order(question) for question in questions]
        found = zip(orders, questions, requests, strict=True)
        return {order.key: _Item(order, question, request) for order, question, request in found}

    async def _missing(self, items: Mapping[str, _Item]) -> set[str]:
        kept = await asyncio.gather(*(self._provider.ledger.kept(key) for key in items))
        return {key for key, answer in zip(items, kept, strict=True) if answer is None}

    async def _one_batch(
        self, part: Mapping[str, _Item], wanted: Mapping[str, _Item], told: Told
    ) -> tuple[int, int]:
        client, mark = self._clients.next(), _mark(part)
        reserved: dict[str, Reserved] = {}
        try:
            batch = await self._begun(client, mark)
            if batch is None:
                reserved |= await self._reserve(wanted)
                batch = await self._begin(client, mark, wanted, reserved)
            told(f"batch {batch.id}: {len(wanted)} questions")
            batch = await self._ended(client, batch, told)
            lines = [line async for line in _lines(client, batch)]
        except openai.OpenAIError as error:
            await self._release(wanted, reserved)
            raise openai_answers.failure(error, self._where, self._model) from error
        except BaseException:  # stopped: whoever goes on finds the batch, and what it cost
            await self._release(wanted, reserved)
            raise
        return await self._settle_all(batch, lines, wanted, reserved)

    async def _begun(self, client: openai.AsyncOpenAI, mark: str) -> Batch | None:
        """Return the batch that asks the same and may still give answers, or None."""
        looked = 0
        async for batch in client.batches.list(limit=100):
            looked += 1
            if (batch.metadata or {}).get(MARK) == mark and batch.status in RUNNING | WITH_ANSWERS:
                return batch
            if looked >= LOOKED_AT:
                break
        return None

    async def _begin(
        self,
        client: openai.AsyncOpenAI,
        mark: str,
        wanted: Mapping[str, _Item],
        reserved: Mapping[str, Reserved],
    ) -> Batch:
        file = "\n".join(self._line(item, reserved[key]) for key, item in wanted.items())
        sent = await client.files.create(file=("copydesk.jsonl", file.encode()), purpose="batch")
        return await client.batches.create(
            input_file_id=sent.id,
            endpoint=ENDPOINT,
            completion_window=WINDOW,
            metadata={MARK: mark},
        )

    async def _reserve(self, wanted: Mapping[str, _Item]) -> dict[str, Reserved]:
        reserved: dict[str, Reserved] = {}
        try:
            for key, item in wanted.items():
                reserved[key] = await self._provider.reserve(item.order, batch=True)
        except BaseException:
            await self._release(wanted, reserved)
            raise
        return reserved

    async def _release(self, wanted: Mapping[str, _Item], reserved: Mapping[str, Reserved]) -> None:
        for key, each in reserved.items():
            await self._provider.give_up(wanted[key].order, each, may_have_cost=False)

    def _line(self, item: _Item, reserved: Reserved) -> str:
        prompt, form = item.question.prompt, item.question.form
        options = self._asking.options(
            self._temperature, item.question.seed, reserved.output_tokens, form
        )
        chat = messages(prompt, system_role=self._asking.system_role)
        body = {"model": self._model, "messages": chat, **options}
        line = {"custom_id": item.order.key, "method": "POST", "url": ENDPOINT, "body": body}
        return json.dumps(line, ensure_ascii=False)

    async def _ended(self, client: openai.AsyncOpenAI, batch: Batch, told: Told) -> Batch:
        said, pause = "", FIRST_LOOK_S
        while batch.status in RUNNING:
            done = batch.request_counts.completed if batch.request_counts else 0
            if (now := f"batch {batch.id}: {batch.status}, {done} answered") != said:
                told(said := now)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LOOK_S)
            batch = await client.batches.retrieve(batch.id)
        if batch.status not in WITH_ANSWERS:
            errors = (batch.errors.data or []) if batch.errors else []
            words = "; ".join(error.message or "" for error in errors[:3]) or "no reason given"
            raise ModelUnavailable(f"batch {batch.id} is {batch.status}: {words}")
        return batch

    async def _settle_all(
        self,
        batch: Batch,
        lines: Sequence[_Line],
        wanted: Mapping[str, _Item],
        reserved: Mapping[str, Reserved],
    ) -> tuple[int, int]:
        good: list[bool] = []
        answered: set[str] = set()
        nothing = Reserved(self._provider.day(), 0, Spent())
        for line in lines:
            item = wanted.get(line.custom_id)
            if item is None or line.response is None or line.response.status_code != 200:  # noqa: PLR2004
                continue
            answered.add(line.custom_id)
            made = self._made_by(batch, line.response, item)
            good.append(_is_copy(made.body, item.request))
            held = reserved.get(line.custom_id, nothing)
            await self._provider.settle(item.order, held, made, good=good[-1], batch=True)
        left = {key: each for key, each in reserved.items() if key not in answered}
        await self._release(wanted, left)
        return sum(good), len(good) - sum(good)

    def _made_by(self, batch: Batch, response: _Response, item: _Item) -> Made:
        body = json.dumps(response.body, ensure_ascii=False)
        said = {
            "temperature": self._temperature,
            "seed": item.question.seed,
            "response_format": self._asking.response_format,
            "batch": batch.id,
        }
        return Made(body, counted_in(body), said)


def _mark(items: Mapping[str, _Item]) -> str:
    """Return what a batch of these questions is marked with: the same for the same questions."""
    return hashlib.sha256("\n".join(sorted(items)).encode()).hexdigest()[:64]


def _is_copy(body: str, request: DraftRequest) -> bool:
    try:
        completion = openai_answers.read_completion(body)
        read_drafts(openai_answers.said_in(completion), request)
    except InvalidDraft:
        return False
    return True


async def _lines(client: openai.AsyncOpenAI, batch: Batch) -> AsyncIterator[_Line]:
    if batch.output_file_id is None:
        return
    content = await client.files.content(batch.output_file_id)
    for line in content.text.splitlines():
        try:
            yield _Line.model_validate_json(line)
        except ValidationError:
            continue  # it stays unanswered, and is asked anew when it is written
