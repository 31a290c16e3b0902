"""A model behind any server that speaks OpenAI's chat completions."""

from __future__ import annotations

from copydesk.generation.answers import ANSWER_FORM, read_drafts
from copydesk.generation.model import Draft, DraftRequest, Drafts
from copydesk.generation.openai_answers import Completion, said_in
from copydesk.generation.openai_server import OpenAIServer, Question, Reached
from copydesk.generation.questions import Form
from copydesk.prompts import Prompt


class OpenAIModel(OpenAIServer):
    """Writes drafts, all variants in one call."""

    async def draft(self, request: DraftRequest) -> Drafts:
        """Return the valid drafts of one call. Raises as `Model.draft` says."""

        def read(completion: Completion) -> tuple[Draft, ...]:
            return read_drafts(said_in(completion), request)

        drafts, usage, parameters = await self.complete(draft_question(request), read)
        return Drafts(drafts=drafts, model=self.name, usage=usage, parameters=parameters)


class OpenAIAnswerer(OpenAIServer):
    """Answers prompts that ask for anything but drafts, the same each time where it can."""

    async def answer(self, prompt: Prompt, form: Form) -> str:
        """Return what was said. Raises as `Answerer.answer` says."""
        answer = await self.complete(Question(prompt, form), said_in)
        return answer.value


def draft_question(request: DraftRequest) -> Question:
    """Return what is asked for a request."""
    return Question(request.prompt, ANSWER_FORM, request.seed, request.used)


__all__ = ["OpenAIAnswerer", "OpenAIModel", "Reached", "draft_question"]
