"""What was reported of the recipients of an experiment, read from the outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from copydesk.experiments.experiment import Experiment
from copydesk.experiments.updating import Heard
from copydesk.feedback import Outcome, OutcomePlace
from copydesk.storage import Transaction

PAGE = 5_000
REACHED = ("sent", "delivered")
HARM = frozenset({"complaint", "unsubscribe"})
"""Kinds of events that may stop a variant."""


def events_of(tx: Transaction, campaign_id: str) -> Iterator[Outcome]:
    """Yield the campaign's events in order of time."""
    after = None
    while page := tx.outcomes.about(campaign_id, after, PAGE):
        yield from page
        after = OutcomePlace.of(page[-1])


def heard(tx: Transaction, experiment: Experiment) -> dict[str, Heard]:
    """Return what was reported of each arm since it began: each recipient counts once.

    Who is held out is left out. Where a tool reports no sends, pulls since the beginning are taken
    for them, all in the first wave.
    """
    found = {arm: Heard.of_waves(len(experiment.waves)) for arm in experiment.arms}
    seen: set[int] = set()
    for event in events_of(tx, experiment.campaign):
        arm = found.get(event.variant_id or "")
        is_new = experiment.started_at is not None and event.at >= experiment.started_at
        if arm is None or not is_new or _is_held_out(experiment, event):
            continue
        kind = REACHED[0] if event.kind in REACHED else event.kind
        mark = hash((event.variant_id, kind, event.recipient_key or event.event_id))
        if mark not in seen:
            seen.add(mark)
            _count(experiment, arm, event)
    if not any(sum(arm.sent) for arm in found.values()):
        _take_pulls(tx, experiment, found)
    return found


def _count(experiment: Experiment, arm: Heard, event: Outcome) -> None:
    if event.kind == "complaint":
        arm.complaints += 1
    elif event.kind == "unsubscribe":
        arm.unsubscribes += 1
    elif event.kind in REACHED:
        arm.sent[_wave(experiment, event)] += 1
    elif event.kind == experiment.objective and event.human != "no":
        arm.answered[_wave(experiment, event)] += 1


def _wave(experiment: Experiment, event: Outcome) -> int:
    if event.recipient_key is None:
        return 0
    return experiment.wave_of(event.recipient_key)


def _is_held_out(experiment: Experiment, event: Outcome) -> bool:
    return event.recipient_key is not None and experiment.holds_out(event.recipient_key)


def _take_pulls(tx: Transaction, experiment: Experiment, found: Mapping[str, Heard]) -> None:
    pulled = tx.pulls.count(experiment.campaign)
    for arm, known in found.items():
        before = experiment.pulls_before.get(arm, 0)
        known.sent[0] = max(pulled.get(arm, 0) - before, 0)
        known.by_pulls = True


def reports(tx: Transaction, experiment: Experiment) -> dict[str, tuple[int, int, int]]:
    """Return sends, complaints and unsubscribes of each arm, counted and not read one by one."""
    counts: dict[tuple[str, str], int] = {}
    for one in tx.outcomes.tally(experiment.campaign):
        key = (one.variant_id, one.kind)
        counts[key] = counts.get(key, 0) + one.events
    pulled = tx.pulls.count(experiment.campaign)
    return {
        arm: (
            max(counts.get((arm, kind), 0) for kind in REACHED) or pulled.get(arm, 0),
            counts.get((arm, "complaint"), 0),
            counts.get((arm, "unsubscribe"), 0),
        )
        for arm in experiment.arms
    }
