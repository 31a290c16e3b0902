"""Any server that speaks OpenAI's chat completions: asked a prompt, it gives a completion."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import openai
from openai import AsyncOpenAI

from copydesk.errors import ModelUnavailable
from copydesk.generation import openai_answers, openai_asking
from copydesk.generation.answers import messages
from copydesk.generation.openai_answers import Completion
from copydesk.generation.openai_asking import Asking
from copydesk.generation.openai_settings import checked_address, checked_key, shown_address
from copydesk.generation.questions import Form
from copydesk.prompts import Prompt

OPENAI_URL = "https://api.openai.com/v1"
NO_KEY = "none"
"""What is sent as the key to a server of one's own that asks for none: the client insists."""
BACKOFF_S, BACKOFF_MOST_S = 0.5, 8.0
"""The client's own waits between tries: the first, doubled each time, and the longest."""
SLACK_S = 1.0
"""So that the client's own time-out, which says more, comes before ours."""


class Reached(NamedTuple):
    """What a server answered when it was asked for its models."""

    listed: bool
    """False may be a wrong name, or a server that does not list all that it serves."""
    words: str


class Completed(NamedTuple):
    """A completion, and the options that it was asked with."""

    completion: Completion
    parameters: dict[str, Any]


class _Line(NamedTuple):
    client: AsyncOpenAI
    gate: asyncio.Semaphore


class OpenAIServer:
    """OpenAI, Azure, vLLM, Ollama, llama.cpp, `transformers serve`: one client serves all.

    What a server refuses, strict schemas or an option, is not sent to it again. Retries on 429,
    5xx and lost connections are the client's own; they honour `retry-after` as long as the time
    of all tries together allows.
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
        self._concurrency = concurrency
        self._temperature = temperature
        self._max_output_tokens = max_output_tokens
        limits = openai_asking.COMPATIBLE if base_url else openai_asking.OPENAI
        self._asking = Asking(limits=limits)
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = WeakKeyDictionary()

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
        line = self._lines.pop(asyncio.get_running_loop(), None)
        if line is not None:
            await line.client.close()

    async def complete(self, prompt: Prompt, form: Form, seed: int) -> Completed:
        """Ask in the strictest way that the server takes, and remember it once it worked.

        Raises:
            GenerationError: as `Model.draft` says.
        """
        asking, line = self._asking, self._line()
        async with line.gate:
            while True:
                options = asking.options(self._temperature, seed, self._max_output_tokens, form)
                try:
                    body = await self._ask(line.client, prompt, asking, options)
                except openai.OpenAIError as error:
                    asking = self._another_way(asking, error)
                else:
                    self._asking = asking
                    said = {**options, "response_format": asking.response_format}
                    return Completed(openai_answers.read_completion(body), said)

    async def _ask(
        self, client: AsyncOpenAI, prompt: Prompt, asking: Asking, options: dict[str, Any]
    ) -> str:
        create: Any = client.chat.completions.with_raw_response.create
        try:
            # The client's timeout is for each read: a server that drips bytes would hold us.
            async with asyncio.timeout(self._patience_s):
                response = await create(
                    model=self._model,
                    messages=messages(prompt, system_role=asking.system_role),
                    **options,
                )
        except TimeoutError as error:
            raise ModelUnavailable(
                f"{self._where} gave no whole answer in {self._patience_s:g} s"
            ) from error
        return str(response.text)

    def _another_way(self, asking: Asking, error: openai.OpenAIError) -> Asking:
        refusals = openai.BadRequestError, openai.UnprocessableEntityError
        if isinstance(error, refusals) and not openai_answers.is_filtered(error):
            another = asking.without(openai_answers.refused_words(error))
            if another is not None:
                return another
        raise openai_answers.failure(error, self._where, self._model) from error

    def _line(self) -> _Line:
        """Return this event loop's client: connections and gates cannot be shared among loops."""
        loop = asyncio.get_running_loop()
        if loop not in self._lines:
            gate = asyncio.Semaphore(self._concurrency)
            self._lines[loop] = _Line(AsyncOpenAI(**self._client_options()), gate)
        return self._lines[loop]

    def _client_options(self) -> dict[str, Any]:
        return {
            "api_key": checked_key(self._api_key, self._where),
            "base_url": checked_address(self._base_url),
            "timeout": self._timeout_s,
            "max_retries": self._retries,
        }
