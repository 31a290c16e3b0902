"""What follows from a brief by reckoning is borne by it; what does not is not."""

import pytest

from copydesk.briefs import Brief
from copydesk.guardrails.binding import bind
from copydesk.guardrails.claims import extract
from copydesk.guardrails.evidence import evidence
from copydesk.guardrails.normalise import read_plain

FACTS = [
    "Closes on 21 March 2026",
    "28 stalls in 2026",
    "19 stalls in 2025",
    "Fair on Saturday 11 April 2026",
    "Posted for £4 a parcel",
    "Doors open at 7 pm",
    "A board is 16 in long",
]


def unborne(text: str) -> list[str]:
    """The figures of a text that nothing in the brief bears."""
    brief = Brief.model_validate(
        {
            "goal": "Tell people about the fair",
            "kind": "event",
            "sector": "home",
            "jurisdictions": ["UK"],
            "locale": "en-GB",
            "send_at": "2026-03-07T09:00:00Z",
            "product": {"name": "Stall", "price": 15, "currency": "GBP"},
            "facts": [{"id": f"f{n}", "text": text} for n, text in enumerate(FACTS)],
        }
    )
    reading = read_plain(text)
    bound = bind(extract(reading), reading, evidence(brief))
    spans = [reading.span_of_words(b.claim.first, b.claim.last) for b in bound if not b.rests_on]
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    "text",
    [
        "Three pitches come to £45.",
        "A stall and its parcel are £19 together.",
        "There are 9 more stalls than a year ago.",
        "Two weeks left to apply.",
        "We meet on the second Saturday in April.",
        "Doors at 7.",
        "The board is 16 inches.",
        "Release 5.2 of the map is out, with half a dozen jokes.",
    ],
)
def test_what_follows_from_the_brief_is_borne(text: str) -> None:
    """Products, sums, differences, days ahead and hours that the brief's figures give are borne."""
    assert unborne(text) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Three pitches come to £40.", "£40"),
        ("There are 12 more stalls than a year ago.", "12"),
        ("Four weeks left to apply.", "Four weeks"),
        ("We meet on the third Saturday in April.", "third Saturday in April"),
        ("A dozen and a half stalls.", "A dozen and a half"),
        ("See a hundred and nineteen stalls.", "a hundred and nineteen"),
    ],
)
def test_what_does_not_follow_is_told(text: str, wrong: str) -> None:
    """A figure that the brief's figures do not give is told, in letters too."""
    assert unborne(text) == [wrong]
