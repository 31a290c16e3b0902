"""The steps of the pipeline, each from plain values to plain values."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from copydesk import __version__
from copydesk.audiences import Audience, SignalUse, minimise
from copydesk.errors import GenerationError
from copydesk.generation import Draft, DraftRequest, Drafts, Model, Repair
from copydesk.generations import GenerationRequest, Progress, RoutedVariant, Stage, Tell
from copydesk.guardrails import Checked, Severity, Submission, Verdict
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.repair import apply_suggestions
from copydesk.prompts import (
    PROMPT_VERSION,
    Prompt,
    draft_prompt,
    repair_prompt,
    shows_examples,
)
from copydesk.prompts.describing import without_identities
from copydesk.publishing.examples import Lessons
from copydesk.ranking import Candidate, Ranker, RankRequest, Scored
from copydesk.ranking.duplicates import without_duplicates
from copydesk.review_queue import Case, Route
from copydesk.review_queue.policy import Policy
from copydesk.variants import Attempt, Copy, Provenance, Variant

ROUNDS = 3
"""How often suggestions are taken: one may stand on words that another one changes."""
NO_LESSONS = Lessons()
SEVERITY_ORDER = (Verdict.PASS, Verdict.REVIEW, Verdict.BLOCK)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the steps work with."""

    model: Model
    chosen_because: str
    checker: Checker
    ranker: Ranker
    policy: Policy
    clock: Callable[[], datetime]
    prompts: str = PROMPT_VERSION
    """Version of the prompts, as `v1`."""
    examples: Callable[[GenerationRequest], Lessons] | None = None
    """Approved copy of the request's brand, nearest to its brief first. It may read a database."""
    history: Callable[[GenerationRequest], Mapping[str, str]] | None = None
    """What an individual's outcomes tell of them, as signals. It may read a database."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A draft on its way: its copy, its check, and what was done to it."""

    draft: Draft
    copy: Copy
    checked: Checked
    drafts: Drafts
    prompt: Prompt
    repairs: tuple[str, ...] = ()
    score: Scored | None = None


class Ranked(NamedTuple):
    """Pieces, best first and blocked ones last, with what the requester should know."""

    pieces: tuple[Piece, ...]
    abstained: str | None
    notes: tuple[str, ...]


class Written(NamedTuple):
    """What a request ended in."""

    variants: tuple[RoutedVariant, ...]
    abstained: str | None
    notes: tuple[str, ...]


class Notes:
    """Tells whoever watches how far a request is."""

    def __init__(self, tell: Tell, clock: Callable[[], datetime]) -> None:
        self._tell = tell
        self._now = Progress(stage=Stage.DRAFTING, started_at=clock())

    async def at(self, stage: Stage, **known: object) -> None:
        """Tell the stage that begins, and what is known from now on."""
        self._now = self._now.model_copy(update={"stage": stage, **known})
        await self._tell(self._now)

    async def trying(self, model: str, failed: tuple[Attempt, ...]) -> None:
        """Tell which model is asked, and which failed before it."""
        await self.at(self._now.stage, model=model, failed=failed)


def asked_of(
    request: GenerationRequest, prompts: str = PROMPT_VERSION, examples: Lessons = NO_LESSONS
) -> DraftRequest:
    """Return what a model is asked first: the prompt, and no signal that was not minimised."""
    used = minimise(request.audience).used
    told = (request.brief, request.brand, used, request.n, request.audience, prompts)
    shown = examples.told if shows_examples(prompts) else None
    return DraftRequest(
        brief=request.brief,
        brand=request.brand,
        signals=used,
        prompt=replace(draft_prompt(*told, examples.copies), examples=shown),
        n=request.n,
        seed=request.seed,
    )


async def examples(desk: Desk, request: GenerationRequest) -> Lessons:
    """Return the approved copy that the prompt may show; none for prompts that show none."""
    if desk.examples is None or not shows_examples(desk.prompts):
        return Lessons()
    return await asyncio.to_thread(desk.examples, request)


async def known_of(desk: Desk, request: GenerationRequest) -> Mapping[str, str]:
    """Return the signals that outcomes tell, and the caller did not set."""
    if desk.history is None or request.audience.recipient is None:
        return {}
    found = await asyncio.to_thread(desk.history, request)
    return {name: found[name] for name in found if name not in request.audience.signals}


def with_history(request: GenerationRequest, history: Mapping[str, str]) -> GenerationRequest:
    """Return the request as a prompt is made from it: with signals that outcomes tell."""
    if not history:
        return request
    signals = {**request.audience.signals, **history}
    audience = request.audience.model_copy(update={"signals": signals})
    return request.model_copy(update={"audience": audience})


async def check(
    desk: Desk, request: GenerationRequest, drafts: Drafts, prompt: Prompt
) -> list[Piece]:
    """Check every draft, all at once."""
    copies = [draft.copy_ for draft in drafts.drafts]
    checks = await _check_all(desk, request, copies)
    return [
        Piece(draft, copy, checked, drafts, prompt)
        for draft, copy, checked in zip(drafts.drafts, copies, checks, strict=True)
    ]


async def repair(
    desk: Desk, request: GenerationRequest, asked: DraftRequest, pieces: Sequence[Piece]
) -> list[Piece]:
    """Give blocked drafts one chance: the rules' own suggestions, else a rewrite by the model."""
    suggested = await _take_suggestions(desk, request, pieces)
    blocked = blocked_of(suggested)
    if not blocked:
        return suggested
    rewritten = await _rewrite(desk, request, asked, blocked)
    improved = dict(zip(map(id, blocked), rewritten, strict=True))
    return [improved.get(id(piece), piece) for piece in suggested]


def blocked_of(pieces: Iterable[Piece]) -> list[Piece]:
    """Return those that a check blocked."""
    return [piece for piece in pieces if piece.checked.verdict is Verdict.BLOCK]


async def rank_beside(desk: Desk, request: GenerationRequest, pieces: Sequence[Piece]) -> Ranked:
    """Rank in a thread: a ranker may read its model, or a database."""
    return await asyncio.to_thread(rank, desk, request, pieces)


def rank(desk: Desk, request: GenerationRequest, pieces: Sequence[Piece]) -> Ranked:
    """Order what may be shown, best first, and leave out what only repeats a better one."""
    stopped = [piece for piece in pieces if piece.checked.verdict is Verdict.BLOCK]
    blocked = _unlike(stopped)
    shown = {
        str(number): piece
        for number, piece in enumerate(pieces)
        if piece.checked.verdict is not Verdict.BLOCK
    }
    if not shown:
        return Ranked(tuple(blocked), None, ("Every draft was blocked: see the findings.",))
    candidates = tuple(Candidate(id=key, copy_=piece.copy) for key, piece in shown.items())
    ranking = desk.ranker.rank(
        RankRequest(
            brief=request.brief,
            audience=request.audience,
            brand=request.brand,
            candidates=candidates,
        )
    )
    scores = {scored.id: scored for scored in ranking.ranking}
    by_id = {candidate.id: candidate for candidate in candidates}
    kept, dropped = without_duplicates([by_id[name] for name in scores])
    ordered = [replace(shown[c.id], score=scores[c.id]) for c in kept]
    notes = _count_notes(request.n, len(ordered), len(dropped), len(stopped))
    return Ranked((*ordered, *blocked), ranking.abstained, notes)


def _unlike(blocked: Sequence[Piece]) -> list[Piece]:
    """Return them without those that repeat an earlier one: the same fault is read once."""
    pieces = {str(number): piece for number, piece in enumerate(blocked)}
    copies = [Candidate(id=key, copy_=piece.copy) for key, piece in pieces.items()]
    return [pieces[one.id] for one in without_duplicates(copies).kept]


def route(
    desk: Desk,
    generation_id: str,
    request: GenerationRequest,
    signals: SignalUse,
    ranked: Ranked,
) -> Written:
    """Decide for each piece, by the policy, where it goes, and write down where it came from."""
    variants = tuple(
        _routed(desk, generation_id, request, signals, piece) for piece in ranked.pieces
    )
    return Written(variants, ranked.abstained, (*ranked.notes, *_fallback_notes(ranked.pieces)))


async def _check_all(
    desk: Desk, request: GenerationRequest, copies: Sequence[Copy]
) -> list[Checked]:
    facts = (request.brief, request.brand, request.audience)
    return await desk.checker.check_all([Submission(copy, *facts) for copy in copies])


async def _take_suggestions(
    desk: Desk, request: GenerationRequest, pieces: Sequence[Piece]
) -> list[Piece]:
    now = list(pieces)
    for _ in range(ROUNDS):
        changed = {number: copy for number, piece in enumerate(now) if (copy := _suggested(piece))}
        checks = await _check_all(desk, request, list(changed.values()))
        for (number, copy), checked in zip(changed.items(), checks, strict=True):
            now[number] = replace(now[number], copy=copy, checked=checked)
    return [
        old if new is old else _better(old, new, f"took the suggestions of {_rules(old.checked)}")
        for old, new in zip(pieces, now, strict=True)
    ]


def _suggested(piece: Piece) -> Copy | None:
    if piece.checked.verdict is not Verdict.BLOCK:
        return None
    return apply_suggestions(piece.copy, piece.checked.findings)


async def _rewrite(
    desk: Desk, request: GenerationRequest, asked: DraftRequest, blocked: Sequence[Piece]
) -> list[Piece]:
    repairs = tuple(
        Repair(piece.draft, _problems(piece.checked, request.audience)) for piece in blocked
    )
    told = [(repair.draft.model_dump(exclude={"facts"}), repair.problems) for repair in repairs]
    prompt = repair_prompt(
        request.brief, request.brand, asked.signals, told, request.audience, desk.prompts
    )
    again = replace(
        asked, prompt=prompt, n=len(repairs), repairs=repairs, used=blocked[0].drafts.usage
    )
    try:
        answer = await desk.model.draft(again)
    except GenerationError as error:
        note = f"asked for a rewrite, and none came: {error.message}"
        return [replace(piece, repairs=(*piece.repairs, note)) for piece in blocked]
    rewrites = await check(desk, request, answer, prompt)
    padded = [*rewrites, *blocked[len(rewrites) :]]
    return [
        _better(old, replace(new, repairs=old.repairs), f"rewritten for {_rules(old.checked)}")
        for old, new in zip(blocked, padded, strict=False)
    ]


def _better(old: Piece, new: Piece, note: str) -> Piece:
    """Return the one with the milder verdict, the old one on a tie, saying what was tried."""
    gained = SEVERITY_ORDER.index(new.checked.verdict) < SEVERITY_ORDER.index(old.checked.verdict)
    chosen = new if gained else old
    said = note if gained else f"{note}: still blocked"
    return replace(chosen, repairs=(*old.repairs, said))


def _problems(checked: Checked, audience: Audience) -> tuple[str, ...]:
    return tuple(
        without_identities(f"{finding.slot}: “{finding.match}”: {finding.message}", audience)
        for finding in checked.findings
        if finding.severity in {Severity.BLOCK, Severity.REVIEW}
    )


def _rules(checked: Checked) -> str:
    rules = (f.rule for f in checked.findings if f.severity is Severity.BLOCK)
    return ", ".join(dict.fromkeys(rules))


def _count_notes(wanted: int, kept: int, repeated: int, blocked: int) -> tuple[str, ...]:
    notes = []
    if repeated:
        notes.append(f"{repeated} left out: too like a better-ranked one.")
    if kept < wanted:
        others = f"{repeated} repeated others, {blocked} blocked"
        notes.append(f"{kept} of the {wanted} variants asked for: {others}.")
    return tuple(notes)


def _fallback_notes(pieces: Iterable[Piece]) -> tuple[str, ...]:
    failed = (
        f"{attempt.model} failed ({attempt.detail}); {piece.drafts.model} wrote instead."
        for piece in pieces
        for attempt in piece.drafts.attempts
        if attempt.outcome == "failed"
    )
    return tuple(dict.fromkeys(failed))


def _routed(
    desk: Desk, generation_id: str, request: GenerationRequest, signals: SignalUse, piece: Piece
) -> RoutedVariant:
    case = Case(request.brief, request.audience, request.brand, piece.checked)
    submission = Submission(piece.copy, request.brief, request.brand, request.audience)
    routing = desk.policy.route(case)
    variant = Variant(
        id=Variant.id_for(generation_id, piece.copy),
        copy_=piece.copy,
        provenance=_provenance(desk, request, signals, piece),
    )
    return RoutedVariant(
        variant=variant,
        checked=desk.checker.with_bindings(piece.checked, submission),
        score=piece.score if routing.route is not Route.BLOCKED else None,
        route=routing.route,
        rule=routing.rule,
        because=routing.because,
    )


def _provenance(
    desk: Desk, request: GenerationRequest, signals: SignalUse, piece: Piece
) -> Provenance:
    return Provenance(
        model=piece.drafts.model,
        chosen_because=desk.chosen_because,
        attempts=piece.drafts.attempts,
        prompt=piece.prompt.name,
        examples=piece.prompt.examples,
        prompt_sha256=piece.prompt.sha256,
        parameters={"seed": request.seed, **piece.drafts.parameters},
        angle=piece.draft.angle,
        facts_cited=tuple(piece.draft.facts),
        usage=piece.drafts.usage,
        signals_used=tuple(signal.name for signal in signals.used),
        signals_withheld=signals.withheld,
        signals_from_history=dict(signals.from_history),
        generic_because=signals.generic_because,
        repairs=piece.repairs,
        engines=piece.checked.engines,
        ranker=desk.ranker.name,
        copydesk_version=__version__,
        created_at=desk.clock(),
    )
