"""A model that says what it was told to say: for tests, demonstrations and rehearsals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from copydesk import documents
from copydesk.errors import GenerationError, InvalidDraft, ModelMisconfigured, ModelUnavailable
from copydesk.generation.model import Draft, DraftRequest, Drafts

Answer = Sequence[Draft] | Exception
Script = Sequence[Answer] | Callable[[DraftRequest], Answer]

_FAILURES: dict[str, type[GenerationError]] = {
    failure.slug(): failure for failure in (ModelUnavailable, ModelMisconfigured, InvalidDraft)
}


class WrittenAnswer(BaseModel):
    """One answer of a script file: drafts, or the failure to play."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    drafts: tuple[Draft, ...] = ()
    error: Literal["model-unavailable", "model-misconfigured", "invalid-draft"] | None = None
    message: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.drafts) == bool(self.error):
            raise ValueError("an answer has either `drafts` or an `error`")
        return self

    def played(self) -> Answer:
        """Return the drafts or the failure."""
        return _FAILURES[self.error](self.message) if self.error else self.drafts


class WrittenScript(BaseModel):
    """A script file: answers in the order of the requests."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answers: tuple[WrittenAnswer, ...] = Field(min_length=1)
    repeat: bool = False
    """True begins again after the last answer: for demonstrations."""


class ScriptedModel:
    """Answers each request with the next part of its script, and keeps the requests it got.

    A script is a sequence of answers, each some drafts or an error to raise, or a function from
    the request to an answer. Of more drafts than a request asks for, the first `n` are given.
    """

    name = "scripted"

    def __init__(self, script: Script, *, repeat: bool = False) -> None:
        self.requests: list[DraftRequest] = []
        """What was asked, oldest first."""
        self._script = script
        self._repeat = repeat

    @classmethod
    def from_file(cls, path: Path) -> ScriptedModel:
        """Read a script from YAML. Raises InputError with the line of whatever is wrong."""
        written = documents.load(path, WrittenScript)
        return cls([answer.played() for answer in written.answers], repeat=written.repeat)

    async def draft(self, request: DraftRequest) -> Drafts:
        """Return the next answer, or raise it.

        Raises:
            ModelMisconfigured: the script has run out.
        """
        self.requests.append(request)
        answer = self._next(request)
        if isinstance(answer, Exception):
            raise answer
        if not answer:
            raise InvalidDraft("the script holds an answer without drafts")
        return Drafts(drafts=tuple(answer)[: request.n], model=self.name)

    async def aclose(self) -> None:
        """Hold nothing, so let go of nothing."""

    def _next(self, request: DraftRequest) -> Answer:
        if callable(self._script):
            return self._script(request)
        turn, length = len(self.requests) - 1, len(self._script)
        if self._repeat and length:
            turn %= length
        if turn >= length:
            raise ModelMisconfigured(
                f"the script has run out: it holds {length} answers and this is request {turn + 1}"
            )
        return self._script[turn]
