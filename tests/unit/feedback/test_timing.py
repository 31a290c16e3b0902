"""Hours and fatigue: off until enough history, drawn to the audience, and told in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.feedback import Outcome, OutcomeKind
from copydesk.feedback.timing import HOURS, Audience, best_hours, expected_shares, fatigue
from tests.factories import NOW

MONDAY = datetime.fromisoformat("2026-03-02T00:00:00+00:00")


def event(
    kind: OutcomeKind, at: datetime, human: Literal["yes", "no", "unknown"] = "unknown"
) -> Outcome:
    return Outcome(event_id="e", kind=kind, at=at, campaign="c", human=human)


def at_hour(hour: int, number: int, kind: OutcomeKind = "click") -> list[Outcome]:
    return [event(kind, MONDAY + timedelta(hours=hour, weeks=n)) for n in range(number)]


def audience(hour: int = 9) -> Audience:
    """Return one that got 1,000 messages in each hour of a day, and answered 400 in one."""
    answers, sent = np.zeros(HOURS), np.zeros(HOURS)
    answers[hour], sent[:24] = 400, 1000
    return Audience(answers, sent, "UTC")


def test_hours_are_off_until_there_is_enough_history() -> None:
    """Few answers, a small audience, or messages at always the same hours give no hours."""
    few = best_hours(at_hour(20, 9), audience())
    small = best_hours(at_hour(20, 10), Audience.of(at_hour(9, 299)))
    once = best_hours(at_hour(20, 10), Audience.of([*at_hour(9, 300), *at_hour(9, 9, "sent")]))

    assert (few.best, few.why) == ((), "off: 9 answers of the recipient's, 10 are needed")
    assert (small.best, small.why) == ((), "off: 299 answers of the audience's, 300 are needed")
    assert once.why.startswith("off: messages went out at 1 hours of the week")


def test_little_history_keeps_the_hours_of_the_audience() -> None:
    """After ten answers at night, the audience's morning still leads."""
    found = best_hours(at_hour(44, 10), audience())

    assert str(found.best[0]) == "Monday 09:00"
    assert "17% of this rests on 10 answers of the recipient's own" in found.why


def test_much_history_brings_out_the_recipients_own_hours() -> None:
    """After a hundred answers at Tuesday eight in the evening, that is the hour."""
    found = best_hours(at_hour(44, 100), audience())

    assert str(found.best[0]) == "Tuesday 20:00"
    assert found.best[0].share > 0.3
    assert "67% of this rests on 100 answers" in found.why


def test_hours_are_told_in_the_zone_asked_for() -> None:
    """Nine in the morning by UTC is ten in Berlin, in winter."""
    sent = [event("sent", MONDAY + timedelta(hours=hour)) for hour in range(24)]
    answers = [event("click", MONDAY + timedelta(hours=9)) for _ in range(300)]
    found = best_hours(answers[:10], Audience.of([*sent, *answers], "Europe/Berlin"))

    assert str(found.best[0]) == "Monday 10:00"
    assert "times of Europe/Berlin" in found.why


def test_opens_and_machines_have_no_hours() -> None:
    """A hundred opens and a hundred clicks of machines count for nothing."""
    machines = [event("click", MONDAY, human="no") for _ in range(100)]

    assert best_hours([*at_hour(3, 100, "open"), *machines], audience()).best == ()


@given(st.lists(st.integers(0, 500), min_size=HOURS, max_size=HOURS), st.integers(0, HOURS - 1))
def test_expected_shares_add_up_and_an_answer_raises_its_hour(counts: list[int], hour: int) -> None:
    """Shares are above none and sum to one; one more answer never lowers its own hour."""
    own, usual = np.zeros(HOURS), Audience(np.array(counts, dtype=float), np.ones(HOURS), "UTC")
    before = expected_shares(own, usual)
    own[hour] += 1
    after = expected_shares(own, usual)

    assert before.min() > 0
    assert before.sum() == pytest.approx(1)
    if before[hour] < 0.5:
        assert after[hour] >= before[hour] - 1e-12


def messages(days: range, answered: int = 0) -> list[Outcome]:
    """Return a message on each of the days before now, the first few of them answered."""
    sent = [event("sent", NOW - timedelta(days=day)) for day in days]
    return [*sent, *(event("click", o.at) for o in sent[:answered])]


def test_fatigue_is_off_until_there_is_enough_history() -> None:
    """Nine messages, a month of history, or hardly any lately give no score."""
    told = [
        fatigue(messages(days), audience(), NOW)
        for days in (range(1, 90, 10), range(1, 31), range(40, 90))
    ]

    assert [found.score for found in told] == [None, None, None]
    assert {found.level for found in told} == {"unknown"}
    assert told[0].why == "off: 9 messages in 81 days; 10 in 60 days are needed"
    assert told[2].why == "off: 0 messages in 30 days; 3 are needed"


def test_a_reader_who_goes_on_answering_is_fresh() -> None:
    """As many answers and messages as ever are no fatigue."""
    history = [*messages(range(1, 30, 3), 4), *messages(range(31, 120, 3), 12)]
    found = fatigue(history, audience(), NOW)

    assert found.level == "normal"
    assert found.score is not None
    assert found.score < 0.1


def test_a_reader_who_falls_silent_under_more_messages_gets_fewer() -> None:
    """No answer to thirty messages, after one answer in two to a third as many, is enough."""
    history = [*messages(range(1, 30)), *messages(range(31, 200, 4), 21)]
    found = fatigue(history, audience(), NOW)

    assert found.level == "withhold"
    assert found.why.startswith(
        "0 answers to 29 messages in 30 days, 21 to 43 before; 6.8 messages"
    )


def test_silence_of_one_who_seldom_answers_says_little() -> None:
    """Where an answer in fifty is usual, ten messages without one are no fatigue."""
    found = fatigue(messages(range(1, 120, 3)), audience(), NOW)

    assert found.level == "normal"


@pytest.mark.parametrize(("kind", "told"), [("complaint", "complained"), ("unsubscribe", "unsub")])
def test_who_left_or_complained_has_had_enough(kind: OutcomeKind, told: str) -> None:
    """One word of theirs weighs more than any history; what comes after now is not known yet."""
    found = fatigue([event(kind, NOW)], audience(), NOW)

    assert (found.score, found.level) == (1.0, "withhold")
    assert told in found.why
    assert fatigue([event(kind, NOW + timedelta(1))], audience(), NOW).level == "unknown"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10), st.integers(0, 30), st.integers(3, 20))
def test_a_further_answer_never_raises_fatigue(answers: int, past: int, every: int) -> None:
    """Scores lie between 0 and 1, and fall or stay with one more answer of late."""

    def score(number: int) -> float:
        recent = messages(range(1, 30, 2), number)
        found = fatigue([*recent, *messages(range(31, 400, every), past)], audience(), NOW)
        assert found.score is not None
        return found.score

    assert 0 <= score(answers + 1) <= score(answers) <= 1
