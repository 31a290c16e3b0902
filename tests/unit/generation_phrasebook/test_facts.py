"""Which facts are quoted, which are kept back, and how they read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from copydesk.briefs import Fact
from copydesk.generation.phrasebook.facts import Quote, Quotes, quotes
from copydesk.generation.phrasebook.figures import Figures
from copydesk.generation.phrasebook.lexicon import lexicon
from tests.unit.generation_phrasebook.asking import drafts, text

FIGURES = Figures("en-US", datetime(2026, 3, 7, tzinfo=UTC))
NAMES = frozenset({"northpeak", "ridgeline"})


def sorted_facts(*said: str) -> Quotes:
    facts = [Fact(id=f"f{number}", text=text) for number, text in enumerate(said)]
    return quotes(facts, FIGURES, lexicon(), NAMES)


def the_quote(said: str) -> Quote:
    return sorted_facts(said).open[0]


@pytest.mark.parametrize(
    "said",
    [
        "Recipients on this list have no invoice outstanding",
        "Certified kosher, certificate on file",
        "24 seats booked at send time",
        "Verified buyer review, consent to publish: He licked the bowl",
        "The logo is an acorn",
    ],
)
def test_internal_facts_are_not_quoted(said: str) -> None:
    """What is meant for the writer is not told to the reader."""
    assert sorted_facts(said) == Quotes((), ())


@pytest.mark.parametrize(
    "said",
    [
        "Two-year legal guarantee of conformity applies",
        "Distance sales carry a 14-day legal right to cancel",
    ],
)
def test_legal_rights_are_not_sold_as_features(said: str) -> None:
    """UCPD Annex I no. 10: what the law gives anyway is left out."""
    assert sorted_facts(said) == Quotes((), ())


@pytest.mark.parametrize(
    "said",
    [
        "Investments may fall as well as rise",
        "£14 a month, billed monthly until cancelled; cancel at any time under Settings",
        "$8 monthly fee unless the balance stays above $500",
        "18+ only",
        "Food supplements do not replace a varied, balanced diet",
        "3.9% APR, 60 monthly payments of $459.29, on approved credit",
    ],
)
def test_some_facts_have_to_be_said_every_time(said: str) -> None:
    """Risks, renewals, fees and ages stand in every draft, whole."""
    facts = [{"id": "due", "text": said}, {"id": "drop", "text": "6 mm heel-to-toe drop"}]

    for draft in drafts(facts=facts, offer=None, n=6):
        assert said in draft.body
        assert "due" in draft.facts


def test_facts_are_quoted_in_their_own_words() -> None:
    """Each fact that a draft cites stands in it as the brief has it."""
    for draft in drafts(n=12):
        written = f"{draft.subject} {draft.preheader} {draft.body}".casefold()
        assert ("reviews" in draft.facts) == ("4.6 out of 5 by 2,314 verified" in written)
        assert ("drop" in draft.facts) == ("6 mm heel-to-toe drop" in written)


def test_a_fact_without_a_subject_gets_one() -> None:
    """`Heats in 90 seconds` becomes a sentence about the product."""
    assert (
        the_quote("Heats in 90 seconds").said("the E2", many=False) == "The E2 heats in 90 seconds."
    )
    assert the_quote("Rated 4.6 out of 5").said("it", many=False) == "It is rated 4.6 out of 5."


def test_a_fact_about_many_agrees_with_them() -> None:
    """Headphones fold flat; one pair of them would fold it."""
    assert the_quote("Folds flat").said("they", many=True) == "They fold flat."
    assert the_quote("Carries two bikes").said("they", many=True) == "They carry two bikes."
    assert the_quote("Washes at 30 degrees").said("they", many=True) == "They wash at 30 degrees."
    assert the_quote("Has two pockets").said("they", many=True) == "They have two pockets."


def test_names_keep_their_capital() -> None:
    """Only a common first word loses its capital after a colon."""
    assert the_quote("Removable drip tray").small == "removable drip tray"
    assert the_quote("Northpeak tests every pair outdoors").small.startswith("Northpeak")
    assert the_quote("Zelda Brook designed the sole").small.startswith("Zelda")


def test_dates_of_evidence_are_written_for_readers() -> None:
    """An ISO date becomes a date in words, in the locale's order."""
    assert the_quote("Back on sale from 2026-05-22").line == "Back on sale from May 22"


def test_the_reader_is_spoken_to() -> None:
    """A statement about the audience is turned to the one who reads it."""
    assert (
        the_quote("This audience has completed 100 lessons").line
        == "You have completed 100 lessons"
    )


def test_a_fact_ends_in_one_full_stop() -> None:
    """Whether or not the brief put one."""
    assert the_quote("Made with olive oil.").said(None, many=False) == "Made with olive oil."
    assert ".." not in text(facts=[{"id": "oil", "text": "Made with olive oil."}], offer=None)


def test_delivery_comes_after_what_is_delivered() -> None:
    """A fact about shipping leads no draft while there is another."""
    facts = [
        {"id": "ship", "text": "Ships in two business days"},
        {"id": "drop", "text": "6 mm heel-to-toe drop"},
    ]

    for draft in drafts(facts=facts, offer=None, n=8):
        if "Ships" in draft.body:
            assert draft.body.index("6 mm") < draft.body.index("Ships")


def test_a_milestone_begins_with_the_reader() -> None:
    """What the reader reached comes before what it unlocks."""
    facts = [
        {"id": "deck", "text": "A phrase deck unlocks after 100 lessons"},
        {"id": "streak", "text": "This audience has completed 100 lessons"},
    ]

    for draft in drafts(kind="milestone", facts=facts, offer=None):
        assert draft.body.index("You have completed") < draft.body.index("phrase deck")


def test_an_event_begins_with_its_date() -> None:
    """When it is comes before what there is."""
    facts = [
        {"id": "tea", "text": "Tea is served in the reading room"},
        {"id": "when", "text": "Book swap on Sunday 22 March 2026, 2 pm to 5 pm"},
    ]

    for draft in drafts(kind="event", facts=facts, offer=None, product={"name": "Book swap"}):
        assert draft.body.index("22 March 2026") < draft.body.index("Tea is served")


@pytest.mark.parametrize(
    "fact", ["Who said hoodies had to be big?", "But it also floats", "Both are a show of strength"]
)
def test_what_states_nothing_by_itself_is_not_quoted(fact: str) -> None:
    """A question is no fact, and neither is a sentence that leans on one before it."""
    assert fact.rstrip("?") not in text(facts=[{"id": "odd", "text": fact}], n=8)
