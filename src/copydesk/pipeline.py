"""The sentence: prompt, draft, check, repair, rank, route."""

from __future__ import annotations

from dataclasses import replace

from copydesk import steps
from copydesk.audiences import minimise
from copydesk.generation import DraftRequest
from copydesk.generations import GenerationRequest
from copydesk.prompts import PROMPT_VERSION, draft_prompt, shows_examples
from copydesk.publishing.examples import Lessons
from copydesk.steps import Desk, Written

NO_LESSONS = Lessons()


class Pipeline:
    """Turns a request into checked, ranked and routed variants. Holds no state between requests."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def run(self, generation_id: str, request: GenerationRequest) -> Written:
        """Return what was written for `request`.

        Raises:
            GenerationError: no model of the chain gave a usable draft.
        """
        desk, signals = self.desk, minimise(request.audience)
        asked = await self.asked(request)
        drafts = await desk.model.draft(asked)
        pieces = await steps.check(desk, request, drafts, asked.prompt)
        pieces = await steps.repair(desk, request, asked, pieces)
        distinct = steps.rank(desk, request, pieces)
        return steps.route(desk, generation_id, request, signals, distinct)

    async def asked(self, request: GenerationRequest) -> DraftRequest:
        """Return what a model is asked first, with the approved copy that the prompt shows."""
        return asked_of(request, self.desk.prompts, await steps.examples(self.desk, request))


def asked_of(
    request: GenerationRequest, prompts: str = PROMPT_VERSION, examples: Lessons = NO_LESSONS
) -> DraftRequest:
    """Return what a model is asked first: the prompt, and no signal that was not minimised."""
    used = minimise(request.audience).used
    told = (request.brief, request.brand, used, request.n, request.audience, prompts)
    shown = examples.told if shows_examples(prompts) else None
    return DraftRequest(
        brief=request.brief,
        brand=request.brand,
        signals=used,
        prompt=replace(draft_prompt(*told, examples.copies), examples=shown),
        n=request.n,
        seed=request.seed,
    )
