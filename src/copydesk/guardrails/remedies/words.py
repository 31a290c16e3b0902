"""Remedies that take words out, or put others in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from copydesk.brand_voice.word_forms import inflects
from copydesk.guardrails.binding import MANNER_OF_SPEECH
from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.claims import ClaimKind
from copydesk.guardrails.normalise import read_plain
from copydesk.guardrails.remedies.remedy import instead
from copydesk.variants import Slot

_BEGINS = re.compile(r"(?:^|[.!?\n])[\s\"'(]*\Z")
"""What stands before the first words of a sentence."""
_LED_IN = re.compile(r"\s*(?:[,;:—\u2013]| -)\s*\Z")
_LEADS_ON = re.compile(r"\s*(?:[:,;!—\u2013]|- )\s*(?P<word>[^\W\d_]\w*)?")
_ENDS = re.compile(r"\s*(?:[.!?]+|\Z|(?=\n))")
_SENTENCE_END = re.compile(r"[.!?]+(?=\s|\Z)|\n")


def drop(case: Case, hit: Hit) -> Hit | None:
    """Take the words out: a part set off by marks, or the sentence where it says nothing else.

    None where the rest would not read as a sentence, or nothing would be left of the slot.
    """
    source = str(case.submission.copy[hit.slot])
    for start, end, text in _cuts(case, hit, source):
        if _has_words(source[:start] + text + source[end:]):
            return hit._replace(start=start, end=end, suggestion=text)
    return None


def _cuts(case: Case, hit: Hit, source: str) -> Iterator[tuple[int, int, str]]:
    before, after = source[: hit.start], source[hit.end :]
    begins, ends = _BEGINS.search(before), _ENDS.match(after)
    if begins and ends:
        yield hit.start, hit.end + ends.end(), ""
    elif begins and (leads := _LEADS_ON.match(after)):
        word = leads["word"] or ""
        yield hit.start, hit.end + leads.end(), word[:1].upper() + word[1:]
    elif ends and (led := _LED_IN.search(before)):
        yield led.start(), hit.end, ""
    if _sentence_is_spare(case, hit):
        yield (*sentence_at(source, hit), "")


def sentence_at(source: str, hit: Hit) -> tuple[int, int]:
    """Return where the sentence around the hit begins and ends in the source."""
    ends = [found.end() for found in _SENTENCE_END.finditer(source)]
    start = max((end for end in ends if end <= hit.start), default=0)
    while source[start : start + 1].isspace():
        start += 1
    return start, min((end for end in ends if end >= hit.end), default=len(source))


def _sentence_is_spare(case: Case, hit: Hit) -> bool:
    """Return whether the sentence holds no link, no tag and nothing that the brief bears."""
    if hit.slot is not Slot.BODY:
        return False
    source = str(case.submission.copy[hit.slot])
    start, end = sentence_at(source, hit)
    reading = case.readings[hit.slot]
    for claim, rests_on, _ in case.bounds[hit.slot]:
        first, last = reading.span_of_words(claim.first, claim.last)
        is_told = bool(rests_on) and rests_on != (MANNER_OF_SPEECH,)
        if start <= first < end and last <= end and (is_told or claim.kind is ClaimKind.LINK):
            return False
    return "{{" not in source[start:end]


def _has_words(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def preferred(case: Case, hit: Hit) -> Hit | None:
    """Put in the word that the brand prefers to this one, where no ending would be lost."""
    if case.brand is None:
        return None
    inflected = case.brief is not None and inflects(case.brief.locale)
    written = case.readings[hit.slot].source[hit.start : hit.end]
    said = "".join(word.text for word in read_plain(written).words)
    for term, better in case.brand.preferred_terms.items():
        row = "".join(word.text for word in read_plain(term).words)
        if said in ({row} if inflected else {row, row + "s", row + "es", row.removesuffix("s")}):
            return hit._replace(suggestion=_cased_like(better, written))
    return None


def _cased_like(text: str, written: str) -> str:
    if written.isupper() and len(written) > 1:
        return text.upper()
    return text[:1].upper() + text[1:] if written[:1].isupper() else text


_UP_TO = re.compile(r"\bup to (?:an? )?", re.IGNORECASE)


def up_to(case: Case, hit: Hit) -> Hit | None:
    """Take `up to` away from a reduction of which there is only one."""
    source = str(case.submission.copy[hit.slot])
    found = _UP_TO.search(source, hit.start, hit.end)
    if found is None:
        return None
    rest = source[found.end() : found.end() + 1].upper() if found[0][0] == "U" else None
    end = found.end() + (1 if rest else 0)
    return instead(case, hit, found.start(), end, rest or "")


def sentence_case(case: Case, hit: Hit) -> Hit | None:
    """Write in sentence case; codes, and words with a capital in the brief, as they are there."""
    source = str(case.submission.copy[hit.slot])
    kept = _written_with_capitals(case)
    pieces = re.split(r"(\{\{.*?\}\}|[^\W\d_]+(?:['\u2019][^\W\d_]+)*)", source)
    begins, out = True, []
    for piece in pieces:
        if not piece[:1].isalpha():
            out.append(piece)
            begins = bool(re.search(r"[.!?]\s*\Z", piece)) or (begins and "{{" not in piece)
            continue
        lower = kept.get(piece.lower(), piece.lower())
        out.append(lower[:1].upper() + lower[1:] if begins else lower)
        begins = False
    return hit._replace(start=0, end=len(source), suggestion="".join(out))


def _written_with_capitals(case: Case) -> dict[str, str]:
    texts = [case.brand.name] if case.brand else []
    if case.brief is not None:
        offer = case.brief.offer
        texts += [case.brief.product.name, (offer.code or "") if offer else ""]
    words = (word for text in texts for word in re.findall(r"\w+", text))
    return {word.lower(): word for word in words if not word.islower()}
