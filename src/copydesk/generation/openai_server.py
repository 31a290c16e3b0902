"""Any server that speaks OpenAI's chat completions: asked a prompt, it gives a completion."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import openai
from openai import AsyncOpenAI

from copydesk.errors import InvalidDraft, ModelUnavailable
from copydesk.generation import openai_answers, openai_asking
from copydesk.generation.answers import messages
from copydesk.generation.hosted import Breaker, Provider, Turns
from copydesk.generation.hosted.provider import Answer, Made, Order
from copydesk.generation.openai_answers import Completion
from copydesk.generation.openai_asking import Asking
from copydesk.generation.openai_clients import Clients
from copydesk.generation.openai_settings import checked_address, checked_key, shown_address
from copydesk.generation.openai_waiting import asked_to_wait_s
from copydesk.generation.questions import Form
from copydesk.prompts import Prompt
from copydesk.variants import Usage

OPENAI_URL = "https://api.openai.com/v1"
NO_KEY = "none"
"""What is sent as the key to a server of one's own that asks for none: the client insists."""
BACKOFF_S, BACKOFF_MOST_S = 0.5, 8.0
"""The client's own waits between tries: the first, doubled each time, and the longest."""
CONNECT_S = 10.0
"""A server that takes longer to connect to is not there."""
RETRY_COUNT = "x-stainless-retry-count"
"""Header by which the client counts its tries."""
SLACK_S = 1.0
"""So that the client's own time-out, which says more, comes before ours."""
WAIT_S, FAILURES, REST_S = 120.0, 5, 30.0
"""For a provider of one caller alone: as the settings have it."""

T = TypeVar("T")


class Reached(NamedTuple):
    """What a server answered when it was asked for its models."""

    listed: bool
    """False may be a wrong name, or a server that does not list all that it serves."""
    words: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a server."""

    prompt: Prompt
    form: Form
    seed: int = 0
    used: Usage = field(default_factory=Usage)
    """What the request has used so far, for its budget."""


class OpenAIServer:
    """OpenAI, Azure, vLLM, Ollama, llama.cpp, `transformers serve`: one client serves all.

    What a server refuses, strict schemas or an option, is not sent to it again. Retries on 429,
    5xx and lost connections are the client's own; they honour `retry-after` as long as the time
    of all tries together allows, and other calls are held back for as long. `provider` holds the
    limits that callers of one server share; left out, this caller has limits of its own.
    """

    def __init__(  # noqa: PLR0913 - each is a setting of its own, given by name
        self,
        *,
        model: str,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout_s: float = 60.0,
        retries: int = 2,
        concurrency: int = 8,
        temperature: float = 0.9,
        max_output_tokens: int = 8_000,
        provider: Provider | None = None,
    ) -> None:
        self.name = f"openai:{model}"
        self._model = model
        self._api_key = api_key or (NO_KEY if base_url else None)
        self._base_url = base_url or OPENAI_URL
        self._where = shown_address(self._base_url)
        self._timeout_s = timeout_s
        self._retries = retries
        waits = (min(BACKOFF_S * 2**turn, BACKOFF_MOST_S) for turn in range(retries))
        self._patience_s = timeout_s * (retries + 1) + sum(waits) + SLACK_S
        self._provider = provider or Provider(
            Turns(concurrency=concurrency, wait_s=WAIT_S), Breaker(FAILURES, REST_S)
        )
        self._temperature = temperature
        self._max_output_tokens = max_output_tokens
        limits = openai_asking.COMPATIBLE if base_url else openai_asking.OPENAI
        self._asking = Asking(limits=limits)
        self._clients = Clients(self._provider.turns.concurrency, self._client)

    def reach(self, timeout_s: float = 5.0) -> Reached:
        """Ask the server, once, which models it lists.

        Raises:
            ModelUnavailable: nobody answers there.
            ModelMisconfigured: there is no key, or it is refused, or the address is none.
        """
        options = {**self._client_options(), "timeout": timeout_s, "max_retries": 0}
        with openai.OpenAI(**options) as client:
            try:
                names = [listed.id for listed in client.models.list().data]
            except openai.NotFoundError:
                names = []
            except openai.OpenAIError as error:
                raise openai_answers.failure(error, self._where, self._model) from error
        if self._model in names:
            return Reached(True, f"{self._where} has {self._model}")
        listed = ", ".join(names[:5]) or "no models"
        return Reached(False, f"{self._where} answers, and lists {listed} but not {self._model}")

    async def aclose(self) -> None:
        """Close the connections that the running event loop opened."""
        await self._clients.aclose()

    async def complete(self, question: Question, read: Callable[[Completion], T]) -> Answer[T]:
        """Ask in the strictest way that the server takes, and remember it once it worked.

        `read` raises InvalidDraft for a completion that is of no use.

        Raises:
            GenerationError: as `Model.draft` says.
        """
        order = self.order(question)

        async def make(output_tokens: int) -> Made:
            return await self._make(question, output_tokens, order.key)

        def read_body(body: str) -> T:
            return read(openai_answers.read_completion(body))

        return await self._provider.answer(order, make, read_body)

    def order(self, question: Question) -> Order:
        """Return what the provider needs to know of a question, keyed by all that decides it."""
        prompt, form = question.prompt, question.form
        decides = (
            self._base_url,
            self._model,
            prompt.sha256,
            form.name,
            question.seed,
            self._temperature,
            self._max_output_tokens,
        )
        characters = len(prompt.system) + len(prompt.user) + form.characters
        return Order(
            key=hashlib.sha256(json.dumps(decides).encode()).hexdigest(),
            model=self._model,
            characters=characters,
            output_tokens=self._max_output_tokens,
            before=question.used,
        )

    async def _make(self, question: Question, output_tokens: int, key: str) -> Made:
        asking, client = self._asking, self._clients.next()
        while True:
            options = asking.options(self._temperature, question.seed, output_tokens, question.form)
            try:
                made = await self._ask(client, question.prompt, asking, options, key)
            except openai.OpenAIError as error:
                asking = self._another_way(asking, error)
            else:
                self._asking = asking
                return made

    async def _ask(
        self,
        client: AsyncOpenAI,
        prompt: Prompt,
        asking: Asking,
        options: dict[str, Any],
        key: str,
    ) -> Made:
        body = {
            "model": self._model,
            "messages": messages(prompt, system_role=asking.system_role),
            **options,
        }
        headers = once_only(key, asking, options)
        try:
            # The client's timeout is for each read: a server that drips bytes would hold us.
            async with asyncio.timeout(self._patience_s):
                # Not `chat.completions.create`, which walks through messages, schema and answer
                # to bring them into types that we read anew: half of the time that a call takes.
                text = await client.post(
                    "/chat/completions", cast_to=str, body=body, options={"headers": headers}
                )
        except TimeoutError as error:
            raise openai_answers.perhaps_billed(
                f"{self._where} gave no whole answer in {self._patience_s:g} s"
            ) from error
        said = {**options, "response_format": asking.response_format}
        return Made(text, counted_in(text), said)

    def _another_way(self, asking: Asking, error: openai.OpenAIError) -> Asking:
        refusals = openai.BadRequestError, openai.UnprocessableEntityError
        if isinstance(error, refusals) and not openai_answers.is_filtered(error):
            another = asking.without(openai_answers.refused_words(error))
            if another is not None:
                return another
        raise openai_answers.failure(error, self._where, self._model) from error

    async def _count(self, request: Any) -> None:  # noqa: ANN401 - the client's own httpx
        if request.headers.get(RETRY_COUNT, "0") != "0":
            self._provider.meter.note_retry(self._model)

    async def _heed(self, response: Any) -> None:  # noqa: ANN401 - the client's own httpx
        """Hold others back while the server asks for it, and wait no longer than we can."""
        seconds = asked_to_wait_s(response.status_code, response.headers)
        if seconds is None:
            return
        self._provider.turns.pause(seconds)
        if seconds > self._patience_s:
            raise ModelUnavailable(f"{self._where} asks us to wait for {seconds:.0f} s")

    def _client(self) -> AsyncOpenAI:
        hooks: Any = {"request": [self._count], "response": [self._heed]}
        http = openai.DefaultAsyncHttpxClient(event_hooks=hooks)
        return AsyncOpenAI(**self._client_options(), http_client=http)

    def _client_options(self) -> dict[str, Any]:
        return {
            "api_key": checked_key(self._api_key, self._where),
            "base_url": checked_address(self._base_url),
            "timeout": openai.Timeout(self._timeout_s, connect=min(self._timeout_s, CONNECT_S)),
            "max_retries": self._retries,
        }


def once_only(key: str, asking: Asking, options: dict[str, Any]) -> dict[str, str]:
    """Return the header by which a server that knows it tells a retry from a second order.

    Another way to ask is another order: such servers refuse a key that comes with another body.
    """
    room = [options.get(name) for name in openai_asking.COMPATIBLE]
    return {"Idempotency-Key": hashlib.sha256(f"{key} {asking} {room}".encode()).hexdigest()}


def counted_in(body: str) -> Usage:
    """Return the usage that a body reports; an unreadable body reports none."""
    try:
        return openai_answers.read_completion(body).counted
    except InvalidDraft:
        return Usage()
