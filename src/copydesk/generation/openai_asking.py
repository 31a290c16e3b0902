"""How a compatible server wants to be asked: found out by asking, as no server says beforehand."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from copydesk.generation.questions import Form

OPENAI = ("max_completion_tokens", "max_tokens")
COMPATIBLE = ("max_tokens", "max_completion_tokens")
"""Which name of the token limit to try first. OpenAI's newer models refuse the old name, in words;
other servers pass over the new one in silence, and then write without end."""


@dataclass(frozen=True, slots=True)
class Asking:
    """The options that a server has not refused so far."""

    formats: tuple[str, ...] = ("json_schema", "json_object")
    """Ways to ask for JSON, the strictest first; none left means that only the prompt asks."""
    limits: tuple[str, ...] = COMPATIBLE
    temperature: bool = True
    seed: bool = True
    system_role: bool = True
    """False for chat templates without one."""

    @property
    def response_format(self) -> str:
        """Name of the way that JSON is asked for, for provenance."""
        return self.formats[0] if self.formats else "none"

    def options(
        self, temperature: float, seed: int, max_output_tokens: int, form: Form
    ) -> dict[str, Any]:
        """Return the options of a request, beside model and messages."""
        options: dict[str, Any] = {}
        if self.temperature:
            options["temperature"] = temperature
        if self.seed:
            options["seed"] = seed
        if self.limits:
            options[self.limits[0]] = max_output_tokens
        if self.formats:
            options["response_format"] = _format(self.formats[0], form)
        return options

    def without(self, refused: str) -> Asking | None:
        """Return the next way to ask after a refusal in these words, or None when none is left.

        A refusal that names no option is put down to the response format: that is what servers
        lack most often.
        """
        if self.temperature and _names(refused, "temperature"):
            return replace(self, temperature=False)
        if self.seed and _names(refused, "seed"):
            return replace(self, seed=False)
        if self.limits and _names(refused, "max_tokens", "max_completion_tokens"):
            return replace(self, limits=self.limits[1:])
        if self.system_role and _names(refused, "system role"):
            return replace(self, system_role=False)
        if self.formats:
            return replace(self, formats=self.formats[1:])
        return None


def _format(kind: str, form: Form) -> dict[str, Any]:
    if kind != "json_schema":
        return {"type": kind}
    return {
        "type": kind,
        kind: {"name": form.name, "strict": True, "schema": form.schema},
    }


def _names(refused: str, *options: str) -> bool:
    return any(re.search(rf"\b{option}\b", refused, re.IGNORECASE) for option in options)
