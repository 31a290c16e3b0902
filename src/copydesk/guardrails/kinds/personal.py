"""Rules that look for personal data: addresses, telephone numbers, accounts, with checksums."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.normalise import fold
from copydesk.guardrails.phrases import Lists
from copydesk.guardrails.rule import Find, RuleBase
from copydesk.variants import Slot

Sort = Literal["mail", "telephone", "street", "card", "iban", "account", "national_id"]

PHONE_DIGITS = range(9, 16)
CARD_DIGITS = range(13, 20)
IBAN_LENGTHS = range(15, 35)
IBAN_DIGITS = 9
"""Malta's have the fewest digits that must be: two to check by, and five of the bank and branch;
in accounts that are open, the rest is never all letters."""

_PATTERNS: dict[Sort, re.Pattern[str]] = {
    "mail": re.compile(
        r"[a-z0-9._%+-]{1,64}\s?(?:@|\(at\)|\[at\]|\s(?:at)\s(?=[a-z0-9-]{1,40}\s?(?:\(dot\)|\[dot\]|\sdot\s)))"
        r"\s?(?:[a-z0-9-]{1,63}\s?(?:\.|\(dot\)|\[dot\]|\sdot\s)\s?){1,4}[a-z]{2,24}(?![a-z])"
    ),
    "telephone": re.compile(
        r"(?<=\b(?:call|text|ring|dial))\s(?:[a-z]{1,12}\s){0,2}(?:on\s|at\s)?\d{3}[\s.-]\d{4}(?![\w-])"
        r"|(?<![\w.,/-])(?:\+|\(?00)?\(?\d{1,4}\)?(?:[\s./-]?\(?\d{2,5}\)?){1,5}(?!\w|[.,]\d)"
    ),
    "street": re.compile(
        r"(?<![\w£$€.,:])\d{1,5}[a-z]?,?\s(?:[nsew]\.?\s)?"
        r"(?:(?!(?:the|am|pm|a|an|of|to|from|at|on|in|off|per|more|new|good|ways?|steps?)\s)"
        r"(?:st\.\s|[a-z][a-z'-]{1,20}\s)){1,3}"
        r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|close|terrace"
        r"|crescent|way|square|gardens|mews|row|strasse)\b(?!\s(?:of|to|for|and|is))"
        r"|(?<!\w)[a-zäöüß-]{3,25}(?:straße|strasse|str\.|gasse|allee|laan|straat|gatan)\s\d{1,4}[a-z]?\b"
        r"|(?<!\w)(?:rue|via|calle|avenida|viale|rua)\s(?:[a-zà-ÿ'-]{2,20}\s){1,4}\d{1,4}\b"
        r"|(?<!\w)p\.?\s?o\.?\sbox\s\d{1,6}"
        r"|(?<![\w£$€-])[a-z]{1,2}\d[a-z\d]?\s\d(?!nd|rd|st|th|lb|gb|tb|ft)[abd-hjlnp-uw-z]{2}(?!\w)"
        r"|(?<!\w)\d{1,4},?\s(?:rue|impasse|chemin)\s(?:de\s|des\s|du\s|la\s)*[a-zà-ÿ'-]{3,20}"
    ),
    "card": re.compile(r"(?<!\w)\d(?:[ -]?\d){12,18}(?!\w)"),
    "iban": re.compile(r"(?<!\w)[a-z]{2}\d{2}(?:\s?[a-z0-9]{2,4}){3,8}(?!\w)"),
    "account": re.compile(
        r"(?:(?:account|acct|a/c|member(?:ship)?|policy|customer|order|card|reference|ref|iban"
        r"|sort code|routing|patient|passport|licen[cs]e|booking|donor|loan|invoice|claim|meter"
        r"|client|subscriber)\b\W{0,3}(?:number|no\.?|id|ending(?: in)?|#|nr)?\W{0,4}(?:is\s)?"
        r"|\b(?:ends|ending|last (?:four |4 )?digits)\s(?:in\s|with\s|are\s|is\s)?)"
        r"(?P<what>[a-z]{0,4}[-\s]?\d[\d -]{2,20}\d)(?!\w|[.,:]\d)"
    ),
    "national_id": re.compile(
        r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])|(?<!\w)[a-z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[a-d](?!\w)"
    ),
}


_SPOKEN = re.compile(
    r"(?<!\w)(?:(?:double|triple)?[\s-]?(?:oh|zero|nought|one|two|three|four|five|six|seven|eight|nine)"
    r"[\s,-]{1,3}){6,16}(?:zero|nought|one|two|three|four|five|six|seven|eight|nine)(?!\w)"
)
"""A telephone number in letters."""
_ONLY_A_YEAR = re.compile(r"(?:19|20)\d\d(?:\s?-\s?(?:(?:19|20)?\d\d))?\Z")
_SPOKEN_DIGITS = (
    "oh", "zero", "nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
)  # fmt: skip
_FEWEST_SPOKEN = 7
_FEWEST_DIGITS: dict[Sort, int] = {
    "mail": 0, "telephone": 7, "street": 1, "card": 13, "iban": 2, "account": 2, "national_id": 6,
}  # fmt: skip
"""Digits that a text must have for the sort of data to stand in it at all."""
_MAIL_SIGN = re.compile(r"@|\bat\b")


class PersonalDataRule(RuleBase):
    """Flags personal data that the brief and the brand do not themselves publish."""

    kind: Literal["personal"]
    sort: Sort

    def finder(self, lists: Lists) -> Find:
        """Return a function that searches each slot, checksums included."""
        del lists
        pattern, is_real = _PATTERNS[self.sort], _CHECKS.get(self.sort, bool)
        fewest = _FEWEST_DIGITS[self.sort]
        group = "what" if "what" in pattern.groupindex else 0

        def find(case: Case) -> Iterator[Hit]:
            for slot in self.slots:
                reading = case.readings[slot]
                if self.sort == "telephone":
                    yield from _spoken(case, slot)
                if case.digits[slot] < fewest:
                    continue
                if self.sort == "mail" and not _MAIL_SIGN.search(reading.folded.text):
                    continue
                for found in pattern.finditer(reading.folded.text):
                    if not is_real(found.group(group)) or _is_named(found, case):
                        continue
                    if not _is_published(found.group(group), case):
                        yield Hit(slot, *reading.span_of_text(*found.span(group)))

        return find


def _spoken(case: Case, slot: Slot) -> Iterator[Hit]:
    reading = case.readings[slot]
    if sum(map(reading.folded.text.count, _SPOKEN_DIGITS)) < _FEWEST_SPOKEN:
        return
    for found in _SPOKEN.finditer(reading.folded.text):
        yield Hit(slot, *reading.span_of_text(*found.span()))


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isdigit())


def _is_telephone(text: str) -> bool:
    digits = _digits(text)
    if text[:1].isspace():
        return True
    if len(digits) not in PHONE_DIGITS:
        return len(digits) == 7 and bool(re.fullmatch(r"\d{3}[-.]\d{4}", text.strip()))  # noqa: PLR2004
    return text.lstrip("( ")[:1] in {"+", "0"} or bool(
        re.search(r"\d{3}\)?[\s./-]{1,2}\d{3}[\s./-]\d{4}", text)
    )


def _is_card(text: str) -> bool:
    digits = [int(digit) for digit in reversed(_digits(text))]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return len(digits) in CARD_DIGITS and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_iban(text: str) -> bool:
    plain = re.sub(r"\s", "", text)
    if len(plain) not in IBAN_LENGTHS or sum(map(str.isdigit, plain)) < IBAN_DIGITS:
        return False
    figures = "".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])
    return int(figures) % 97 == 1


def _is_account(text: str) -> bool:
    return not _ONLY_A_YEAR.match(text.strip())


_CHECKS: dict[Sort, Callable[[str], bool]] = {
    "telephone": _is_telephone,
    "card": _is_card,
    "iban": _is_iban,
    "account": _is_account,
}


def _is_published(text: str, case: Case) -> bool:
    """Return whether the brief's facts or the brand's footer carry the very same data."""
    texts = [fact.text for fact in case.brief.facts] if case.brief else []
    texts += [case.brief.offer.conditions or ""] if case.brief and case.brief.offer else []
    texts += [case.brand.footer or ""] if case.brand else []
    wanted = _bare(text)
    return any(wanted in _bare(fold(other)) for other in texts)


def _is_named(found: re.Match[str], case: Case) -> bool:
    """Return whether the number is the name of a thing in the brief: `candle No. 14, Birch Row`."""
    before = found.string[max(0, found.start() - 4) : found.start()]
    number = re.match(r"\d+", found.group())
    if number is None or not before.rstrip().endswith(("no.", "no", "#")):
        return False
    facts = case.brief.facts if case.brief else ()
    return any(re.search(rf"(?:no\.?\s|#){number.group()}\b", fold(fact.text)) for fact in facts)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9@]", "", text)
