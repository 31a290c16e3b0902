"""Which language the phrase book writes for a locale, and whether a text is in it."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.detection import Detector, detector

ENGLISH = "en"

OFFERED = ("en", "de", "es", "fr")
"""Languages with phrases for every kind of mail; any other locale is written to in English."""

_CERTAIN = 0.5
"""Share of probability from which a text is taken to be in a language."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """The language of one request, with what tells it from others, where that is installed."""

    language: str
    detector: Detector | None = None

    def quotable(self, text: str) -> bool:
        """Return whether words of a brief can stand in this language's copy as they are.

        English is what briefs are in unless they say otherwise; words for copy in another
        language have to be known to be in it.
        """
        if self.language == ENGLISH:
            return True
        return self.detector is not None and self.detector.share(text, self.language) >= _CERTAIN


IN_ENGLISH = Tongue(ENGLISH)


def language_of(locale: str) -> str:
    """Return the language that is written for a locale: its own if it is offered, or English."""
    own = locale.partition("-")[0].casefold()
    return own if own in OFFERED else ENGLISH


def tongue_for(locale: str) -> Tongue:
    """Return the language for a locale; the detector is loaded for languages but English."""
    language = language_of(locale)
    return Tongue(language, None if language == ENGLISH else detector())
