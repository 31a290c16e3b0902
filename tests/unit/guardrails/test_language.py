"""What is checked of the language of copy, and what is said of rules that cannot read it."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.detection import Detector
from copydesk.guardrails import Finding, Submission
from copydesk.guardrails.build import build_checker
from copydesk.guardrails.claims import extract_plain
from copydesk.guardrails.language import LanguageGuard
from copydesk.variants import Copy
from tests.factories import a_brief

pytest.importorskip("py3langid")

CHECKER = build_checker()
TELLS = Detector()
GERMAN = "In dieser Ausgabe geht es um Schuhe, und viel mehr steht auch nicht darin."
ENGLISH = "This issue is about shoes, and there is not much else to be found in it."
JAPANESE = "今号は靴についてです。それ以外のことはほとんど書かれていません。" * 2


def copy(body: str) -> Copy:
    return Copy.model_validate({"subject": "Ridgeline Trail", "preheader": "", "body": body})


def wrong(body: str, locale: str) -> list[Finding]:
    return list(LanguageGuard(TELLS).check(Submission(copy(body), a_brief(locale=locale))))


@pytest.mark.parametrize(
    ("body", "locale", "found"),
    [
        (GERMAN, "de-DE", False),
        (GERMAN, "en-US", True),
        (ENGLISH, "de-DE", True),
        (ENGLISH, "en-GB", False),
        (JAPANESE, "ja-JP", False),
        (ENGLISH, "ja-JP", False),
        ("Ridgeline", "de-DE", False),
    ],
)
def test_copy_in_the_wrong_language_is_found(body: str, locale: str, found: bool) -> None:
    """Of the languages that are told apart; scripts and short copy are left alone."""
    assert [finding.rule for finding in wrong(body, locale)] == ["format.language"] * found


def test_the_guard_joins_by_name() -> None:
    """It sends copy in the wrong language to a person."""
    checked = build_checker(guards=("rules", "language")).check(
        Submission(copy(GERMAN), a_brief(locale="en-US"))
    )

    assert "format.language" in {finding.rule for finding in checked.findings}
    assert checked.engines["language"] == "py3langid"


def engines(body: str, **brief: Any) -> tuple[bool, list[str]]:
    checked = CHECKER.check(Submission(copy(body), a_brief(**brief)))
    unread = [f.severity.value for f in checked.findings if f.rule == "format.language.unread"]
    return "meaning" in checked.engines, unread


def test_rules_that_cannot_read_copy_say_so() -> None:
    """German copy gets a warning and an engine's state; English copy gets neither."""
    assert engines(GERMAN, locale="de-DE") == (True, ["warn"])
    assert engines(ENGLISH, locale="en-US") == (False, [])


def test_english_copy_is_read_whatever_the_locale() -> None:
    """No rule is skipped for copy that it can read."""
    assert engines(ENGLISH, locale="fr-FR") == (False, [])


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("bis zum 11. März", [311]),
        ("am 8. August", [808]),
        ("3. Mai 2026", [503]),
        ("We have 8. August is near.", []),
    ],
)
def test_german_days_are_dates(text: str, dates: list[int]) -> None:
    """A number before a full stop and a month is a day where German says it so."""
    found = [claim.values[0] for claim in extract_plain(text) if claim.kind.value == "date"]

    assert found == dates


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("jusqu\u2019au 11 mars", [("date", 311)]),
        ("le 1er avril 2027", [("date", 401)]),
        ("le 8 ao\u00fbt", [("date", 808)]),
        ("1\u202f098\u00a0\u20ac", [("money", 1098)]),
        ("1\u00a0098,50\u00a0$", [("money", 1098.5)]),
        ("98\u00a0CHF", [("money", 98)]),
        ("2026\u00a0098", [("year", 2026), ("number", 98)]),
    ],
)
def test_french_days_and_sums_are_read(text: str, values: list[tuple[str, float]]) -> None:
    """Thousands stand apart by a space that does not break, and the first of a month is `1er`."""
    assert [(claim.kind.value, claim.values[0]) for claim in extract_plain(text)] == values


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("hasta el 8 de marzo", [(308, None)]),
        ("el 12 de septiembre de 2027", [(912, 2027)]),
        ("las 5 de mayor tama\u00f1o", []),
    ],
)
def test_spanish_days_are_dates(text: str, dates: list[tuple[int, int | None]]) -> None:
    """The month and the year follow `de`."""
    found = [(one.values[0], one.year) for one in extract_plain(text) if one.kind.value == "date"]

    assert found == dates
