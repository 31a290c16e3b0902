"""Asking a model for anything but drafts: a prompt, a form, and the answer as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from copydesk.errors import ModelMisconfigured
from copydesk.prompts import Prompt


@dataclass(frozen=True, slots=True)
class Form:
    """The JSON schema that an answer is asked to fit, in the subset that strict output takes."""

    name: str
    schema: Mapping[str, Any]
    characters: int = field(init=False, compare=False)
    """Length of the schema as it is sent."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "characters", len(json.dumps(dict(self.schema))))


class Answerer(Protocol):
    """Answers prompts. Shipped: OpenAI-compatible servers, and a scripted one for tests."""

    @property
    def name(self) -> str:
        """Name for provenance, as `openai:gpt-5-mini`."""

    async def answer(self, prompt: Prompt, form: Form) -> str:
        """Return what the model said: text that ought to be JSON of this form, unchecked.

        Raises:
            ModelUnavailable: no answer in time, or the provider asked us to wait too long.
            ModelMisconfigured: the key, address or name is wrong.
            InvalidDraft: the model refused, or was cut off.
        """

    async def aclose(self) -> None:
        """Let go of the connections of the running event loop."""


Said = str | Exception


class ScriptedAnswerer:
    """Answers each prompt with the next text of its script, and keeps the prompts it got.

    A script is a sequence of texts and errors to raise, or a function from the prompt to one.
    """

    name = "scripted"

    def __init__(self, script: Sequence[Said] | Callable[[Prompt], Said]) -> None:
        self.prompts: list[Prompt] = []
        """What was asked, oldest first."""
        self._script = script

    async def answer(self, prompt: Prompt, form: Form) -> str:  # noqa: ARG002 - a port's
        """Return the next text, or raise it. Raises ModelMisconfigured when none is left."""
        self.prompts.append(prompt)
        said = self._next(prompt)
        if isinstance(said, Exception):
            raise said
        return said

    async def aclose(self) -> None:
        """Hold nothing, so let go of nothing."""

    def _next(self, prompt: Prompt) -> Said:
        if callable(self._script):
            return self._script(prompt)
        if len(self.prompts) > len(self._script):
            raise ModelMisconfigured(f"the script has run out after {len(self._script)} answers")
        return self._script[len(self.prompts) - 1]
