"""Several models as one: the next is tried where one fails, and every try is on record."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from copydesk.errors import GenerationError, ModelMisconfigured
from copydesk.generation.hosted.meter import Meter
from copydesk.generation.model import DraftRequest, Drafts, Model
from copydesk.variants import Attempt


class ModelChain:
    """Tries its models in order, and says which failed and why: no fallback is silent."""

    def __init__(self, models: Sequence[Model], meter: Meter | None = None) -> None:
        if not models:
            raise ModelMisconfigured("a chain needs at least one model")
        self._models = tuple(models)
        self._meter = meter or Meter()
        self.name = " > ".join(model.name for model in self._models)

    async def draft(self, request: DraftRequest) -> Drafts:
        """Return the first answer, with an attempt for every try that led to it.

        Raises:
            GenerationError: none answered. It is of the class that the last one raised, and its
                message lists them all.
        """
        failed: list[Attempt] = []
        last: GenerationError | None = None
        for model in self._models:
            began = time.monotonic()
            await request.watch(model.name, tuple(failed))
            try:
                drafts = await model.draft(request)
            except GenerationError as error:
                last = error
                self._meter.note_attempt(model.name, error.slug())
                failed.append(_attempt(model.name, "failed", began, error.message))
            else:
                self._meter.note_attempt(model.name, "answered")
                answered = _attempt(model.name, "answered", began)
                return replace(drafts, attempts=(*failed, *drafts.attempts, answered))
        listed = "; ".join(f"{attempt.model}: {attempt.detail}" for attempt in failed)
        raise type(last or GenerationError())(f"no model answered: {listed}") from last

    async def aclose(self) -> None:
        """Close every model."""
        for model in self._models:
            await model.aclose()


def _attempt(
    name: str, outcome: Literal["answered", "failed"], began: float, detail: str = ""
) -> Attempt:
    seconds = round(time.monotonic() - began, 3)
    return Attempt(model=name, outcome=outcome, detail=detail, seconds=seconds)
