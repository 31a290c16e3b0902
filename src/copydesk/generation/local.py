"""A model of one's own, run in this process with transformers, its output held to the schema."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from copydesk.generation.answers import bounded_schema, read_drafts, variant_schemas
from copydesk.generation.local_engine import LocalEngine, Sampling, Written, load
from copydesk.generation.local_memory import Dtype, Placing
from copydesk.generation.model import Draft, DraftRequest, Drafts


class TransformersModel:
    """A causal language model from a local directory or the hub. Needs the extra `ml`.

    Variants are written side by side, each with an angle of its own: the prompt is read once, and
    every step of the model brings all of them on by a token.

    Nothing is loaded before the first request. Loading and writing happen in one thread of its
    own: the event loop goes on, weights are loaded once, and a seed means what it says because
    no two requests draw from torch's random state at a time.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        device: str | None = None,
        dtype: Dtype = "auto",
        memory_gb: float | None = None,
        temperature: float = 0.9,
        max_output_tokens: int = 8_000,
    ) -> None:
        self.name = f"transformers:{Path(path).name}"
        self._path = str(path)
        self._placing = Placing(device, dtype, memory_gb)
        self._temperature = temperature
        self._max_output_tokens = max_output_tokens
        self._engine: LocalEngine | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="copydesk-transformers")

    async def draft(self, request: DraftRequest) -> Drafts:
        """Return `request.n` drafts that fit the schema. Raises as `Model.draft` says."""
        stop = threading.Event()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._draft, request, stop)
        finally:
            stop.set()  # a request that was cancelled ends at its next token

    async def aclose(self) -> None:
        """Let go of the weights, once the request at hand is done."""
        await asyncio.to_thread(self._thread.shutdown)
        self._engine = None

    def _draft(self, request: DraftRequest, stop: threading.Event) -> Drafts:
        if self._engine is None:
            self._engine = load(self._path, self._placing)
        engine = self._engine
        sampling = Sampling(self._temperature, request.seed, self._max_output_tokens)
        # Rewrites answer to drafts by their order, so they are one answer; variants are one each.
        schemas = [bounded_schema(request)] if request.repairs else variant_schemas(request)
        written = engine.write(request.prompt, schemas, sampling, stop)
        return Drafts(
            drafts=self._read(written, request),
            model=self.name,
            usage=written.usage,
            parameters={
                **sampling._asdict(),
                "device": engine.device,
                "dtype": str(engine.model.dtype).removeprefix("torch."),
                "at_once": written.at_once,
            },
        )

    @staticmethod
    def _read(written: Written, request: DraftRequest) -> tuple[Draft, ...]:
        if request.repairs:
            return read_drafts(written.texts[0], request)
        alone = replace(request, n=1)
        return tuple(draft for text in written.texts for draft in read_drafts(text, alone))
