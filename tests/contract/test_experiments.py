"""Experiments, on every store: kept by version, and one at a time for an audience."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.brand_voice import Brands
from copydesk.errors import Conflict, NotFound, StaleVersion
from copydesk.experiments.experiment import Experiment, State
from copydesk.storage import Store
from tests.contract.nouns import later
from tests.factories import NOW
from tests.unit.desk.trial import KEYS, MARA, TOOL, Trial


def an_experiment(name: str = "subjects", **changes: Any) -> Experiment:
    given: dict[str, Any] = {
        "id": name,
        "campaign": "spring",
        "audience": "lapsed-runners",
        "brand": "Northpeak",
        "owner": "ada",
        "arms": ("var_1", "var_2"),
        "waves": (0.2, 0.8),
        "recipients": 10_000,
        "detectable_lift": 0.4,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Experiment.model_validate({**given, **changes})


def test_an_experiment_comes_back_as_it_was_stored(store: Store) -> None:
    """What is read is what was kept; a name is given once, and one that was never given is none."""
    kept = an_experiment(stopped={"var_2": "complaints"}, weights={"var_1": 2.5})
    with store.transaction() as tx:
        tx.experiments.add(kept)

    with store.transaction() as tx:
        assert tx.experiments.get("subjects") == kept
        with pytest.raises(Conflict):
            tx.experiments.add(kept)
        with pytest.raises(NotFound):
            tx.experiments.get("other")


def test_a_change_to_another_version_than_the_one_that_stands_is_refused(store: Store) -> None:
    """Of two who change one version the second is told so; what is not there cannot be changed."""
    with store.transaction() as tx:
        tx.experiments.add(an_experiment())
        tx.experiments.save(an_experiment(version=2, state=State.RUNNING), 1)

    with store.transaction() as tx, pytest.raises(StaleVersion):
        tx.experiments.save(an_experiment(version=2), 1)
    with store.transaction() as tx, pytest.raises(NotFound):
        tx.experiments.save(an_experiment("other"), 1)


def test_one_experiment_at_a_time_divides_an_audience(store: Store) -> None:
    """A second one for it is refused while the first is in force, and not afterwards."""
    first, second = an_experiment("one"), an_experiment("two")
    running = {"state": State.RUNNING, "version": 2}
    with store.transaction() as tx:
        tx.experiments.add(first)
        tx.experiments.add(second)
        tx.experiments.save(first.model_copy(update=running), 1)

    with pytest.raises(Conflict, match="Another experiment"), store.transaction() as tx:
        tx.experiments.save(second.model_copy(update=running), 1)
    with store.transaction() as tx:
        stopped = first.model_copy(update={"state": State.STOPPED, "version": 3})
        tx.experiments.save(stopped, 2)
        tx.experiments.save(second.model_copy(update=running), 1)
        assert [one.id for one in tx.experiments.in_force("spring")] == ["two"]


def test_those_in_force_are_found_by_campaign(store: Store) -> None:
    """Drafts and stopped ones divide nobody, and those of other campaigns not this one's."""
    states = {"draft": State.DRAFT, "run": State.RUNNING, "won": State.DECIDED}
    with store.transaction() as tx:
        for name, state in states.items():
            tx.experiments.add(an_experiment(name, state=state, audience=f"for-{name}"))
        tx.experiments.add(an_experiment("else", state=State.RUNNING, campaign="summer"))

        assert [one.id for one in tx.experiments.in_force("spring")] == ["run", "won"]
        assert [one.id for one in tx.experiments.in_force("autumn")] == []


def test_experiments_are_listed_by_brand_newest_change_first(store: Store) -> None:
    """Each brand's own, and all of them where no brand is named."""
    with store.transaction() as tx:
        tx.experiments.add(an_experiment("old"))
        tx.experiments.add(an_experiment("new", updated_at=later(5)))
        tx.experiments.add(an_experiment("other", brand="tide"))

        assert [one.id for one in tx.experiments.all()] == ["new", "other", "old"]
        only = tx.experiments.all(Brands(frozenset({"tide"})))
        assert [one.id for one in only] == ["other"]


def test_a_restart_and_a_second_process_assign_the_same(store: Store) -> None:
    """On every store: another desk on it serves each recipient what the first one did."""
    one = Trial(store).furnished()
    one.running(rule="top-two", waves=(0.5, 0.5), holdout=0.1)
    first = one.everybody()
    one.report("sent", first)
    one.report("click", {key: got for key, got in first.items() if got == "var_2"})
    one.desk.update("subjects", MARA)
    other = Trial(store, one.now)
    now = one.everybody()

    assert other.everybody() == now
    assert {key: now[key] for key in first} == first
    assert other.desk.assignments("subjects", KEYS, TOOL) == one.desk.assignments(
        "subjects", KEYS, TOOL
    )
