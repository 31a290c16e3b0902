"""What came of an evaluation: one result for each brief and entrant, and a row for each entrant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import chain
from statistics import mean, median

from copydesk import __version__
from copydesk.briefs import Noun
from copydesk.generations import RoutedVariant
from copydesk.guardrails import Severity, Verdict
from copydesk.ranking.measures import visible_length, words
from copydesk.variants import Usage

COUNTED = (Severity.BLOCK, Severity.REVIEW)
"""Severities of the findings that are counted by category: the others stop nothing."""


class Result(Noun):
    """What one entrant made of one brief."""

    case: str
    entrant: str
    asked: int
    drafts: tuple[RoutedVariant, ...] = ()
    """What was kept of what it wrote, after repair, best first and blocked ones last."""
    inbox: tuple[tuple[str, ...], ...] = ()
    """For each draft, what a reader misses who sees the list of mails alone, in sentences."""
    subjects_cut: int = 0
    """Drafts whose subject at least one mail client cuts, at the longest values of its tags."""
    notes: tuple[str, ...] = ()
    distinct_1: float | None = None
    distinct_2: float | None = None
    """Of the drafts as they were first written, before repeats were left out."""
    alike: float | None = None
    """Likewise: their mean similarity."""
    tone: tuple[float, ...] = ()
    """Tone score of each draft that has one, 0 to 100."""
    usage: tuple[Usage, ...] = ()
    """Of every call that was made, those for rewrites included."""
    seconds: float = 0.0
    """Time until the model had answered, its rewrites included; checks are not in it."""
    error: str | None = None
    """In words, where nothing was written."""

    def with_verdict(self, *verdicts: Verdict) -> int:
        """Return how many drafts were kept with one of these verdicts."""
        return sum(draft.checked.verdict in verdicts for draft in self.drafts)


class Row(Noun):
    """All results of one entrant, summed up. A value is None where nothing could be measured."""

    entrant: str
    model: str
    prompt: str
    asked: int
    accepted: float
    """Share of what was asked for that no check blocked, and that repeats no other."""
    clean: float
    """Share of what was asked for that passed every check."""
    first_time: float
    """Share of what was asked for that was accepted as it was written, without a repair."""
    failed: int
    """Briefs that nothing was written for."""
    kept: int
    """Drafts that were kept: those accepted, and each blocked one once."""
    findings: dict[str, int]
    """In the drafts kept: findings that block or ask for a person, by category, most first."""
    distinct_1: float | None
    distinct_2: float | None
    alike: float | None
    subject: float | None
    """Median visible characters of the subjects."""
    subjects_cut: float | None
    """Share of the drafts whose subject a mail client cuts, for some recipient at least."""
    body: float | None
    """Median words of the bodies."""
    tone: float | None
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None
    currency: str | None
    seconds: float | None
    """Median time of a request."""
    slowest: float | None


class Evaluation(Noun):
    """An evaluation: what was compared, and what came of it."""

    folder: str
    cases: tuple[str, ...]
    asked: int
    """Variants asked for in each request."""
    seed: int
    approved: int = 0
    """Approved copies that were there for prompts to show."""
    made_at: datetime
    copydesk_version: str = __version__
    rows: tuple[Row, ...]
    results: tuple[Result, ...]
    tone_note: str | None = None
    """Why there is no tone score, where there is none."""


def row_of(entrant: str, model: str, prompt: str, results: Sequence[Result]) -> Row:
    """Return the results of one entrant as a row of the table."""
    drafts = [draft for result in results for draft in result.drafts]
    passing = [draft for draft in drafts if draft.checked.verdict is not Verdict.BLOCK]
    copies = [draft.variant.copy_ for draft in drafts]
    asked = sum(result.asked for result in results)
    usage = [one for result in results for one in result.usage]
    seconds = [result.seconds for result in results if result.error is None]
    return Row(
        entrant=entrant,
        model=model,
        prompt=prompt,
        asked=asked,
        kept=len(drafts),
        accepted=len(passing) / asked,
        clean=sum(result.with_verdict(Verdict.PASS) for result in results) / asked,
        first_time=sum(not d.variant.provenance.repairs for d in passing) / asked,
        failed=sum(result.error is not None for result in results),
        findings=_by_category(drafts),
        distinct_1=_of(mean, (result.distinct_1 for result in results)),
        distinct_2=_of(mean, (result.distinct_2 for result in results)),
        alike=_of(mean, (result.alike for result in results)),
        subject=_of(median, (float(visible_length(c.subject.render())) for c in copies)),
        subjects_cut=sum(r.subjects_cut for r in results) / len(drafts) if drafts else None,
        body=_of(median, (float(len(words(c.body.render()))) for c in copies)),
        tone=_of(mean, chain.from_iterable(result.tone for result in results)),
        input_tokens=_total(one.input_tokens for one in usage),
        output_tokens=_total(one.output_tokens for one in usage),
        cost=_of(sum, (one.cost for one in usage)),
        currency=next((one.currency for one in usage if one.currency), None),
        seconds=_of(median, seconds),
        slowest=_of(max, seconds),
    )


def _by_category(drafts: Iterable[RoutedVariant]) -> dict[str, int]:
    found = (finding for draft in drafts for finding in draft.checked.findings)
    counted = Counter(finding.category for finding in found if finding.severity in COUNTED)
    return dict(counted.most_common())


def _of(what: Callable[[list[float]], float], values: Iterable[float | None]) -> float | None:
    """Return the mean, median or such of the values that there are."""
    known = [value for value in values if value is not None]
    return what(known) if known else None


def _total(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
