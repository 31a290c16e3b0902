"""The brand's terms in the forms that a sentence gives them."""

from __future__ import annotations

import pytest

from copydesk.guardrails import Submission
from copydesk.guardrails.findings import Finding
from copydesk.guardrails.packs import load_packs
from copydesk.guardrails.rules import RulesGuard
from tests.factories import a_brand, a_brief, a_copy

GUARD = RulesGuard(load_packs())


def found(body: str, locale: str | None, **brand: object) -> list[Finding]:
    """Return what the rule of banned terms finds in a body."""
    brief = a_brief(locale=locale) if locale else None
    submission = Submission(a_copy(body=body), brief, a_brand(**brand), None)
    return [one for one in GUARD.check(submission) if one.rule == "brand.banned_term"]


@pytest.mark.parametrize(
    ("locale", "inflected"), [("de-DE", True), ("en-GB", False), (None, False)]
)
def test_the_locale_says_how_a_term_is_inflected(locale: str | None, inflected: bool) -> None:
    """German endings are for German copy: elsewhere, `win` would be found in `wine`."""
    hits = found("Ein günstiger Tisch.", locale, banned_terms=["günstig"])

    assert [one.match for one in hits] == (["günstiger"] if inflected else [])


def test_umlauts_may_be_written_out() -> None:
    """`GUENSTIGE` is what a keyboard without umlauts makes of it."""
    hits = found("GUENSTIGE Tische.", "de-DE", banned_terms=["günstig"])

    assert [one.match for one in hits] == ["GUENSTIGE"]


def test_a_replacement_is_suggested_where_no_ending_is_lost() -> None:
    """`preiswert` is right for `günstig`; for `günstige` it would break the sentence."""
    terms = {"banned_terms": ["günstig"], "preferred_terms": {"günstig": "preiswert"}}
    hits = found("Günstig ist es. Das günstige Stück.", "de-DE", **terms)

    assert [(one.match, one.suggestion) for one in hits] == [
        ("Günstig", "Preiswert"),
        ("günstige", None),
    ]


def test_what_is_drawn_into_a_word_is_no_part_of_it() -> None:
    """In `d'occasion` the term stands behind the apostrophe, and only it is marked."""
    body = "Des tables d\u2019occasion, l'occasion rêvée."
    hits = found(body, "fr-FR", banned_terms=["occasion"])

    assert [(one.match, body[one.start : one.end]) for one in hits] == [("occasion",) * 2] * 2


def test_names_are_names_in_every_form() -> None:
    """The brand may be called what it never says otherwise."""
    hits = found(
        "Die Günstige Kiste hilft.", "de-DE", name="Günstige Kiste", banned_terms=["günstig"]
    )

    assert hits == []
