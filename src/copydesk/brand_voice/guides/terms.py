"""Words that a guide prefers, bans, wants used with care, or spells in its own way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from copydesk.brand_voice.guides.cues import TERM, Terms, book
from copydesk.brand_voice.guides.lessons import Lesson
from copydesk.brand_voice.guides.passages import Sentence

_TERM = re.compile(rf"{TERM}")
_USE = re.compile(rf"\buse (?:the \w+ )?({TERM})(?! (?:instead|rather))", re.IGNORECASE)
_PARENTHESES = re.compile(r"\s*\(([^()]*)\)")
_PUNCTUATION = " \t.,;:!?\"'“”\u2018\u2019«»*_"
WORDS_OF_A_TERM = 4
LETTERS_OF_A_TERM = 40
WORDS_OF_A_REPLACEMENT = 2
"""Longer, what is said in place of something is an example and no term."""


def terms(sentence: Sentence) -> list[Lesson]:
    """Return the words that a sentence or an item speaks of."""
    found = list(_listed(sentence))
    found = found or list(_preferred(sentence))
    found = found or list(_avoided(sentence))
    return list({(lesson.field, lesson.value, lesson.detail): lesson for lesson in found}.values())


def _listed(sentence: Sentence) -> Iterator[Lesson]:
    """Items of a list that its heading or the words before it speak of."""
    if sentence.kind != "item":
        return
    cues = book().terms
    if cues.headings.spellings.search(sentence.heading):
        yield from _spelled(sentence)
    elif _speaks(sentence, cues.headings.careful, cues.careful):
        yield from _each(sentence, "careful_terms")
    elif _speaks(sentence, cues.headings.banned, cues.banned):
        yield from list(_preferred(sentence)) or _each(sentence, "banned_terms")


def _speaks(sentence: Sentence, heading: re.Pattern[str], lead: re.Pattern[str]) -> bool:
    by_lead = sentence.leads and lead.search(sentence.lead) is not None
    by_lead = by_lead or (sentence.leads and "never" in sentence.lead and "word" in sentence.lead)
    return by_lead or (heading.search(sentence.heading) is not None and not sentence.leads)


def _each(sentence: Sentence, field: str) -> Iterator[Lesson]:
    """Yield each term of an item; a condition, here or in the lead, makes it one for care."""
    cues = book().terms
    condition = cues.conditions.search(sentence.tagged)
    in_lead = sentence.leads and cues.conditions.search(sentence.lead)
    careful = field == "careful_terms" or condition or in_lead
    why = _why(sentence, in_lead=bool(in_lead) or field == "careful_terms")
    for term in _split(sentence.tagged):
        yield Lesson("careful_terms" if careful else field, term, sentence, why if careful else "")


def _why(sentence: Sentence, *, in_lead: bool) -> str:
    if in_lead and sentence.leads:
        return _bare(sentence.lead).rstrip(": ")
    inside = _PARENTHESES.search(sentence.text)
    whole = sentence.heading if len(_split(sentence.text)) == 1 else sentence.text.rstrip(".")
    return inside[1] if inside else whole


def _split(tagged: str) -> list[str]:
    """Return the terms of an item: what is set apart, else its parts between commas."""
    if _TERM.search(tagged) and len(_TERM.sub("", tagged)) < len(tagged) / 2:
        return [term for term in _marked(tagged) if is_term(term)]
    cues = book().terms
    words = _PARENTHESES.sub("", tagged)
    words = re.sub(r"^.*?\b(?:like|such as|including)\b ", "", cues.tail.split(words)[0])
    parts = [re.sub(r"^(?:or|and) ", "", part.strip()) for part in re.split(r"[,;/]| or ", words)]
    return [term for part in parts if is_term(term := _stripped(part))]


def _spelled(sentence: Sentence) -> Iterator[Lesson]:
    """Yield a word as it is written; a word that is everyday English but for a capital, never."""
    noted = bool(_PARENTHESES.search(sentence.text))
    for part in _PARENTHESES.sub("", _bare(sentence.tagged)).split(","):
        word = _stripped(part)
        if not is_term(word) or (noted and re.fullmatch(r"[A-Z][a-z]+", word)):
            continue
        yield Lesson("spellings", word, sentence)


def _preferred(sentence: Sentence) -> Iterator[Lesson]:
    cues = book().terms
    patterns = [*cues.preferred]
    of_voice = any(book().voice.sections.search(heading) for heading in sentence.headings)
    short = len(sentence.text) <= 2 * LETTERS_OF_A_TERM
    if (
        sentence.kind in {"item", "row"} and short and not of_voice
    ):  # `dry, not sarcastic` is a trait
        patterns += cues.preferred_items
    if _is_step(sentence):
        return
    for pattern in patterns:
        for found in pattern.finditer(sentence.tagged):
            yield from instead_of(found["do"], found["dont"], sentence)


def _is_step(sentence: Sentence) -> bool:
    """Return whether the item is a label with its text, as `Yes: …`, which makes a pair."""
    columns = book().terms.columns
    label = sentence.tagged.partition(":")[0]
    return bool(columns.do.search(label) or columns.dont.search(label))


def instead_of(do: str, dont: str, sentence: Sentence) -> Iterator[Lesson]:
    """Yield what replaces each of the words; whole phrases are examples, and make a pair."""
    cues = book().terms
    wanted = _terms_in(do)
    avoided = _terms_in(dont)
    if not wanted or not avoided or wanted[0].casefold() in cues.too_common:
        return
    example = cues.article.match(wanted[0]) or len(wanted[0].split()) > WORDS_OF_A_REPLACEMENT
    for term in avoided:
        if example or len(term.split()) > WORDS_OF_A_TERM:
            yield Lesson("pairs", wanted[0], sentence, term)
        elif squashed(term) == squashed(wanted[0]):
            yield Lesson("spellings", wanted[0], sentence)
        elif is_term(term):
            yield Lesson("preferred_terms", term, sentence, wanted[0])


def _avoided(sentence: Sentence) -> Iterator[Lesson]:
    cues = book().terms
    if cues.not_terms.search(sentence.tagged):
        return
    careful = cues.careful.search(sentence.tagged)
    cue = careful or cues.banned.search(sentence.tagged)
    if cue is None or sentence.kind == "quote":
        return
    after = re.split(r"\b(?:use|instead|in favou?r|try|say) «|; ", sentence.tagged[cue.end() :])[0]
    conditional = careful or cues.conditions.search(cues.tail.split(sentence.tagged)[0])
    for term in _marked(after) or _named(after, cues):
        if is_term(term):
            field = "careful_terms" if conditional else "banned_terms"
            yield Lesson(field, term, sentence, sentence.text if conditional else "")


def _named(after: str, cues: Terms) -> list[str]:
    """Return words that no mark sets apart, after `words like` and the like."""
    found = cues.named.search(after)
    parts = re.split(r",| or | and ", found["list"]) if found else []
    named = [_stripped(re.sub(r"^(?:or|and) ", "", part.strip())) for part in parts]
    return [term for term in named if is_term(term) and len(term.split()) <= WORDS_OF_A_REPLACEMENT]


def _marked(tagged: str) -> list[str]:
    found = (_stripped(term) for term in _TERM.findall(tagged))
    return [term for term in found if term and len(term.split()) <= WORDS_OF_A_TERM + 1]


def _terms_in(words: str) -> list[str]:
    return [_stripped(term) for term in _TERM.findall(words)] or [_stripped(words)]


def is_term(term: str) -> bool:
    """Return whether the words can be looked for in copy: not too many, and not too common."""
    fits = 1 < len(term) <= LETTERS_OF_A_TERM and len(term.split()) <= WORDS_OF_A_TERM
    return fits and term.casefold() not in book().terms.too_common and bool(re.search(r"\w", term))


def squashed(term: str) -> str:
    """Return the letters alone, by which two spellings of a word are known for one."""
    return re.sub(r"[\W_]", "", term).casefold()


def _stripped(words: str) -> str:
    return " ".join(words.strip(_PUNCTUATION).split())


def _bare(tagged: str) -> str:
    return tagged.replace("«", "").replace("»", "")


def allowed(sentences: Iterable[Sentence]) -> dict[str, Sentence]:
    """Return the words that some sentence says to use, by their squashed form."""
    found: dict[str, Sentence] = {}
    for sentence in sentences:
        for use in _USE.finditer(sentence.tagged):
            negated = re.search(r"(?:n't|not|never) $", sentence.tagged[: use.start()])
            if not negated:
                found.setdefault(squashed(use[1]), sentence)
    return found
