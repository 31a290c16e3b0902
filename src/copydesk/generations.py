"""A request for variants and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple, Protocol

from pydantic import Field

from copydesk.audiences import Audience
from copydesk.brand_voice import EVERY_BRAND, NO_BRAND, Brand, Brands
from copydesk.briefs import UNQUOTED, Brief, Noun, Slug
from copydesk.guardrails import Checked
from copydesk.publishing import DialectName
from copydesk.ranking import Scored
from copydesk.review_queue.policy import Route
from copydesk.variants import Attempt, Variant

VARIANTS_AT_MOST = 20
DIALECTS_AT_MOST = 20


class GenerationRequest(Noun):
    """What is sent to `POST /v1/generations`."""

    brief: Brief
    audience: Audience
    brand: Brand
    n: Annotated[int, Field(ge=1, le=VARIANTS_AT_MOST), UNQUOTED] = 5
    """How many variants are wanted."""
    campaign: Slug | None = None
    """Campaign that the copy is for; left out, one is named after the generation."""
    dialects: Annotated[tuple[DialectName, ...], Field(max_length=DIALECTS_AT_MOST)] = ()
    """Tools that the campaign is sent with, beside those that it names already: copy that one of
    them cannot write is not approved. Left out, that is found when the copy is pulled."""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1), UNQUOTED] = 0
    """The same request with the same seed writes the same copy, where the model can."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the whole request, to tell a repeat from a reused Idempotency-Key."""
        # Requests that name no dialect are told by what they were told by before they could.
        unsaid = None if self.dialects else {"dialects"}
        return hashlib.sha256(self.model_dump_json(exclude=unsaid).encode()).hexdigest()


class GenerationState(StrEnum):
    """Where a generation stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class RoutedVariant(Noun):
    """A variant with its check, its score and where it went."""

    variant: Variant
    checked: Checked
    score: Scored | None = None
    """None for a blocked variant: it is not ranked."""
    route: Route
    rule: str
    """Name of the policy rule that decided."""
    because: str
    """That rule's reason, in words."""
    trusted: bool = False
    """Whether trust that its segment has earned took the place of a person's review."""
    review_id: str | None = None
    approval_hash: str | None = None


class Generation(Noun):
    """A request for variants, from acceptance to its end."""

    id: str
    requester: str
    request: GenerationRequest
    campaign: str
    state: GenerationState = GenerationState.QUEUED
    variants: tuple[RoutedVariant, ...] = ()
    """Best first; blocked ones last."""
    abstained: str | None = None
    """Why the order should not be relied upon, or None."""
    notes: tuple[str, ...] = ()
    """What the requester should know, as a fallback to another model or duplicates left out."""
    error: str | None = None
    """In words, when it failed."""
    failure: str | None = None
    """Kind of error, as `over-budget` (the last part of `type` in a problem), when it failed."""
    idempotency_key: str | None = None
    created_at: datetime
    finished_at: datetime | None = None


class Stage(StrEnum):
    """What a running generation is at."""

    DRAFTING = "drafting"
    CHECKING = "checking"
    REPAIRING = "repairing"
    RANKING = "ranking"


class Progress(Noun):
    """How far a running generation is: a note for people who watch, and no more than that.

    A generation that is run anew after a crash begins its notes anew.
    """

    stage: Stage
    started_at: datetime
    """When this run of it began."""
    model: str | None = None
    """Name of the model that is asked, or that wrote the drafts."""
    failed: tuple[Attempt, ...] = ()
    """Models that were tried before and gave nothing."""
    drafts: int = 0
    """How many came from the model."""
    blocked: int = 0
    """How many of them the first check blocked."""


Tell = Callable[[Progress], Awaitable[None]]
"""Is told how far a generation is."""


async def untold(_progress: Progress) -> None:
    """Take no notice of how far it is."""


class Whose(NamedTuple):
    """Which generations: all of some brands, and what one user asked for of others."""

    brands: Brands = EVERY_BRAND
    requester: str = ""
    own: Brands = NO_BRAND
    """Brands of which those are meant that `requester` asked for."""

    def means(self, generation: Generation) -> bool:
        """Return whether the generation is among them."""
        brand = generation.request.brand.name
        return brand in self.brands or (
            generation.requester == self.requester and brand in self.own
        )


EVERYONES = Whose()


class Generations(Protocol):
    """Generations, by id."""

    def add(self, generation: Generation) -> Generation:
        """Store a new generation and return it.

        When the requester used its idempotency key before with the same request, the earlier
        generation is returned and nothing is stored. Raises KeyReused when the request differs.
        """

    def get(self, generation_id: str) -> Generation:
        """Return the generation. Raises NotFound."""

    def save(self, generation: Generation) -> None:
        """Replace the generation. Raises NotFound."""

    def note(self, generation_id: str, progress: Progress) -> None:
        """Keep how far it is, in place of what was noted before; no error where it is gone."""

    def progress(self, generation_id: str) -> Progress | None:
        """Return what was noted last, or None."""

    def latest(self, whose: Whose = EVERYONES, limit: int = 50) -> Sequence[Generation]:
        """Return the newest generations that are meant, newest first."""

    def page(
        self, since: datetime | None = None, after: str | None = None, limit: int = 50
    ) -> Sequence[Generation]:
        """Return those accepted at `since` or later, oldest first, that follow the id `after`.

        Raises NotFound for `after`.
        """

    def unfinished(self) -> Sequence[Generation]:
        """Return those queued or running, oldest first."""
