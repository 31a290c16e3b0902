"""What another way of dividing would have gained, from what campaign tools reported."""

from __future__ import annotations

import pytest

from copydesk.desk.looking_back import assigned_then
from copydesk.errors import InputError
from tests.unit.desk.trial import KEYS, MARA, TOOL, Trial


@pytest.fixture
def trial() -> Trial:
    """Have a split run in which only the second variant is ever clicked."""
    trial = Trial().furnished()
    trial.running(weights={"var_1": 2.0})
    got = trial.everybody()
    trial.report("sent", got)
    trial.report("click", {key: one for key, one in got.items() if one == "var_2"})
    return trial


def test_estimates_are_those_of_the_policy_in_question(trial: Trial) -> None:
    """All to the variant that everybody clicked would have gained a click for each send."""
    found = trial.desk.evaluate("subjects", {"var_2": 1.0}, MARA)

    assert (found.sends, found.left_out) == (len(KEYS), 0)
    assert found.gained == pytest.approx(0.25, abs=0.06)
    snips = found.ways[1]
    assert snips.by == "SNIPS"
    assert snips.value == pytest.approx(1.0)
    for way in found.ways:
        assert way.low is not None
        assert way.high is not None
        assert way.low <= 1.0 <= way.high


def test_propensities_are_found_again_exactly(trial: Trial) -> None:
    """What was told at assignment is what evaluation finds from the version, for each recipient."""
    experiment = trial.desk.get("subjects", MARA)
    with trial.store.transaction() as tx:
        about = tx.outcomes.about("spring", None, 1_000)
    events = {one.recipient_key: one for one in about}
    _, placed = trial.desk.assignments("subjects", KEYS, TOOL)

    for one in placed:
        assert assigned_then(experiment, events[one.recipient_key]) == one.assigned


def test_what_was_never_assigned_is_left_out(trial: Trial) -> None:
    """A report of another variant than the recipient's is counted apart, and not believed."""
    strange = {f"new-{number}": "var_3" for number in range(60)}
    trial.report("sent", strange)
    found = trial.desk.evaluate("subjects", {"var_3": 1.0}, MARA)

    assert 20 < found.left_out < 60
    assert found.sends + found.left_out == len(KEYS) + len(strange)


def test_sends_of_an_arm_that_was_stopped_later_still_count(trial: Trial) -> None:
    """They were assigned under an older version, which is looked up by when they were sent."""
    trial.later(hours=1)
    trial.report(
        "complaint", {key: one for key, one in trial.everybody().items() if one == "var_3"}
    )

    assert "var_3" in trial.desk.get("subjects", MARA).stopped
    assert trial.desk.evaluate("subjects", {"var_3": 1.0}, MARA).left_out == 0


def test_nothing_is_said_on_too_few_sends() -> None:
    """Below fifty effective sends there is no estimate, and why is told."""
    few = Trial().furnished()
    few.running()
    few.report("sent", few.everybody(KEYS[:60]))

    found = few.desk.evaluate("subjects", {"var_2": 1.0}, MARA)
    assert found.effective < 50
    assert all(way.value is None and "50 are needed" in (way.abstained or "") for way in found.ways)


@pytest.mark.parametrize("shares", [{"var_9": 1.0}, {"var_1": 0.5}, {"var_1": -1.0, "var_2": 2.0}])
def test_shares_that_divide_nothing_are_refused(trial: Trial, shares: dict[str, float]) -> None:
    """They are of the experiment's arms, from 0 to 1, and sum to 1."""
    with pytest.raises(InputError, match="shares"):
        trial.desk.evaluate("subjects", shares, MARA)
