"""Learning from sends: what a few may move, what many bring about, and what costs do."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.ranking.learning import Objective, Rate, learn, order, shipped_parts
from copydesk.ranking.sends import PastSend
from tests.factories import NOW

PARTS = {
    "": {"shipped": 0.0, "question": 0.0, "numbers": 0.0},
    "plain": {"shipped": 0.0, "question": -1.0, "numbers": 0.0},
    "asks": {"shipped": 0.2, "question": 1.0, "numbers": 0.0},
    "counts": {"shipped": -0.1, "question": 0.0, "numbers": 2.0},
}
READING = PARTS.__getitem__
SUBJECTS = st.sampled_from(["plain", "asks", "counts"])


def send(
    subject: str = "plain", share: float = 0.02, *, number: int = 1000, day: int = 0,
    segment: str = "", **more: Any,
) -> PastSend:  # fmt: skip
    at = NOW + timedelta(days=day)
    clicks = round(share * number)
    made = PastSend(subject, at, number, clicks, segment=segment)
    return dataclasses.replace(made, **more)


def rate(sends: Sequence[PastSend], subject: str = "plain", segment: str = "") -> float:
    return learn(sends, reading=READING).predict(subject, segment).rate


SENDS = st.builds(
    send,
    SUBJECTS,
    st.floats(0, 1),
    number=st.integers(1, 100_000),
    day=st.integers(0, 400),
    segment=st.sampled_from(["", "north", "south"]),
)


def test_nothing_sent_is_what_ships() -> None:
    """Without sends a line keeps the shipped rate, more or less by its shipped score."""
    learned = learn((), reading=READING)

    assert learned.predict("plain").rate == pytest.approx(0.0125)
    assert learned.predict("asks").log_odds - learned.predict("plain").log_odds == pytest.approx(
        0.2
    )
    assert "this is what ships" in learned.predict("plain").why


@settings(max_examples=40, deadline=None)
@given(st.lists(SENDS, max_size=12), st.randoms())
def test_the_order_of_sends_does_not_matter(sends: list[PastSend], random: Random) -> None:
    """However sends are shuffled, the same is learned."""
    shuffled = list(sends)
    random.shuffle(shuffled)

    for segment in ("", "north", "never met"):
        assert rate(shuffled, "asks", segment) == pytest.approx(rate(sends, "asks", segment))


@settings(max_examples=40, deadline=None)
@given(st.lists(SENDS, max_size=12), SUBJECTS, st.sampled_from(["", "north", "new"]))
def test_what_is_told_is_a_rate_within_its_interval(
    sends: list[PastSend], subject: str, segment: str
) -> None:
    """Whatever was sent, the rate lies in its interval, and the interval between 0 and 1."""
    told = learn(sends, reading=READING).predict(subject, segment)

    assert 0 <= told.low < told.rate < told.high <= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.builds(send, SUBJECTS, st.floats(0.002, 0.08)), min_size=1, max_size=5))
def test_five_sends_do_not_swing_which_line_is_liked(sends: list[PastSend]) -> None:
    """After five sends of a thousand, two lines differ by nearly what they did before any."""
    learned, shipped = learn(sends, reading=READING), learn((), reading=READING)
    ahead = [m.predict("asks").log_odds - m.predict("plain").log_odds for m in (learned, shipped)]

    assert abs(ahead[0] - ahead[1]) < 0.25


def test_a_tiny_send_moves_the_rate_little() -> None:
    """Nobody of five clicking, or one of five, is next to no news."""
    assert rate([send(share=0, number=5)]) == pytest.approx(0.0125, rel=0.1)
    assert rate([send(share=0.2, number=5)]) == pytest.approx(0.0125, rel=1.0)


def test_a_list_of_5000_is_enough_to_begin() -> None:
    """Ten sends to 500 each bring the rate near the brand's own, and it says so."""
    sends = [send(share=0.04, number=500, day=day) for day in range(10)]
    told = learn(sends, reading=READING).predict("plain")

    assert told.rate == pytest.approx(0.04, rel=0.15)
    assert told.why == "10 sends to 5,000 recipients"
    assert "a beginning" in learn(sends[:5], reading=READING).predict("plain").why


def test_more_of_the_same_makes_surer() -> None:
    """The interval narrows as sends agree."""
    few, many = ([send(day=day) for day in range(n)] for n in (5, 50))
    widths = [learn(sends, reading=READING).predict("plain").spread for sends in (few, many)]

    assert widths[1] < widths[0]


def test_a_segment_differs_from_its_brand_and_a_new_one_is_as_the_brand() -> None:
    """A segment known by many sends has its own rate; one never met lies between the known."""
    sends = [
        send(share=share, day=day, segment=name, number=20_000)
        for name, share in (("north", 0.01), ("south", 0.05))
        for day in range(20)
    ]

    assert rate(sends, segment="north") == pytest.approx(0.01, rel=0.1)
    assert rate(sends, segment="south") == pytest.approx(0.05, rel=0.1)
    assert 0.012 < rate(sends, segment="new") < 0.04


def test_what_a_brand_shows_again_and_again_is_learned() -> None:
    """Where numbers win 200 times over in a brand, lines with numbers lead."""
    sends = [
        send(name, share, day=day, number=20_000)
        for day in range(100)
        for name, share in (("counts", 0.030), ("asks", 0.020))
    ]
    learned = learn(sends, reading=READING)

    assert learned.predict("counts").rate > learned.predict("asks").rate
    assert rate([], "counts") < rate([], "asks")


def test_old_sends_fade() -> None:
    """What was three years ago yields to what is now."""
    old = [send(share=0.08, day=day) for day in range(20)]
    new = [send(share=0.01, day=1100 + day) for day in range(20)]

    assert rate([*old, *new]) == pytest.approx(0.01, rel=0.15)


def test_opens_teach_nothing_and_bots_are_set_apart() -> None:
    """Opens change no rate; clicks of bots count as if they had not been."""
    plain = [send(day=day) for day in range(10)]
    opened = [dataclasses.replace(s, opens=900, machine_opens=800) for s in plain]
    botted = [dataclasses.replace(s, clicks=s.clicks + 300, bot_clicks=300) for s in plain]

    assert rate(opened) == rate(plain) == rate(botted)


@pytest.mark.parametrize("kind", ["conversions", "unsubscribes", "complaints"])
def test_each_rate_is_learned_by_itself(kind: Rate) -> None:
    """A rate follows its own counts, and stays as it ships where none are known."""
    counts: dict[str, Any] = {kind: 10}
    learned = learn([send(day=d, **counts) for d in range(40)], reading=READING)
    silent = learn([send(day=d) for d in range(40)], reading=READING)

    assert learned.predict("plain", rate=kind).rate == pytest.approx(0.01, rel=0.2)
    assert "this is what ships" in silent.predict("plain", rate=kind).why


def test_revenue_is_learned_per_recipient() -> None:
    """Forty sends of 0.40 a recipient teach about that."""
    sends = [send(day=d, conversions=10, revenue=400.0) for d in range(40)]

    told = learn(sends, reading=READING).predict("plain", rate="revenue")
    assert told.rate == pytest.approx(0.4, rel=0.2)


def test_a_line_that_drives_people_away_loses_to_one_that_does_not() -> None:
    """With a cost for an unsubscribe, the order of two lines turns."""
    sends = [
        send(name, share, day=day, number=50_000, unsubscribes=gone)
        for day in range(150)
        for name, share, gone in (("counts", 0.024, 1000), ("plain", 0.023, 50))
    ]
    learned, both = learn(sends, reading=READING), ["counts", "plain"]

    assert order(learned, both, "", Objective())[0][0] == "counts"
    assert order(learned, both, "", Objective(unsubscribe=5.0))[0][0] == "plain"
    assert order(learned, both, "", Objective(complaint=5.0))[0][0] == "counts"


def test_the_shipped_model_reads_english_and_measures_style_in_any_language() -> None:
    """A line of words never met has no shipped score, but it has a length and its marks."""
    english, other = shipped_parts("What did she find in the attic?"), shipped_parts("Xyzq wvut åå")

    assert english["shipped"] != 0.0
    assert other["shipped"] == 0.0
    assert any(other.values())
    assert list(english) == list(other)
