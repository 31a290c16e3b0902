"""A model behind any server that speaks OpenAI's chat completions."""

from __future__ import annotations

from copydesk.generation.answers import ANSWER_FORM, read_drafts
from copydesk.generation.model import DraftRequest, Drafts
from copydesk.generation.openai_answers import said_in
from copydesk.generation.openai_server import OpenAIServer, Reached
from copydesk.generation.questions import Form
from copydesk.prompts import Prompt


class OpenAIModel(OpenAIServer):
    """Writes drafts, all variants in one call."""

    async def draft(self, request: DraftRequest) -> Drafts:
        """Return the valid drafts of one call. Raises as `Model.draft` says."""
        completion, parameters = await self.complete(request.prompt, ANSWER_FORM, request.seed)
        return Drafts(
            drafts=read_drafts(said_in(completion), request),
            model=self.name,
            usage=completion.counted,
            parameters=parameters,
        )


class OpenAIAnswerer(OpenAIServer):
    """Answers prompts that ask for anything but drafts, the same each time where it can."""

    async def answer(self, prompt: Prompt, form: Form) -> str:
        """Return what was said. Raises as `Answerer.answer` says."""
        completion, _ = await self.complete(prompt, form, seed=0)
        return said_in(completion)


__all__ = ["OpenAIAnswerer", "OpenAIModel", "Reached"]
