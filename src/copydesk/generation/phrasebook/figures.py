"""Money and dates as the reader's locale writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from copydesk.generation.phrasebook.lexicon import lexicon

if TYPE_CHECKING:
    from babel import Locale

_ISO_DATE = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_FIRST = re.compile(r"\b1\b")
_WITHOUT_DECIMALS = re.compile(r"[.]0+")
_CODE_AT_A_FIGURE = re.compile(r"(?<=[A-Z])(?=\d)")


@cache
def _locale(name: str, written: str) -> Locale:
    """Return how the language `written` is written where `name` is spoken."""
    from babel import Locale, UnknownLocaleError

    language, _, rest = name.partition("-")
    elsewhere = "en_150" if written == "en" != language else written
    for known in (f"{written}_{rest.rpartition('-')[2]}", elsewhere):
        try:
            return Locale.parse(known)
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError("babel knows the languages that are offered")


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes figures for one locale, as of one day."""

    locale: str
    sent: datetime
    """When the mail goes out: a year is written only when it is another one."""
    language: str = "en"
    """The language of the copy: where it is not the locale's, the country decides the rest."""

    @property
    def american(self) -> bool:
        """Whether American words are used: `cart` and `through March 8`, or `carrito`."""
        _, _, territory = self.locale.rpartition("-")
        american = lexicon(self.language).words["american_in"]
        return territory in american or self.locale == "en"

    def money(self, amount: float, currency: str) -> str:
        """Return `$98` or `$9.99`; `amount` in major units."""
        from babel.numbers import format_currency

        locale = _locale(self.locale, self.language)
        if float(amount).is_integer():
            pattern = _WITHOUT_DECIMALS.sub("", locale.currency_formats["standard"].pattern)
            written = format_currency(
                amount,
                currency,
                pattern,
                locale=locale,
                currency_digits=False,
                decimal_quantization=True,
            )
        else:
            written = format_currency(amount, currency, locale=locale)
        # babel writes `USD10` where a locale has no sign for the currency.
        return _CODE_AT_A_FIGURE.sub("\u00a0", written)

    def number(self, value: float) -> str:
        """Return `12.5` with the decimal sign of the language, and no digits for nothing."""
        if self.language == "en":
            return f"{value:g}"
        from babel.numbers import format_decimal

        return format_decimal(value, "#.##", locale=_locale(self.locale, self.language))

    def last_day(self, ends: datetime) -> str:
        """Return the last whole day of something that ends at `ends`, as `March 8`."""
        last = ends.astimezone(UTC) - timedelta(seconds=1)
        return self.day(last.date())

    def day(self, day: date) -> str:
        """Return a day as `March 8` or `8 March`, with its year when that is not the sending's."""
        from babel.dates import format_date, format_skeleton

        locale = _locale(self.locale, self.language)
        this_year = day.year == self.sent.astimezone(UTC).year
        written = (
            format_skeleton("MMMMd", day, locale=locale)
            if this_year
            else format_date(day, "long", locale=locale)
        )
        # babel writes `1 avril`, where French says `1er avril`.
        first = lexicon(self.language).forms["first"]
        return _FIRST.sub(first, written, count=1) if day.day == 1 else written

    def worded(self, text: str) -> str:
        """Return `text` with its ISO dates written out."""
        return _ISO_DATE.sub(self._written_out, text)

    def _written_out(self, found: re.Match[str]) -> str:
        try:
            return self.day(date(int(found[1]), int(found[2]), int(found[3])))
        except ValueError:
            return found[0]
