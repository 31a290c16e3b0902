"""What dividing would gain is told beforehand, the same each time, and not better than it is."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from copydesk.experiments.foretelling import Answer, Question, answered

QUESTION = Question(recipients=20_000, runs=200)


@pytest.fixture(scope="module")
def answer() -> Answer:
    return answered(QUESTION)


def gain(answer: Answer, way: str) -> float:
    return next(one.over_even for one in answer.gains if one.way == way)


def test_the_same_question_has_the_same_answer(answer: Answer) -> None:
    """Nothing is drawn anew."""
    assert answered(QUESTION) == answer


def test_what_ships_gains_more_than_a_test_that_then_commits(answer: Answer) -> None:
    """With a ranker of the stated skill; and an even split gains nothing over itself."""
    assert gain(answer, "even split") == 0
    assert gain(answer, "P(best) squared") > gain(answer, "A/B test of 20 %") > 0


def test_no_intervals_leave_out_what_was_found(answer: Answer) -> None:
    """Each gain lies within its interval."""
    assert all(one.low <= one.over_even <= one.high for one in answer.gains)


def test_variants_that_are_equal_gain_nothing() -> None:
    """Where nothing tells them apart, no way of dividing gains, and looking often finds winners."""
    equal = answered(Question(recipients=20_000, spread=0, runs=200, base_rate=0.05))
    naive, planned, careful = equal.stopping

    assert all(abs(one.over_even) < 1e-6 for one in equal.gains)
    assert naive.wrongly > 0.15
    assert planned.wrongly < 0.08
    assert careful.wrongly < 0.05


def test_experiments_that_were_made_are_played_again() -> None:
    """Rates of real variants are taken for true, each experiment as often as needed."""
    rates = ((0.01, 0.02), (0.03, 0.01), (0.02, 0.02, 0.05))
    real = answered(Question(recipients=50_000, rates=rates, runs=60))

    assert real.experiments == 60
    assert 0.3 < gain(real, "P(best) squared") < 0.9


def test_small_lists_find_no_lift() -> None:
    """The least lift of a list too small for any is none; a large list's is small."""
    assert answered(Question(recipients=10, arms=20, runs=50)).detectable_lift is None
    large = answered(Question(recipients=4_000_000, runs=50)).detectable_lift
    assert large is not None
    assert large < 0.05


def test_rates_that_cannot_be_are_refused() -> None:
    """A rate of 60 % is a mistake of units."""
    with pytest.raises(ValidationError):
        Question(recipients=1_000, rates=((0.6, 0.4),))
