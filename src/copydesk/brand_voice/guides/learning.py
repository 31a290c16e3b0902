"""Reading a guide by rules: every sentence is held against the patterns of cues.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from copydesk.brand_voice.guides.cues import Number, Single, book
from copydesk.brand_voice.guides.lessons import Lesson
from copydesk.brand_voice.guides.pairs import pairs
from copydesk.brand_voice.guides.passages import Sentence
from copydesk.brand_voice.guides.terms import allowed, squashed, terms
from copydesk.brand_voice.guides.voice import name_of, voice


def learn(sentences: Sequence[Sentence]) -> list[Lesson]:
    """Return what the guide teaches, in its order; nothing without the sentence that says it."""
    paired = pairs(sentences)
    in_pairs = {id(part) for lesson in paired for part in (lesson.sentence, lesson.also)}
    lessons = [lesson for lesson in [name_of(sentences)] if lesson] + paired
    for sentence in sentences:
        if id(sentence) not in in_pairs:
            lessons += _of(sentence)
    return _agreed([*lessons, *_formality(lessons)], sentences)


def _formality(lessons: Sequence[Lesson]) -> Iterator[Lesson]:
    """Yield how formal the voice is, from its traits, where no sentence says so."""
    if any(lesson.field == "formality" for lesson in lessons):
        return
    for lesson in lessons:
        formality = book().voice.formality.get(str(lesson.value))
        if lesson.field == "voice" and formality:
            yield Lesson("formality", formality, lesson.sentence)


def _of(sentence: Sentence) -> list[Lesson]:
    if sentence.kind == "quote":
        return list(_sample(sentence))
    found = terms(sentence) + voice(sentence)
    if any(book().passed_over.headings.search(heading) for heading in sentence.headings):
        return [lesson for lesson in found if lesson.field in {"banned_terms", "careful_terms"}]
    found += [*_single(sentence), *_numbers(sentence)]
    return found or list(_guidance(sentence))


def _single(sentence: Sentence) -> Iterator[Lesson]:
    if sentence.kind in {"quote", "row"} or book().passed_over.sentences.search(sentence.tagged):
        return
    fields = set()
    for cue in book().single:
        if cue.field not in fields and _says(cue, sentence):
            fields.add(cue.field)
            yield Lesson(cue.field, cue.value, sentence)


def _says(cue: Single, sentence: Sentence) -> bool:
    if cue.under is not None and not cue.under.search(sentence.heading):
        return False
    if cue.unless is not None and cue.unless.search(sentence.tagged):
        return False
    return cue.says.search(sentence.tagged) is not None


def _numbers(sentence: Sentence) -> Iterator[Lesson]:
    for cue in book().numbers:
        found = cue.says.search(sentence.tagged)
        if found and not (cue.unless and cue.unless.search(sentence.tagged)):
            yield Lesson(cue.field, _number(cue, found), sentence)


def _number(cue: Number, found: re.Match[str]) -> float:
    groups = found.groupdict()
    if word := groups.get("w"):
        return float(cue.words[word.casefold()])
    return float(groups.get("n") or groups["m"])


def _sample(sentence: Sentence) -> Iterator[Lesson]:
    """Yield a quotation that the guide shows as an example of its own voice."""
    section = any(book().voice.sections.search(heading) for heading in sentence.headings)
    if section and sentence.leads and book().voice.shows.search(sentence.lead):
        yield Lesson("samples", sentence.text, sentence)


def _guidance(sentence: Sentence) -> Iterator[Lesson]:
    """Yield a sentence that asks something of a writer and fits no field."""
    cues = book().guidance
    text = sentence.tagged.lstrip("«* ").replace("»", "").replace("«", "")
    bare = re.sub(r"^[\w ,]{3,40}?[.:] (?=[A-Z])", "", text) if sentence.kind == "item" else text
    asks = cues.asks.search(text) or cues.we.search(text) or cues.asks.search(bare)
    length = len(sentence.text.split())
    if sentence.kind not in {"paragraph", "item"} or not asks or cues.not_.search(text):
        return
    if sentence.lead and not sentence.leads:  # an item that shows what the sentence before it says
        return
    if book().voice.not_sections.search(sentence.heading) or text.endswith((":", "?")):
        return
    if cues.words_least <= length <= cues.words_most:
        leans = sentence.heading and cues.leans.search(text)
        told = f"{sentence.heading}: {sentence.text}" if leans else sentence.text
        yield Lesson("guidance", told, sentence)


def _agreed(lessons: list[Lesson], sentences: Sequence[Sentence]) -> list[Lesson]:
    """Settle what a guide says twice: a banned word that it also uses is one for care."""
    used = allowed(sentences)
    spelled = {squashed(str(lesson.value)) for lesson in lessons if lesson.field == "spellings"}
    settled = []
    for lesson in lessons:
        word = squashed(str(lesson.value))
        if lesson.field == "banned_terms" and word in used:
            why = used[word]
            lesson = Lesson("careful_terms", lesson.value, lesson.sentence, why.text, also=why)  # noqa: PLW2901
        elif lesson.field == "banned_terms" and {word, word.removesuffix("s")} & spelled:
            # The check takes plural and singular for one word, and the guide spells one of them.
            lesson = Lesson("guidance", lesson.sentence.text, lesson.sentence)  # noqa: PLW2901
        settled.append(lesson)
    return settled
