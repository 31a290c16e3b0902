"""Running the cases: one request after the other, so that latencies do not disturb one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

from copydesk.brand_voice import Brand
from copydesk.brand_voice.tone import tone_score
from copydesk.errors import GenerationError
from copydesk.evaluation.cases import BriefCase
from copydesk.evaluation.results import Evaluation, Result, row_of
from copydesk.evaluation.variety import distinct, self_similarity
from copydesk.generation import DraftRequest, Drafts, Model
from copydesk.generations import RoutedVariant
from copydesk.pipeline import Pipeline
from copydesk.review_queue import cuts, inbox_remarks
from copydesk.steps import Desk
from copydesk.variants import Copy, Slot

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Entrant:
    """A model with a version of the prompts."""

    label: str
    """Name of the model, short enough for a table."""
    model: Model
    prompts: str
    reads_prompts: bool = True
    """False for a model that writes the same whatever the prompt says."""

    @property
    def name(self) -> str:
        """As `local:tiny, v1`, or `phrasebook`."""
        return f"{self.label}, {self.prompts}" if self.reads_prompts else self.label

    @property
    def read(self) -> str:
        """The version of the prompts, or that none is read."""
        return self.prompts if self.reads_prompts else "reads no prompt"


@dataclass(slots=True)
class Timed:
    """A model whose calls are kept, with the time that they took."""

    model: Model
    answers: list[Drafts] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """The model's own."""
        return self.model.name

    async def draft(self, request: DraftRequest) -> Drafts:
        """Return the model's drafts, or raise what it raises."""
        started = perf_counter()
        try:
            answer = await self.model.draft(request)
        finally:
            self.seconds += perf_counter() - started
        self.answers.append(answer)
        return answer

    async def aclose(self) -> None:
        """Leave the model open: it has further cases to write for."""


async def evaluate(
    folder: str, cases: Sequence[BriefCase], entrants: Sequence[Entrant], desk: Desk, say: Say
) -> Evaluation:
    """Run every case through every entrant, checked, repaired and ranked as `desk` would.

    Nothing is stored. A model that fails is a result, not an end. `say` is told who is at work.
    """
    results: dict[str, list[Result]] = {entrant.name: [] for entrant in entrants}
    for entrant in entrants:
        for case in cases:
            say(f"{entrant.name}: {case.name}")
            results[entrant.name].append(await _run(case, entrant, desk))
    return Evaluation(
        folder=folder,
        cases=tuple(case.name for case in cases),
        asked=cases[0].request.n,
        seed=cases[0].request.seed,
        made_at=desk.clock(),
        rows=tuple(row_of(e.name, e.label, e.read, results[e.name]) for e in entrants),
        results=tuple(result for entrant in entrants for result in results[entrant.name]),
        tone_note=tone_score("Read this sentence.", cases[0].request.brand.samples).abstained,
    )


async def _run(case: BriefCase, entrant: Entrant, desk: Desk) -> Result:
    timed = Timed(entrant.model)
    because = f"the evaluation names {entrant.label}"
    mine = replace(desk, model=timed, chosen_because=because, prompts=entrant.prompts)
    result = Result(case=case.name, entrant=entrant.name, asked=case.request.n)
    try:
        written = await Pipeline(mine).run(f"eval {case.name}", case.request)
    except GenerationError as error:
        told = {"error": error.message, "seconds": timed.seconds}
        return result.model_copy(update=told)
    first = [draft.copy_ for draft in timed.answers[0].drafts]
    measured = {
        "drafts": written.variants,
        "inbox": tuple(_remarks(variant.variant.copy_, case) for variant in written.variants),
        "subjects_cut": sum(_is_cut(variant.variant.copy_, case) for variant in written.variants),
        "notes": written.notes,
        "distinct_1": distinct(first, 1),
        "distinct_2": distinct(first, 2),
        "alike": self_similarity(first),
        "tone": _tones(written.variants, case.request.brand),
        "usage": tuple(answer.usage for answer in timed.answers),
        "seconds": timed.seconds,
    }
    return result.model_copy(update=measured)


def _remarks(copy: Copy, case: BriefCase) -> tuple[str, ...]:
    return inbox_remarks(copy, case.request.brief, case.request.audience)


def _is_cut(copy: Copy, case: BriefCase) -> bool:
    return any(cut.slot is Slot.SUBJECT for cut in cuts(copy, case.request.audience))


def _tones(variants: Sequence[RoutedVariant], brand: Brand) -> tuple[float, ...]:
    bodies = (variant.variant.copy_.body.render() for variant in variants)
    scores = (tone_score(body, brand.samples).score for body in bodies)
    return tuple(score for score in scores if score is not None)
