"""Experiments at the desk: what they divide, what they learn, who may, and when they end."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from copydesk import documents
from copydesk.access import Actor, Role
from copydesk.errors import Conflict, Forbidden, InputError, NotFound, NothingToServe
from copydesk.experiments.experiment import Design, State
from copydesk.publishing import PullQuery
from tests.unit.desk.trial import ARMS, AXEL, KEYS, MARA, ROOT, TOOL, Trial


@pytest.fixture
def trial() -> Trial:
    return Trial().furnished()


def test_a_plan_tells_beforehand_what_it_can_find(trial: Trial) -> None:
    """All that is approved are its arms, and the least lift is that of the smallest part."""
    planned = trial.plan(recipients=600_000, base_rate=0.02)
    small = trial.plan(id="small", recipients=2)

    assert (planned.state, planned.arms, planned.waves) == (State.DRAFT, ARMS, (1.0,))
    assert planned.detectable_lift == pytest.approx(0.063, abs=0.001)
    assert small.detectable_lift is None
    assert planned.scored_by == "transparent.v1 gives an order and no odds"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (
            {"arms": ("var_9",)},
            r"arms\[0\]: name approved copy for lapsed-runners: there are var_1",
        ),
        ({"audience": "nobody"}, "audience: name a segment of spring: there are lapsed-runners"),
        ({"control": "var_9"}, "control: name `fallback` or approved copy"),
        ({"arms": ("var_2",)}, r"arms: name another arm, or a holdout"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(
    trial: Trial, given: dict[str, Any], field: str
) -> None:
    """What is wrong, where, and what would be right; nothing is stored."""
    with pytest.raises(InputError, match=field):
        trial.plan(**given)

    assert trial.desk.all(MARA) == []


def test_pull_divides_recipients_as_the_experiment_does(trial: Trial) -> None:
    """Shares are about the weights; before it starts and after it stops, all copies are equal."""
    before = Counter(trial.pulled(key) for key in KEYS)
    trial.running(weights={"var_2": 8.0})
    during = Counter(trial.everybody().values())
    trial.desk.stop("subjects", AXEL, "Enough.")

    assert min(before.values()) > 90
    assert during["var_2"] == pytest.approx(320, abs=30)
    assert Counter(trial.pulled(key) for key in KEYS) == before


def test_the_holdout_gets_the_control_whatever_is_learned(trial: Trial) -> None:
    """A tenth gets the fallback, the same recipients after a winner was named."""
    trial.running(holdout=0.1, control="fallback")
    held = {key for key, variant in trial.everybody().items() if variant == "fallback"}
    trial.desk.stop("subjects", AXEL, "It reads best.", winner="var_2")
    after = trial.everybody()

    assert 20 < len(held) < 65
    assert {key for key, variant in after.items() if variant == "fallback"} == held
    assert set(after.values()) == {"fallback", "var_2"}


def test_recipients_of_a_later_wave_get_nothing_yet(trial: Trial) -> None:
    """The reason is told, and a wave that begins changes nothing for those of earlier ones."""
    running = trial.running(rule="squared", waves=(0.3, 0.7))
    first = trial.everybody()
    late = next(key for key in KEYS if key not in first)
    with pytest.raises(
        NothingToServe, match="has begun 1 of 2 waves, and not yet this recipient's"
    ):
        trial.pulled(late)
    trial.report("sent", first)
    trial.report("click", {key: got for key, got in first.items() if got == "var_3"})
    after = trial.desk.update("subjects", MARA)

    assert running.latest is not None
    assert after.latest is not None
    assert after.latest.waves[0] == running.latest.waves[0]
    assert after.latest.waves[1]["var_3"] > 0.9
    now = trial.everybody()
    assert late in now
    assert {key: now[key] for key in first} == first


def test_an_arm_that_is_stopped_moves_its_own_recipients_alone(trial: Trial) -> None:
    """Too many complaints stop it in the report that brings them; everybody else keeps theirs."""
    trial.running(complaint_limit=0.01)
    before = trial.everybody()
    trial.report("sent", before)
    bad = {key: got for key, got in before.items() if got == "var_2"}
    trial.report("complaint", dict(list(bad.items())[:8]))
    after = trial.everybody()

    stopped = trial.desk.get("subjects", MARA).stopped
    assert "complaints" in stopped["var_2"]
    assert "the limit is 1.00%" in stopped["var_2"]
    assert "var_2" not in after.values()
    assert all(after[key] == got for key, got in before.items() if got != "var_2")


def test_what_the_guard_stops_is_on_the_record_and_told(trial: Trial) -> None:
    """The audit chain holds it, and a notice goes to who planned it and who approved the copy."""
    trial.running(complaint_limit=0.01)
    got = trial.everybody()
    trial.report("sent", got)
    trial.report("complaint", {key: one for key, one in got.items() if one == "var_2"})

    with trial.store.transaction() as tx:
        acts = [event.act for event in tx.audit.about("subjects")]
        notices = [one for one in tx.outbox.unrouted(10) if one.event == "experiment.arm_stopped"]
    assert acts == ["experiment.planned", "experiment.started", "experiment.arm_stopped"]
    assert [one.concerns for one in notices] == [("mara", "axel")]
    assert "var_2 of experiment subjects was stopped" in notices[0].why


def test_unsubscribes_stop_an_arm_at_the_next_update_too(trial: Trial) -> None:
    """An update looks at what was reported, however it came in."""
    trial.running(unsubscribe_limit=None)
    got = trial.everybody()
    trial.report("sent", got)
    trial.report("unsubscribe", {key: one for key, one in got.items() if one == "var_1"})
    with trial.store.transaction() as tx:
        before = tx.experiments.get("subjects")
        update = {"unsubscribe_limit": 0.05, "version": before.version + 1}
        tx.experiments.save(before.model_copy(update=update), before.version)

    assert list(trial.desk.update("subjects", MARA).stopped) == ["var_1"]


def test_machines_and_repeated_events_do_not_count(trial: Trial) -> None:
    """Each recipient answers once, what a scanner clicked is left out, and so is the holdout."""
    trial.running(holdout=0.2)
    got = trial.everybody()
    experiment = trial.desk.get("subjects", MARA)
    mine = {key: one for key, one in got.items() if one == "var_2"}
    trial.report("sent", got)
    trial.report("click", mine)
    trial.report("click", mine)
    trial.report("click", {key: one for key, one in got.items() if one == "var_3"}, human="no")

    latest = trial.desk.update("subjects", MARA).latest
    assert latest is not None
    known = {one.id: one for one in latest.arms}
    assert (known["var_2"].sent, known["var_2"].answered) == (len(mine), len(mine))
    assert known["var_3"].answered == 0
    divided = sum(not experiment.holds_out(key) for key in got)
    assert sum(one.sent for one in latest.arms) == divided


def test_where_no_sends_are_reported_pulls_are_taken_for_them(trial: Trial) -> None:
    """What was pulled since it began counts, and not what was pulled before."""
    for key in KEYS[:50]:
        trial.pulled(key)
    trial.serving.counts.write()
    trial.running()
    trial.everybody(KEYS[:90])
    trial.serving.counts.write()

    latest = trial.desk.update("subjects", MARA).latest
    assert latest is not None
    assert sum(one.sent for one in latest.arms) == 90


def test_young_sends_count_for_less_where_answers_come_late(trial: Trial) -> None:
    """After one half-life half of what was sent can have been answered."""
    trial.running(half_life_hours=5, arms=("var_2",), holdout=0.1)
    trial.report("sent", trial.everybody())
    trial.later(hours=5)

    latest = trial.desk.update("subjects", MARA).latest
    assert latest is not None
    (only,) = latest.arms
    assert only.shown == pytest.approx(only.sent / 2)


@pytest.mark.parametrize(("lost", "is_alarmed"), [(0.0, False), (0.6, True)])
def test_nothing_is_decided_from_sends_that_did_not_fall_as_divided(
    trial: Trial, lost: float, is_alarmed: bool
) -> None:
    """Where a tool loses sends of one arm, its clicks are no evidence, however many."""
    trial.running(ends="always-valid", complaint_limit=None)
    got = trial.everybody(f"rcp-{number}" for number in range(1_500))
    second = [key for key, arm in got.items() if arm == "var_2"]
    sent = got.keys() - second[: int(lost * len(second))]
    trial.report("sent", {key: got[key] for key in sent})
    trial.report("click", {key: got[key] for key in sent.intersection(second)})
    trial.later(hours=7)

    latest = trial.desk.update("subjects", MARA)

    assert latest.latest is not None
    assert latest.latest.is_split_otherwise is is_alarmed
    assert (latest.state is State.RUNNING) is is_alarmed


def test_an_experiment_ends_by_itself_when_the_evidence_is_there(trial: Trial) -> None:
    """The e-value against each other variant has crossed its bound: the best wins, all get it."""
    trial.running(ends="always-valid", complaint_limit=None)
    got = trial.everybody()
    trial.report("sent", got)
    trial.report("click", {key: one for key, one in got.items() if one == "var_2"})
    trial.report("click", {key: one for key, one in list(got.items())[:40] if one != "var_2"})
    after = trial.desk.update("subjects", MARA)

    assert (after.state, after.winner) == (State.DECIDED, "var_2")
    assert "The e-value against each other is" in (after.because or "")
    assert set(trial.everybody().values()) == {"var_2"}


def test_who_settles_for_a_small_loss_ends_sooner(trial: Trial) -> None:
    """With `expected-loss` choosing ends where next to nothing can be lost by it."""
    trial.running(ends="expected-loss", least_loss=0.5)
    assert trial.desk.update("subjects", MARA).state is State.RUNNING

    trial.report("sent", trial.everybody())
    assert trial.desk.update("subjects", MARA).state is State.DECIDED


def test_waves_begin_when_their_hours_are_over(trial: Trial) -> None:
    """An update sooner counts and begins none; asked to, it does; then there are no more."""
    trial.running(rule="squared", waves=(0.1, 0.2, 0.7), wave_hours=24)

    def begun(**given: Any) -> int:
        latest = trial.desk.update("subjects", ROOT, **given).latest
        assert latest is not None
        return len(latest.waves)

    assert begun() == 1
    trial.later(hours=24)
    assert [begun(), begun(), begun(next_wave=True)] == [2, 2, 3]
    with pytest.raises(Conflict, match="All 3 waves"):
        begun(next_wave=True)


def test_roles_are_kept_apart(trial: Trial) -> None:
    """Requesters plan, start and update; approvers and admins stop; pullers read assignments."""
    trial.plan()
    with pytest.raises(Forbidden):
        trial.desk.start("subjects", AXEL)
    trial.desk.start("subjects", MARA)
    with pytest.raises(Forbidden):
        trial.desk.stop("subjects", MARA, "Enough.")
    with pytest.raises(Forbidden):
        trial.desk.get("subjects", TOOL)
    with pytest.raises(NotFound):
        trial.desk.get("subjects", Actor("eve", frozenset(), brand_roles={"tide": frozenset(Role)}))

    assert len(trial.desk.assignments("subjects", KEYS[:3], TOOL)[1]) == 3
    assert trial.desk.stop("subjects", ROOT, "Enough.").state is State.STOPPED


def test_what_is_over_stays_over(trial: Trial) -> None:
    """A stopped experiment is neither started, updated nor stopped again; one at a time runs."""
    trial.running()
    trial.plan(id="second")
    with pytest.raises(Conflict, match="Another experiment divides"):
        trial.desk.start("second", MARA)
    trial.desk.stop("subjects", AXEL, "Enough.")

    with pytest.raises(Conflict):
        trial.desk.start("subjects", MARA)
    with pytest.raises(Conflict):
        trial.desk.update("subjects", MARA)
    with pytest.raises(Conflict):
        trial.desk.stop("subjects", AXEL, "Again.")
    with pytest.raises(Conflict):
        trial.desk.stop("second", AXEL, "Too soon.", winner="var_1")


def test_what_was_recalled_since_it_was_planned_cannot_start(trial: Trial) -> None:
    """The reason is told, and it stays a draft."""
    trial.plan(arms=("var_1", "var_2"))
    with trial.store.transaction() as tx:
        tx.library.withdraw("spring", "var_2", "a typing error")

    with pytest.raises(Conflict, match="cannot start: arms"):
        trial.desk.start("subjects", MARA)


def test_what_is_recalled_while_it_runs_falls_to_the_others(trial: Trial) -> None:
    """Nobody else is moved, and the propensity told is the one among what is left."""
    trial.running()
    before = trial.everybody()
    with trial.store.transaction() as tx:
        tx.library.withdraw("spring", "var_2", "a typing error")
    trial.later(seconds=5)
    other = Trial(trial.store, trial.now)
    after = other.everybody()

    assert all(after[key] == got for key, got in before.items() if got != "var_2")
    assert set(after.values()) == {"var_1", "var_3"}
    _, placed = other.desk.assignments("subjects", KEYS[:20], TOOL)
    assert {one.assigned.propensity for one in placed if one.assigned} == {0.5}


def test_without_a_recipient_everybody_gets_the_control(trial: Trial) -> None:
    """A pull that names nobody is no part of the experiment."""
    trial.running(control="var_3")

    assert trial.pulled(None) == "var_3"


def test_what_a_shelf_keeps_in_memory_serves_the_same(trial: Trial) -> None:
    """The pull that needs no reading chooses what the one that reads does, versions included."""
    trial.running()
    brands = TOOL.brands(Role.PULLER)
    expected = trial.everybody()
    found = {key: trial.serving.at_hand(PullQuery("spring", key), brands) for key in expected}

    served = {key: one.approved.id for key, one in found.items() if one and one.approved}
    assert served == expected


def test_a_wave_begins_by_itself_when_its_hours_have_gone_by(trial: Trial) -> None:
    """Not before; and one without such hours waits for whoever begins it."""
    trial.running(rule="squared", waves=(0.3, 0.7), wave_hours=24)
    begun = []
    for hours in (23, 1):
        trial.later(hours=hours)
        assert list(trial.desk.steps()) == ["subjects"]
        latest = trial.desk.get("subjects", MARA).latest
        begun.append(len(latest.waves) if latest else 0)

    assert begun == [1, 2]


def test_answers_are_counted_by_themselves_and_decide(trial: Trial) -> None:
    """Some hours after the last count, if there are new ones; without news nothing is written."""
    trial.running(arms=("var_2", "var_3"), control="var_2", ends="always-valid", waves=(0.5, 0.5))
    got = trial.everybody()
    trial.report("sent", got)
    for hours in (7, 7):
        trial.later(hours=hours)
        list(trial.desk.steps())
    quiet = trial.desk.get("subjects", MARA)
    trial.report("click", {key: one for key, one in got.items() if one == "var_3"})
    trial.later(hours=7)
    list(trial.desk.steps())
    after = trial.desk.get("subjects", MARA)

    assert len(quiet.versions) == 2
    assert quiet.latest is not None
    assert len(quiet.latest.waves) == 1, "no wave without hours begins by itself"
    assert (after.state, after.winner) == (State.DECIDED, "var_3")


def test_revenue_cannot_decide_an_experiment() -> None:
    """What would be right is said: how many bought, not for how much."""
    design = {"id": "subjects", "campaign": "spring", "recipients": 10, "objective": "revenue"}
    with pytest.raises(InputError, match=r"objective: revenue cannot decide .* `conversion`"):
        documents.shaped(design, Design)
