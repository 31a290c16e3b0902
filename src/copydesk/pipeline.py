"""The sentence: prompt, draft, check, repair, rank, route."""

from __future__ import annotations

from dataclasses import replace

from copydesk import steps
from copydesk.audiences import minimise
from copydesk.generation import DraftRequest
from copydesk.generations import GenerationRequest, Stage, Tell, untold
from copydesk.steps import Desk, Notes, Written


class Pipeline:
    """Turns a request into checked, ranked and routed variants. Holds no state between requests."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def run(
        self, generation_id: str, request: GenerationRequest, tell: Tell = untold
    ) -> Written:
        """Return what was written for `request`; `tell` hears how far it is.

        Raises:
            GenerationError: no model of the chain gave a usable draft.
        """
        desk, notes = self.desk, Notes(tell, self.desk.clock)
        history = await steps.known_of(desk, request)
        told = steps.with_history(request, history)
        signals = minimise(told.audience)._replace(from_history=history)
        asked = replace(await self._asked(told), watch=notes.trying)
        await notes.at(Stage.DRAFTING, model=desk.model.name)
        drafts = await desk.model.draft(asked)
        await notes.at(Stage.CHECKING, model=drafts.model, drafts=len(drafts.drafts))
        pieces = await steps.check(desk, request, drafts, asked.prompt)
        await notes.at(Stage.REPAIRING, blocked=len(steps.blocked_of(pieces)))
        pieces = await steps.repair(desk, request, asked, pieces)
        await notes.at(Stage.RANKING)
        distinct = await steps.rank_beside(desk, request, pieces)
        return steps.route(desk, generation_id, request, signals, distinct)

    async def asked(self, request: GenerationRequest) -> DraftRequest:
        """Return what a model is asked first, with the approved copy that the prompt shows."""
        history = await steps.known_of(self.desk, request)
        return await self._asked(steps.with_history(request, history))

    async def _asked(self, request: GenerationRequest) -> DraftRequest:
        examples = await steps.examples(self.desk, request)
        return steps.asked_of(request, self.desk.prompts, examples)
