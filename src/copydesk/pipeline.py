"""The sentence: prompt, draft, check, repair, rank, route."""

from __future__ import annotations

from copydesk import steps
from copydesk.audiences import minimise
from copydesk.generation import DraftRequest
from copydesk.generations import GenerationRequest
from copydesk.prompts import PROMPT_VERSION, draft_prompt
from copydesk.steps import Desk, Written


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
        asked = asked_of(request, desk.prompts)
        drafts = await desk.model.draft(asked)
        pieces = await steps.check(desk, request, drafts, asked.prompt)
        pieces = await steps.repair(desk, request, asked, pieces)
        distinct = steps.rank(desk, request, pieces)
        return steps.route(desk, generation_id, request, signals, distinct)


def asked_of(request: GenerationRequest, prompts: str = PROMPT_VERSION) -> DraftRequest:
    """Return what a model is asked first: the prompt, and no signal that was not minimised."""
    used = minimise(request.audience).used
    return DraftRequest(
        brief=request.brief,
        brand=request.brand,
        signals=used,
        prompt=draft_prompt(
            request.brief, request.brand, used, request.n, request.audience, prompts
        ),
        n=request.n,
        seed=request.seed,
    )
