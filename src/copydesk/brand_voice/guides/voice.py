"""The traits of a voice that a guide names, and how it names the brand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from copydesk.brand_voice.guides.cues import book
from copydesk.brand_voice.guides.lessons import Lesson
from copydesk.brand_voice.guides.passages import Sentence

_FILLERS = re.compile(r"^(?:and|or|but|both|always|never|usually|also|a touch|very|as|an?|the)\s+")
_NAMES_VOICE = re.compile(
    r"\b(?:voice|tone|sound|speak|communicate|talk|write|we|our|be)\b", re.IGNORECASE
)
_LED = re.compile(r"^«(?P<words>[^»:]{3,60}?)[.:]?»(?:[.:]|$|\s)")


def voice(sentence: Sentence) -> list[Lesson]:
    """Return the traits that a sentence gives the brand's voice."""
    cues = book().voice
    if cues.not_sections.search(sentence.heading) or sentence.kind in {"quote", "row"}:
        return []
    if book().passed_over.sentences.search(sentence.tagged):
        return []
    traits = [*_listed(sentence), *_led(sentence), *_said(sentence)]
    return [Lesson("voice", trait, sentence) for trait in dict.fromkeys(traits)]


def _in_section(sentence: Sentence) -> bool:
    sections = book().voice.sections
    return any(sections.search(heading) for heading in sentence.headings)


def _listed(sentence: Sentence) -> Iterator[str]:
    """An item under words as `We consider our voice to be:`."""
    cues = book().voice
    led = cues.lead.search(sentence.lead) and not cues.lead_not.search(sentence.lead)
    if sentence.kind == "item" and sentence.leads and led and _in_section(sentence):
        bold = _LED.match(sentence.tagged)
        yield from _trait(bold["words"] if bold else sentence.tagged)


def _led(sentence: Sentence) -> Iterator[str]:
    """Words in bold, or a heading, that are a trait by themselves."""
    found = _LED.match(sentence.tagged)
    words = found["words"] if found else sentence.tagged if sentence.kind == "heading" else ""
    known = re.match(rf"(?:be )?(?:{book().voice.traits.pattern})\b", words, re.IGNORECASE)
    if known and _in_section(sentence) and len(words.split()) <= 2 * book().voice.words_most:
        yield from _trait(re.sub(r"^be ", "", words, flags=re.IGNORECASE))


def _said(sentence: Sentence) -> Iterator[str]:
    text = _LED.sub(lambda m: f"{m['words'].rstrip('.')}. ", sentence.tagged)
    text = text.replace("«", "").replace("»", "")
    for part in re.split(r"(?<=[.!]) (?=[A-Z])", text):
        traits: list[str] = []
        for pattern in book().voice.says:
            for found in pattern.finditer(part.strip()):
                # The first pattern that fits says most: the others see parts of the same words.
                traits = traits or list(_read(found.groupdict(), sentence))
        yield from traits


def _read(groups: dict[str, str | None], sentence: Sentence) -> Iterator[str]:
    if over := groups.get("over"):
        yield from _overs(over)
    elif humour := groups.get("humour"):
        yield humour.casefold()
    elif pair := groups.get("pair"):
        for trait in re.split(r", (?!but|not|never)", pair):
            yield re.sub(r"^(?:we're|we are) ", "", trait.replace(",", "").casefold())
    elif known := groups.get("known"):
        yield from _traits(known, known=True)
    elif listed := groups.get("list"):
        noun = groups.get("noun")
        bold = _LED.match(sentence.tagged) is not None
        if noun or bold or _NAMES_VOICE.search(sentence.tagged):
            for trait in _traits(listed, known=not _in_section(sentence)):
                yield f"{trait} {noun.casefold()}" if noun else trait


def _overs(over: str) -> Iterator[str]:
    for wanted, unwanted in re.findall(r"the (\w+) over the (\w+)", over):
        yield f"{wanted} over {unwanted}".casefold()


def _traits(listed: str, *, known: bool) -> Iterator[str]:
    for part in re.split(r", (?:but |and |or )?| and (?!all)| but | & |/", listed):
        if known and not book().voice.traits.fullmatch(_cleaned(part)):
            continue
        yield from _trait(part)


def _trait(words: str) -> Iterator[str]:
    cues = book().voice
    trait = _cleaned(words)
    if trait and len(trait.split()) <= cues.words_most and not cues.not_traits.search(trait):
        yield trait


def _cleaned(words: str) -> str:
    trait = words.replace("«", "").replace("»", "").strip(" .:,;—-").casefold()
    trait = re.sub(r"^(?:we are|we're|be) ", "", trait)
    while (shorter := _FILLERS.sub("", trait)) != trait:
        trait = shorter
    return trait


def name_of(sentences: Sequence[Sentence]) -> Lesson | None:
    """Return what the guide calls the brand, where it says so: the likeliest pattern first."""
    for pattern in book().names:
        for sentence in sentences:
            if found := pattern.search(sentence.tagged):
                return Lesson("name", found["n"].strip(), sentence)
    return None
