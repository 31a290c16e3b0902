"""When a rule applies, and what makes its claim lawful: conditions on the brief and the copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from pydantic import Field

from copydesk.brand_voice import Formality, Frequency
from copydesk.briefs import Kind, Noun, OfferKind
from copydesk.guardrails import truths
from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.meaning import Meaning
from copydesk.guardrails.negation import says
from copydesk.guardrails.normalise import Reading, read_plain
from copydesk.guardrails.phrase_index import PhraseIndex
from copydesk.guardrails.phrases import Lists, Phrases, compile_all
from copydesk.guardrails.support import coverage
from copydesk.guardrails.vocabulary import phrases_of

Test = Callable[[Case, Hit], bool]
Own = PhraseIndex[None]


class Condition(Noun):
    """Everything stated here must hold at once."""

    fact: Phrases = ()
    """A fact or the offer's conditions say one of these phrases, not negated."""
    same_claim: bool = False
    """A fact or the offer's conditions make the very claim that the rule looks for."""
    no_fact: Phrases = ()
    """No fact, and no condition of the offer, says any of these phrases."""
    same_words: bool = False
    """A fact or the offer's conditions use the very words of the finding."""
    fact_covers: float | None = Field(default=None, gt=0, le=1)
    """One fact has at least this share of the finding's words of weight: see `support`."""
    fact_means: str | None = None
    """A fact or the offer's conditions may make a claim of this category, by the model."""
    in_copy: Phrases = ()
    """One of these phrases occurs somewhere in the copy."""
    in_slot: Phrases = ()
    """One of these phrases occurs in the slot of the finding."""
    near: Phrases = ()
    """One of these phrases occurs in the sentence of the finding."""
    audience: Phrases = ()
    """The description of the audience says one of these phrases."""
    goal: Phrases = ()
    """The goal of the brief says one of these phrases."""
    offer: tuple[OfferKind, ...] = ()
    kind: tuple[Kind, ...] = ()
    """The occasion of the e-mail is one of these."""
    holds: tuple[truths.Truth, ...] = ()
    """Comparisons between what the copy says and what the brief holds: see `truths`."""
    exclamations: Frequency | None = None
    emoji: Frequency | None = None
    formality: Formality | None = None
    """How the brand writes."""
    quiet_voice: bool = False
    """The brand's voice is quiet: see `quiet_voices` in claims.yaml."""

    def test(self, lists: Lists, own: Own) -> Test:
        """Return the condition as a function of the case and the hit.

        Raises PhraseError when one of its phrases is not well written.
        """
        tests = [*self._about_facts(lists, own), *self._about_texts(lists), *self._about_fields()]
        tests += [partial(truths.holds, name) for name in self.holds]
        return lambda case, hit: all(test(case, hit) for test in tests)

    def _about_facts(self, lists: Lists, own: Own) -> Iterator[Test]:
        if self.fact:
            yield partial(_facts_say, index_of(self.fact, lists))
        if self.no_fact:
            forbidden = index_of(self.no_fact, lists)
            yield lambda case, hit: not _facts_say(forbidden, case, hit)
        if self.same_claim:
            yield partial(_facts_say, own)
        if self.same_words:
            yield _facts_use_the_words
        if self.fact_covers is not None:
            enough = self.fact_covers
            yield lambda case, hit: coverage(case, hit) >= enough
        if self.fact_means:
            yield partial(_facts_mean, self.fact_means)

    def _about_texts(self, lists: Lists) -> Iterator[Test]:
        for name, where in _PLACES.items():
            phrases = getattr(self, name)
            if phrases:
                yield partial(_text_says, index_of(phrases, lists), where)
        if self.near:
            yield partial(_sentence_says, index_of(self.near, lists))

    def _about_fields(self) -> Iterator[Test]:
        if self.offer:
            yield lambda case, _: _offer_kind(case) in self.offer
        if self.kind:
            yield lambda case, _: case.brief is not None and case.brief.kind in self.kind
        for name in ("exclamations", "emoji", "formality"):
            if getattr(self, name) is not None:
                yield partial(_brand_is, name, getattr(self, name))
        if self.quiet_voice:
            yield _brand_is_quiet


def index_of(phrases: Sequence[str], lists: Lists) -> PhraseIndex[None]:
    """Return these phrases, compiled. Raises PhraseError."""
    return PhraseIndex([(None, phrase) for phrase in compile_all(phrases, lists)])


def _facts_say(phrases: Own, case: Case, hit: Hit) -> bool:
    del hit
    facts = case.evidence.texts if case.evidence else ()
    return any(says(reading, phrases) for _, reading in facts)


def _facts_mean(category: str, case: Case, hit: Hit) -> bool:
    del hit
    facts = case.evidence.texts if case.evidence else ()
    return any(Meaning.load().says(reading, category, "maybe") for _, reading in facts)


def _facts_use_the_words(case: Case, hit: Hit) -> bool:
    said = read_plain(case.readings[hit.slot].source[hit.start : hit.end]).line
    facts = case.evidence.texts if case.evidence else ()
    return any(said in reading.line for _, reading in facts)


def _text_says(
    phrases: Own, where: Callable[[Case, Hit], list[Reading]], case: Case, hit: Hit
) -> bool:
    return any(True for reading in where(case, hit) for _ in phrases.search(reading))


def _sentence_says(phrases: Own, case: Case, hit: Hit) -> bool:
    """Return whether one of the phrases stands in the sentence of the hit."""
    reading = case.readings[hit.slot]
    at = next((i for i, word in enumerate(reading.words) if word.end > hit.start), None)
    if at is None:
        return False
    first, last = reading.sentence(at)
    found = (reading.word_at(start) for _, start, _ in phrases.search(reading))
    return any(first <= word <= last for word in found)


def _brand_is(name: str, wanted: str, case: Case, hit: Hit) -> bool:
    del hit
    return case.brand is not None and getattr(case.brand, name) == wanted


def _brand_is_quiet(case: Case, hit: Hit) -> bool:
    del hit
    voice = " ".join(case.brand.voice).casefold() if case.brand else ""
    return any(word in voice for word in phrases_of("quiet_voices"))


def _offer_kind(case: Case) -> OfferKind | None:
    return case.brief.offer.kind if case.brief and case.brief.offer else None


def _audience(case: Case, _: Hit) -> list[Reading]:
    audience = case.submission.audience
    return [read_plain(audience.description)] if audience else []


def _goal(case: Case, _: Hit) -> list[Reading]:
    return [read_plain(case.brief.goal)] if case.brief else []


_PLACES: dict[str, Callable[[Case, Hit], list[Reading]]] = {
    "in_copy": lambda case, _: list(case.readings.values()),
    "in_slot": lambda case, hit: [case.readings[hit.slot]],
    "audience": _audience,
    "goal": _goal,
}
