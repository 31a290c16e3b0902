"""The one protocol that every model answers to, and what goes in and out of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from copydesk.audiences import Signal
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.prompts import Prompt
from copydesk.variants import Attempt, Copy, Text, Usage


@dataclass(frozen=True, slots=True)
class Repair:
    """A draft that was blocked, and what was wrong with it, in words that a model can act on."""

    draft: Draft
    problems: tuple[str, ...]


Watch = Callable[[str, tuple[Attempt, ...]], Awaitable[None]]
"""Is told, before a model is asked, its name and the tries that failed until then."""


async def unwatched(_model: str, _failed: tuple[Attempt, ...]) -> None:
    """Take no notice of which model is asked."""


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """All that a model may know. Recipients and merge-tag values are not in it, on purpose."""

    brief: Brief
    brand: Brand
    signals: tuple[Signal, ...]
    prompt: Prompt
    n: int
    """How many drafts are wanted: at least one."""
    seed: int
    repairs: tuple[Repair, ...] = ()
    """When given, one rewrite is wanted for each, in this order; `n` equals their number."""
    used: Usage = field(default_factory=Usage)
    """What the request has used so far, as the drafts that are to be rewritten did."""
    watch: Watch = field(default=unwatched, compare=False, repr=False)
    """Who is told which model is asked, where several may be."""


class Draft(BaseModel):
    """One draft as a model writes it: the schema that structured output is held to."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    angle: str = Field(min_length=1, max_length=40)
    """What the draft leads with, as benefit, question, news, proof, deadline."""
    subject: str = Field(min_length=1, max_length=200)
    preheader: str = Field(min_length=1, max_length=250)
    body: str = Field(min_length=1, max_length=4_000)
    facts: list[str] = Field(default_factory=list, max_length=40)
    """Ids of the numbered facts that the draft leans on."""

    @property
    def copy_(self) -> Copy:
        """The draft's texts, read into trees."""
        return Copy(
            subject=Text(self.subject), preheader=Text(self.preheader), body=Text(self.body)
        )


@dataclass(frozen=True, slots=True)
class Drafts:
    """What a model answered."""

    drafts: tuple[Draft, ...]
    model: str
    """Name of the model that wrote them."""
    attempts: tuple[Attempt, ...] = ()
    usage: Usage = field(default_factory=Usage)
    parameters: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)


class Model(Protocol):
    """Writes drafts. Shipped: phrasebook, openai, transformers, scripted, and a chain of these."""

    @property
    def name(self) -> str:
        """Name for provenance, as `openai:gpt-5-mini`."""

    async def draft(self, request: DraftRequest) -> Drafts:
        """Return between one and `request.n` drafts that fit the schema.

        Raises:
            ModelUnavailable: no answer in time, or the provider asked us to wait too long.
            ModelMisconfigured: the key, address, name or weights are wrong.
            InvalidDraft: what came back is not copy, whatever the provider promised.
            OverBudget: the call would cost more than the operator allows.
        """

    async def aclose(self) -> None:
        """Let go of connections and memory."""
