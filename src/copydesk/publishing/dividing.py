"""Which of several approved copies a recipient gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from copydesk.experiments.experiment import Experiment
from copydesk.publishing.campaigns import ApprovedCopy
from copydesk.publishing.recipients import assign


class Portion(NamedTuple):
    """What falls to a recipient; neither copy nor reason: the campaign's fallback."""

    copy: ApprovedCopy | None
    later: str | None = None
    """Why the recipient gets nothing yet, or None."""


def portion(
    copies: Sequence[ApprovedCopy],
    campaign_id: str,
    recipient_key: str | None,
    experiment: Experiment | None = None,
) -> Portion:
    """Return which of the copies is this recipient's: a pure function of its arguments.

    Without an experiment all copies get equal parts; without a recipient's key everybody gets
    the same. What an experiment names and cannot be served any more falls to its other variants.
    """
    by_id = {copy.id: copy for copy in copies}
    latest = experiment.latest if experiment is not None else None
    if experiment is None or latest is None:
        if recipient_key is None:
            return Portion(copies[0])
        return Portion(by_id[assign(campaign_id, recipient_key, by_id)])
    if recipient_key is None:
        return Portion(by_id.get(experiment.control, copies[0]))
    assigned = experiment.assign(recipient_key, latest, by_id)
    if assigned is None:
        begun, all_waves = len(latest.waves), len(experiment.waves)
        told = f"experiment {experiment.id} has begun {begun} of {all_waves} waves"
        return Portion(None, f"{told}, and not yet this recipient's")
    return Portion(by_id.get(assigned.variant))
