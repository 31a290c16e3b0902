"""The guard of experiments: an arm whose complaints cross their limit is stopped by itself."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from copydesk.desk.hearing import HARM, reports
from copydesk.desk.parts import SYSTEM, record
from copydesk.errors import StaleVersion
from copydesk.experiments import updating
from copydesk.experiments.experiment import Experiment
from copydesk.feedback import Outcome
from copydesk.storage import Transaction


def guard(tx: Transaction, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Stop what must be, in the transaction in which the outcomes are kept."""
    harmed = sorted({outcome.campaign for outcome in outcomes if outcome.kind in HARM})
    for campaign_id in harmed:
        for experiment in tx.experiments.in_force(campaign_id):
            # Somebody else may change it at this moment: then the next event is looked at again,
            # and what was reported is kept all the same.
            with suppress(StaleVersion):
                guarded(tx, experiment, now)


def guarded(tx: Transaction, experiment: Experiment, now: datetime) -> Experiment:
    """Return the experiment, without the arms that must be stopped; each is put on the record."""
    for arm, (sends, complaints, unsubscribes) in sorted(reports(tx, experiment).items()):
        because = updating.over_limit(experiment, arm, sends, complaints, unsubscribes)
        if because is not None:
            experiment = stop_arm(tx, experiment, arm, because, now)
    return experiment


def stop_arm(
    tx: Transaction, experiment: Experiment, arm: str, because: str, now: datetime
) -> Experiment:
    """Stop an arm: nobody gets it any more, and its recipients fall to the others."""
    version = updating.stopped(experiment, arm, f"{arm} was stopped: {because}", now)
    update = {
        "stopped": {**experiment.stopped, arm: because},
        "versions": (*experiment.versions, version),
        "version": experiment.version + 1,
        "updated_at": now,
    }
    after = experiment.model_copy(update=update)
    tx.experiments.save(after, experiment.version)
    details = {"arm": arm, "because": because, "number": version.number}
    record(tx, experiment.id, "experiment.arm_stopped", SYSTEM, now, **details)
    return after
