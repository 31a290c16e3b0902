"""The guard that applies the rule book to copy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from copydesk.briefs import Brief
from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.findings import Binding, Finding, Severity
from copydesk.guardrails.guard import Submission
from copydesk.guardrails.kinds import PhraseRule, Rule
from copydesk.guardrails.kinds.meaning import MeaningRule
from copydesk.guardrails.kinds.rival import RivalRule
from copydesk.guardrails.language import Reads, how_read, unread
from copydesk.guardrails.names import in_product_name
from copydesk.guardrails.negation import is_answered_no, is_negated
from copydesk.guardrails.normalise import Reading
from copydesk.guardrails.packs import ReadyRule, RuleBook
from copydesk.guardrails.remedies import REMEDIES
from copydesk.guardrails.renderings import as_rendered
from copydesk.guardrails.resolution import Resolver, figures, merged
from copydesk.variants import Slot

MOST_HITS = 25
"""Hits of one rule in one slot that are looked at: more of the same tells nobody anything."""

_HYPHENS = frozenset("-\u2010\u2011")
_WORST_FIRST = tuple(Severity)


class _Occasion(NamedTuple):
    """What decides which rules are law for a brief; many briefs share one."""

    jurisdictions: tuple[str, ...]
    sector: str
    day: date
    english: bool
    """Whether rules that read English only can read the copy."""

    @classmethod
    def of(cls, brief: Brief | None, *, english: bool) -> _Occasion | None:
        if brief is None:
            return None
        return cls(brief.jurisdictions, brief.sector, brief.send_at.date(), english)


class _Binding(NamedTuple):
    """The rules that are law on an occasion."""

    phrases: Mapping[Slot, bytes]
    """For each slot, whether each phrase is to be looked for."""
    others: tuple[ReadyRule, ...]


class RulesGuard:
    """Checks copy against every rule of a book that applies to its brief."""

    name = "rules"

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._binding = lru_cache(maxsize=256)(self._binding_at)
        self._resolver = Resolver(book)
        self._rule_of_phrase = [ready.rule.id for ready, _ in book.phrases.phrases]
        self._phrased = {ready.rule.id: ready.rule for ready, _ in book.phrases.phrases}

    @property
    def state(self) -> str:
        """What takes part, in words."""
        return self.book.state

    def check(self, submission: Submission) -> Iterator[Finding]:
        """Yield a finding for every unlawful hit."""
        case = Case.of(submission)
        seen: Counter[tuple[str, Slot]] = Counter()
        found = []
        for ready, hit in self._hits(case):
            seen[ready.rule.id, hit.slot] += 1
            if seen[ready.rule.id, hit.slot] <= MOST_HITS and _stands(ready, case, hit):
                found.append(_finding(ready.rule, case, hit))
        yield from found
        yield from unread(submission)
        yield from as_rendered(self.check, submission, found)

    def bindings(self, submission: Submission) -> tuple[Binding, ...]:
        """Return every claim of the copy with what in the brief it rests on; takes a check's time.

        Empty without a brief.
        """
        return merged(self.resolved(submission), submission.copy)

    def resolved(self, submission: Submission) -> Sequence[Binding]:
        """Return the same before claims that overlap are told as one: what is borne is all there.

        Empty without a brief.
        """
        case = Case.of(submission)
        if case.brief is None:
            return []
        claims = (
            (ready, hit)
            for ready, hit in self._hits(case)
            if ready.applies(case, hit) and not _is_excepted(ready, case, hit)
        )
        return [*figures(case), *self._resolver.in_words(case, claims)]

    def _hits(self, case: Case) -> Iterator[tuple[ReadyRule, Hit]]:
        binding = self._binding(_Occasion.of(case.brief, english=_is_english(case)))
        for slot, reading in case.readings.items():
            for ready, start, end in self.book.phrases.search(reading, binding.phrases[slot]):
                hit = case.hit_in_line(slot, start, end)
                if not _is_spared(ready.rule, reading, start, hit):
                    yield ready, hit
        for ready in binding.others:
            for hit in ready.find(case):
                yield ready, hit

    def _binding_at(self, occasion: _Occasion | None) -> _Binding:
        bound = {name: rule for name, rule in self._phrased.items() if _binds(rule, occasion)}
        phrases = {}
        for slot in Slot:
            wanted = {name: name in bound and slot in bound[name].slots for name in self._phrased}
            phrases[slot] = bytes(map(wanted.__getitem__, self._rule_of_phrase))
        others = tuple(ready for ready in self.book.others if _binds(ready.rule, occasion))
        return _Binding(phrases, others)


def _is_spared(rule: Rule, reading: Reading, place: int, hit: Hit) -> bool:
    if not isinstance(rule, PhraseRule):
        return False
    if rule.compounds == "spared" and reading.source[: hit.start][-1:] in _HYPHENS:
        return hit.start > 0
    if rule.negation == "spares":
        return is_negated(reading, place)
    return is_answered_no(reading, reading.word_at(place))


def _is_english(case: Case) -> bool:
    return how_read(case.submission) is Reads.ENGLISH


def _reads_english_only(rule: Rule) -> bool:
    """Whether the rule knows what English means, or how it sounds, rather than a word of law.

    Names, too, are told by capitals only where common nouns have none.
    """
    return isinstance(rule, MeaningRule | RivalRule) or rule.category == "brand.tone"


def _binds(rule: Rule, occasion: _Occasion | None) -> bool:
    """Return whether the rule is law then: its places, sectors and days."""
    if occasion is None:
        return not (rule.sectors or rule.needs_brief)
    if rule.jurisdictions and not set(rule.jurisdictions) & set(occasion.jurisdictions):
        return False
    if not occasion.english and _reads_english_only(rule):
        return False
    if rule.sectors and occasion.sector not in rule.sectors:
        return False
    started = rule.in_force_from is None or rule.in_force_from <= occasion.day
    ended = rule.in_force_to is not None and rule.in_force_to < occasion.day
    return started and not ended and occasion.sector not in rule.not_sectors


def _stands(ready: ReadyRule, case: Case, hit: Hit) -> bool:
    if not ready.applies(case, hit) or _is_excepted(ready, case, hit):
        return False
    if ready.rule.category.startswith("grounding.") and in_product_name(case, hit):
        return False
    return not any(lawful(case, hit) for lawful in ready.lawful)


def _is_excepted(ready: ReadyRule, case: Case, hit: Hit) -> bool:
    reading = case.readings[hit.slot]
    for _, start, end in ready.exceptions.search(reading):
        first, last = reading.span(start, end)
        if first < hit.end and hit.start < last:
            return True
    return False


def _finding(rule: Rule, case: Case, hit: Hit) -> Finding:
    said = str(case.submission.copy[hit.slot])[hit.start : hit.end]
    hit = _remedied(rule, case, hit)
    return Finding(
        rule=rule.id,
        category=rule.category,
        severity=severity(rule, case.brief.jurisdictions if case.brief else ()),
        slot=hit.slot,
        start=hit.start,
        end=hit.end,
        match=str(case.submission.copy[hit.slot])[hit.start : hit.end],
        message=_filled(rule.message, {"match": said, **hit.details}),
        why=rule.why,
        citation=rule.citation,
        suggestion=hit.suggestion,
    )


def _remedied(rule: Rule, case: Case, hit: Hit) -> Hit:
    """Return the hit with what would be right in its place, where the rule knows."""
    if rule.suggestion is not None:
        hit = hit._replace(suggestion=rule.suggestion)
    if rule.suggest is None:
        return hit
    return REMEDIES[rule.suggest](case, hit) or hit._replace(suggestion=None)


def severity(rule: Rule, jurisdictions: Sequence[str]) -> Severity:
    """Return how bad a finding of this rule is: the worst of the places it is sent to."""
    named = [rule.severity_in[place] for place in rule.severity_in if place in jurisdictions]
    unnamed = [rule.severity] if len(named) < len(set(jurisdictions)) or not named else []
    return min([*named, *unnamed], key=_WORST_FIRST.index)


def _filled(message: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        message = message.replace("{" + name + "}", value)
    return message
