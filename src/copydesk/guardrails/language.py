"""In which language copy is, and what that means for rules that read English only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from copydesk.detection import KNOWN, MISSING, Detector, detector
from copydesk.guardrails.findings import Finding, Severity
from copydesk.guardrails.guard import Submission
from copydesk.variants import Slot

CERTAIN = 0.9
"""Probability from which copy in another language than asked for is a finding."""
FEWEST_LETTERS = 40
"""Letters that it takes to tell a language."""
READS_ENGLISH = "rules of meaning and tone read English only; not applied to copy for {locale}"

_NOT_PROSE = re.compile(r"\{\{.*?\}\}|https?://\S+")


class Reads(StrEnum):
    """Whether rules written for English can read a piece of copy."""

    ENGLISH = "english"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"
    """The locale is another language's, and nothing is installed that tells whether it is kept."""


def language(locale: str) -> str:
    """Return the language of a locale, as `de` of `de-AT`."""
    return locale.partition("-")[0].casefold()


def how_read(submission: Submission) -> Reads:
    """Return whether rules of meaning can read this copy; the locale decides if it is English."""
    if submission.brief is None or language(submission.brief.locale) == "en":
        return Reads.ENGLISH
    text, tells = _prose(submission), detector()
    if not _is_latin(text):
        return Reads.FOREIGN
    if tells is None:
        return Reads.UNKNOWN
    english = tells.share(text, "en") >= 1 / 2
    return Reads.ENGLISH if english else Reads.FOREIGN


def unread(submission: Submission) -> Iterator[Finding]:
    """Yield the finding that says so where rules of meaning could not read the copy.

    With nothing to tell the language by, a person has to look.
    """
    how = how_read(submission)
    if how is Reads.ENGLISH or submission.brief is None:
        return
    unknown = how is Reads.UNKNOWN
    said = READS_ENGLISH.format(locale=submission.brief.locale)
    yield _finding(
        "format.language.unread",
        Severity.REVIEW if unknown else Severity.WARN,
        f"The {said}{f', and {MISSING}' if unknown else ''}.",
        "What these rules look for may stand in the copy unseen.",
    )


class LanguageGuard:
    """Finds copy that is in another language than the brief's locale."""

    name = "language"
    state = "py3langid"

    def __init__(self, tells: Detector) -> None:
        self._tells = tells

    def check(self, submission: Submission) -> Iterator[Finding]:
        """Yield a finding for copy that is surely in another of the known languages."""
        text = _prose(submission)
        if submission.brief is None or not _is_latin(text):
            return
        wanted = language(submission.brief.locale)
        found, share = max(self._tells.shares(text).items(), key=lambda pair: pair[1])
        if wanted in KNOWN and found != wanted and share >= CERTAIN:
            yield _finding(
                "format.language",
                Severity.REVIEW,
                f"The copy reads as `{found}`; the brief's locale is {submission.brief.locale}.",
                "Mail in a language that its readers did not ask for is not read.",
            )


def _prose(submission: Submission) -> str:
    said = "\n".join(str(text) for _, text in submission.copy.slots())
    text = _NOT_PROSE.sub(" ", said)
    name = submission.brief.product.name if submission.brief else ""
    return text.replace(name, " ") if name else text


def _is_latin(text: str) -> bool:
    """Return whether there are letters enough, and most of them Latin, to tell a language by."""
    letters = [char for char in text if char.isalpha()]
    latin = sum(char < "\u0250" for char in letters)
    return len(letters) >= FEWEST_LETTERS and 2 * latin > len(letters)


def _finding(rule: str, severity: Severity, message: str, why: str) -> Finding:
    return Finding(
        rule=rule,
        category="format.language",
        severity=severity,
        slot=Slot.BODY,
        start=0,
        end=0,
        match="",
        message=message,
        why=why,
    )
