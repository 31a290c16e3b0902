"""What copy asserts in figures: numbers, money, percentages, dates, times, codes and links.

Extraction only finds and reads; whether a claim is true is decided in `binding`, against the
brief. The same extraction reads the brief's own texts, so that both sides are understood alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from copydesk.guardrails.normalise import Reading, read_plain
from copydesk.guardrails.vocabulary import Unit, vocabulary

NOON = 12
FIRST_YEAR, LAST_YEAR = 1900, 2099
_CODE = re.compile(r"[A-Z][A-Z0-9]{2,24}\Z")
_CAPITALS = re.compile(r"[A-Z][A-Z0-9]{2}")
_CODE_BY_LOOK = re.compile(r"(?=[A-Z0-9]*[0-9])[A-Z]{3}[A-Z0-9]{2,}\Z")
_CODE_WORDS = frozenset(("code", "codes", "coupon", "voucher", "promo", "promocode"))
_HALVES = {"am": 0, "a.m": 0, "pm": 12, "p.m": 12}
_ORDINALS = frozenset(("st", "nd", "rd", "th", "er"))
_OF = frozenset(("of", "de"))
_BEFORE_A_YEAR = frozenset((",", "de", "del"))
"""Between a month and its year: `March 8, 2026`, `8 de marzo de 2026`."""
_BEFORE_A_GERMAN_DAY = frozenset({"zum", "am", "vom", "den", "dem", "der", "ab", "einschliesslich"})
_GERMAN_MONTHS = frozenset(
    {"januar", "februar", "marz", "mai", "juni", "juli", "oktober", "dezember"}
)
THOUSAND = 3
"""Digits between two spaces of a long figure."""
_HOLDING = frozenset(("\u00a0", "\u202f"))
"""Spaces that do not break, as French writes them in `1 098 €`."""
_THOUSANDS = re.compile(r"\d{3}(?![\d:])[\d.,]*\Z")
_DAYS = {"day": 1, "week": 7}
_PARTS = {"half": 0.5, "quarter": 0.25}
_HOW_MUCH_TIME = frozenset(
    ("more", "extra", "full", "additional", "further", "whole", "working", "business", "straight")
)
"""Words between a figure and its unit that change nothing about it: `3 more years`."""
_SPELLED_CODE = frozenset(("word", "type", "enter", "key"))
SPELLING_OUT = 8
"""Words between a code's letters and its figure: `HARVEST with the number fifteen at the end`."""
_POINTS_TO_A_DAY = frozenset(("on", "until", "till", "by", "through", "ends"))
_COMMON_YEAR = 2001
_ISO = re.compile(r"(?<!\d)(20\d\d)-(\d\d)-(\d\d)(?!\d)")


class ClaimKind(StrEnum):
    """What sort of thing is claimed."""

    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    WEEKDAY = "weekday"
    NTH = "nth"
    """A day as in `the second Sunday in October`: month * 100 + weekday * 10 + which (9: last)."""
    AHEAD = "ahead"
    """Days from the day of sending, as in `a week from today`."""
    TIME = "time"
    YEAR = "year"
    CODE = "code"
    LINK = "link"


class Claim(NamedTuple):
    """One claim, with the words it was read from (inclusive indexes into the reading)."""

    kind: ClaimKind
    values: tuple[float, ...]
    """What it may mean, as 1299 and 1.299 for `1.299`; (month, day) in a date's one value is
    month * 100 + day; minutes after midnight for a time; empty for codes and links."""
    first: int
    last: int
    text: str = ""
    """The code or the link."""
    unit: Unit | None = None
    noun: str = ""
    """The word counted, where there is one, as `buyers` in `2,314 buyers`."""
    currencies: frozenset[str] = frozenset()
    spelled: bool = False
    """True when the number is written in letters: such numbers are often only manner of speech."""
    year: int | None = None
    weekday: int | None = None

    @property
    def value(self) -> float:
        """The first of the values."""
        return self.values[0]


def extract(reading: Reading) -> list[Claim]:
    """Return the claims of a reading, in order, none overlapping another."""
    return list(_Extractor(reading).claims())


@lru_cache(maxsize=4096)
def extract_plain(text: str) -> tuple[Claim, ...]:
    """Return the claims of a text that is not copy, as a fact. Remembered."""
    return tuple(extract(read_plain(text)))


@cache
def _starters() -> frozenset[str]:
    """Return the words that a claim may begin with, figures, codes and links left out."""
    known = vocabulary()
    named = (known.weekdays, known.months, known.numbers, known.currencies, known.ordinals)
    words = frozenset(word for table in named for word in table) | {"a", "half"}
    return words | {name[0] for name in known.named_days} | {"day", "night", "evening", "morning"}


class _Extractor:
    """Walks over the words once; each method reads one sort of claim at a place."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.words = [word.text for word in reading.words]
        self.known = vocabulary()

    def claims(self) -> Iterator[Claim]:
        """Yield each claim, longest reading first."""
        index, known = 0, _starters()
        shouts = _CAPITALS.search(self.reading.source) is not None
        while index < len(self.words):
            word = self.words[index]
            may_start = shouts or word in known or word[0].isdigit() or "." in word or "/" in word
            claim = self._at(index) if may_start else None
            if claim is not None:
                yield claim
                index = claim.last
            index += 1

    def _at(self, index: int) -> Claim | None:
        word = self.words[index]
        if word in self.known.weekdays:
            return self._weekday(index)
        if word in self.known.months:
            return self._month_first(index)
        if word[0].isdigit() or word in self.known.numbers:
            return self._figure(index)
        if word in self.known.currencies and self._is_figure(index + 1):
            return self._money(index)
        if word in {"a", "half"}:
            return self._ahead(index, index + 1, 1) or self._large(index)
        return self._nth(index) or self._named_day(index) or self._name(index)

    def _large(self, index: int) -> Claim | None:
        """Read `a hundred and nineteen`, `half a dozen`."""
        at = index + 1 + (self.words[index] == "half" and self._word(index + 1) == "a")
        return self._number(index) if self._word(at) in self.known.multipliers else None

    def _nth(self, index: int) -> Claim | None:
        """Read `the first Sunday in October`."""
        which = self.known.ordinals.get(self.words[index])
        weekday = self.known.weekdays.get(self._word(index + 1))
        month = self.known.months.get(self._word(index + 3))
        if which is None or weekday is None or month is None:
            return None
        if self._word(index + 2) not in {"in", "of"}:
            return None
        return Claim(ClaimKind.NTH, (month * 100 + weekday * 10 + which,), index, index + 3)

    def _named_day(self, index: int) -> Claim | None:
        """Read `the night before Halloween`, `on Christmas Eve`."""
        shift = {"before": -1, "after": 1, "of": 0}.get(self._word(index + 1))
        at = index if shift is None else index + 2
        if shift is None and self._word(index - 1) not in _POINTS_TO_A_DAY:
            return None
        for name, day in self.known.named_days.items():
            last = at + len(name) - 1
            if tuple(self.words[at : last + 1]) == name:
                meant = date(_COMMON_YEAR, *divmod(day, 100)) + timedelta(days=shift or 0)
                values = (meant.month * 100 + meant.day,)
                return Claim(ClaimKind.DATE, values, index, last, spelled=True)
        return None

    def _name(self, index: int) -> Claim | None:
        word = self.words[index]
        if _is_link(word):
            return Claim(ClaimKind.LINK, (), index, index, word)
        return self._code(index)

    def _weekday(self, index: int) -> Claim | None:
        if self._word(index - 1) in self.known.weekday_names:
            return None
        weekday = self.known.weekdays[self.words[index]]
        following = index + 1 + (self._word(index + 1) in {",", "the"})
        dated = None
        if self._word(following) in self.known.months:
            dated = self._month_first(following)
        elif self._is_digits(following):
            dated = self._day_first(following)
        if dated is not None:
            return dated._replace(first=index, weekday=weekday)
        return Claim(ClaimKind.WEEKDAY, (weekday,), index, index)

    def _month_first(self, index: int) -> Claim | None:
        """Read `March 8`, `March 8th, 2026`."""
        if not self._is_digits(index + 1) or not 1 <= float(self.words[index + 1]) <= 31:  # noqa: PLR2004
            return None
        month = self.known.months[self.words[index]]
        last = index + 1 + (self._word(index + 2) in _ORDINALS)
        if self._word(index + 2) in _HALVES:
            return None
        return self._dated(index, last, month, int(self.words[index + 1]))

    def _day_first(self, index: int) -> Claim | None:
        """Read `8 March`, `the 8th of March 2026`, `8 de marzo de 2026`."""
        following = index + 1 + (self._word(index + 1) in _ORDINALS)
        following += self._word(following) in _OF or self._is_german_ordinal(index)
        month = self.known.months.get(self._word(following))
        if month is None or not self._is_digits(index):
            return None
        return self._dated(index, following, month, int(self.words[index]))

    def _is_german_ordinal(self, index: int) -> bool:
        """Tell `am 8. August` from `We have 8. August is near.`."""
        if self._word(index + 1) != ".":
            return False
        before = self._word(index - 1) in _BEFORE_A_GERMAN_DAY
        return before or self._word(index + 2) in _GERMAN_MONTHS

    def _dated(self, first: int, last: int, month: int, day: int) -> Claim:
        year_at = last + 1 + (self._word(last + 1) in _BEFORE_A_YEAR)
        year = self._year_at(year_at)
        return Claim(
            ClaimKind.DATE,
            (month * 100 + day,),
            first,
            year_at if year else last,
            year=year,
        )

    def _figure(self, index: int) -> Claim | None:
        word = self.words[index]
        if ":" in word:
            return self._clock(index)
        if self._word(index + 1) in _HALVES:
            return self._time(index, float(word) if word.isdigit() else 0, 0, index + 1)
        if word.isdigit():
            dated = self._iso(index) or self._day_first(index)
            if dated is not None:
                return dated
        return self._number(index)

    def _iso(self, index: int) -> Claim | None:
        start = self.reading.words[index].start
        found = _ISO.match(self.reading.source, start)
        if found is None or index + 2 >= len(self.words):
            return None
        year, month, day = map(int, found.groups())
        return Claim(ClaimKind.DATE, (month * 100 + day,), index, index + 2, year=year)

    def _clock(self, index: int) -> Claim | None:
        parts = self.words[index].split(":")
        if len(parts) != 2 or not all(part.isdigit() and len(part) <= 2 for part in parts):  # noqa: PLR2004
            return None
        half = self._word(index + 1) in _HALVES
        return self._time(index, int(parts[0]), int(parts[1]), index + half)

    def _time(self, first: int, hours: float, minutes: int, last: int) -> Claim:
        half = _HALVES.get(self._word(last))
        if half is not None:
            hours = hours % NOON + half
        return Claim(ClaimKind.TIME, (hours * 60 + minutes,), first, last)

    def _money(self, index: int) -> Claim:
        """Read `$98`, `USD 98`: the figure comes after the sign."""
        values, last, _ = self._value(index + 1)
        currencies = self.known.currencies[self.words[index]]
        return Claim(ClaimKind.MONEY, values, index, last, currencies=currencies)

    def _number(self, index: int) -> Claim | None:
        values, last, spelled = self._value(index)
        following = self._word(last + 1)
        if following in self.known.currencies and not self._is_figure(last + 2):
            currencies = self.known.currencies[following]
            return Claim(ClaimKind.MONEY, values, index, last + 1, currencies=currencies)
        if following in {"%", "percent"}:
            return Claim(ClaimKind.PERCENT, values, index, last + 1, spelled=spelled)
        if following == "per" and self._word(last + 2) == "cent":
            return Claim(ClaimKind.PERCENT, values, index, last + 2, spelled=spelled)
        ahead = self._ahead(index, last + 1, values[0])
        if ahead or (spelled and values == (1,)):
            return ahead
        if self._year_at(index) and following not in self.known.units:
            return Claim(ClaimKind.YEAR, values, index, index)
        last += following in _ORDINALS
        skipped = self._word(last + 1) in _HOW_MUCH_TIME
        unit = self._unit(last + 1, spelled=spelled)
        if skipped and unit is None:
            unit = self._unit(last + 2, spelled=spelled)
        noun = "" if unit else self._noun(last + 1)
        last += (1 + skipped) * bool(unit)
        return Claim(ClaimKind.NUMBER, values, index, last, "", unit, noun, spelled=spelled)

    def _ahead(self, first: int, unit_at: int, amount: float) -> Claim | None:
        """Read `a week from today`, `ten days from now`."""
        unit = self.known.units.get(self._word(unit_at))
        if unit is None or unit.name not in _DAYS:
            return None
        if self._word(unit_at + 1) != "from" or self._word(unit_at + 2) not in {"today", "now"}:
            return None
        return Claim(ClaimKind.AHEAD, (amount * _DAYS[unit.name],), first, unit_at + 2)

    def _value(self, index: int) -> tuple[tuple[float, ...], int, bool]:
        """Return what the figure at `index` may mean, its last word, and whether it is spelled."""
        word = self.words[index]
        if word[0].isdigit():
            whole, index = self._grouped(index)
            values = _values(whole)
            while self._word(index + 1) in self.known.multipliers:
                factor = self.known.multipliers[self._word(index + 1)]
                values, index = tuple(value * factor for value in values), index + 1
            return values, index, False
        value, last = self._spelled(index)
        return (value,), last, True

    def _grouped(self, index: int) -> tuple[str, int]:
        """Return a figure whose thousands a space that does not break holds together."""
        whole, words, source = self.words[index], self.reading.words, self.reading.source
        while whole.isdigit() and len(self.words[index]) <= THOUSAND and index + 1 < len(words):
            gap = source[words[index].end : words[index + 1].start]
            group = _THOUSANDS.match(self.words[index + 1])
            if gap not in _HOLDING or group is None:
                break
            whole, index = whole + group[0], index + 1
        return whole, index

    def _spelled(self, index: int) -> tuple[float, int]:
        """Read a number in letters: `forty-five`, `a hundred and ten`, `a dozen and a half`."""
        half_of = self.words[index] == "half"
        index += half_of
        value, whole, factor = float(self.known.numbers.get(self._word(index), 1)), 0.0, 1
        while True:
            following = self._word(index + 1)
            step = 1 + (following == "and" and whole + value >= 100)  # noqa: PLR2004
            smaller = self.known.numbers.get(self._word(index + step), 0)
            if following in self.known.multipliers:
                factor = self.known.multipliers[following]
                value, index = value * factor, index + 1
                if factor >= 1000:  # noqa: PLR2004
                    whole, value = whole + value, 0.0
            elif _may_follow(whole + value, smaller):
                value, index, factor = value + smaller, index + step, 1
            else:
                break
        tenth = self.known.numbers.get(self._word(index + 2), 10)
        if self._word(index + 1) == "point" and tenth < 10:  # noqa: PLR2004
            return whole + value + tenth / 10, index + 2
        part = _PARTS.get(self._word(index + 3), 0)
        if part and (self._word(index + 1), self._word(index + 2)) == ("and", "a"):
            value, index = value + part * factor, index + 3
        return (whole + value) / (1 + half_of), index

    def _unit(self, index: int, *, spelled: bool) -> Unit | None:
        word = self._word(index)
        if spelled and len(word) <= 2:  # noqa: PLR2004 - `one g`, `two m` are no measures
            return None
        return self.known.units.get(word) or (
            self.known.units.get("inch") if word == "in" and self._is_inches(index) else None
        )

    def _is_inches(self, index: int) -> bool:
        return self._word(index + 1) in {"wide", "long", "high", "tall", "deep", "thick", ".", ""}

    def _noun(self, index: int) -> str:
        word = self._word(index)
        return word if word.isalpha() else ""

    def _code(self, index: int) -> Claim | None:
        word = self.reading.words[index]
        written = self.reading.source[word.start : word.end]
        if not _CODE.match(written):
            return None
        near = {self._word(index - step) for step in (1, 2, 3)}
        if near & _SPELLED_CODE and written.isalpha():
            return self._spelled_code(index, written)
        if _CODE_BY_LOOK.match(written) or near & _CODE_WORDS:
            return Claim(ClaimKind.CODE, (), index, index, written)
        return None

    def _spelled_code(self, index: int, letters: str) -> Claim | None:
        """Read `the word HARVEST with the number fifteen at the end` as HARVEST15."""
        for at in range(index + 1, min(index + SPELLING_OUT, len(self.words))):
            if self._is_figure(at):
                values, last, _ = self._value(at)
                return Claim(ClaimKind.CODE, (), index, last, f"{letters}{values[0]:g}")
        return Claim(ClaimKind.CODE, (), index, index, letters)

    def _word(self, index: int) -> str:
        return self.words[index] if 0 <= index < len(self.words) else ""

    def _is_digits(self, index: int) -> bool:
        word = self._word(index)
        return word.isascii() and word.isdigit() and len(word) <= 2  # noqa: PLR2004

    def _is_figure(self, index: int) -> bool:
        word = self._word(index)
        return word[:1].isdigit() or word in self.known.numbers

    def _year_at(self, index: int) -> int | None:
        word = self._word(index)
        if len(word) == 4 and word.isascii() and word.isdigit():  # noqa: PLR2004
            year = int(word)
            return year if FIRST_YEAR <= year <= LAST_YEAR else None
        return None


def _may_follow(value: float, smaller: int) -> bool:
    """Return whether a number word goes on with another: `twenty five`, `hundred and nineteen`."""
    if not smaller or not value:
        return False
    if value % 100 == 0:
        return smaller < 100  # noqa: PLR2004
    return value % 10 == 0 and value % 100 >= 20 and smaller < 10  # noqa: PLR2004


def _values(written: str) -> tuple[float, ...]:
    """Return what a figure may mean: `1,250.50`, `9,99`, `1.299` (which means 1299 or 1.299)."""
    points, commas = written.count("."), written.count(",")
    if points and commas:
        decimal = "." if written.rfind(".") > written.rfind(",") else ","
        thousands = "," if decimal == "." else "."
        return _floats(written.replace(thousands, "").replace(decimal, "."))
    sign = "." if points else ","
    if points + commas > 1:
        return _floats(written.replace(sign, ""))
    if re.fullmatch(r"\d{1,3}[.,]\d{3}", written):
        grouped = written.replace(sign, "")
        return _floats(grouped) if sign == "," else _floats(grouped, written)
    return _floats(written.replace(",", "."))


def _floats(*written: str) -> tuple[float, ...]:
    found = [
        float(text) for text in written if re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]{1,15})?", text)
    ]
    return tuple(found) or (float("nan"),)


def _is_link(word: str) -> bool:
    return word.startswith(("http://", "https://")) or ("." in word and "/" in word)
