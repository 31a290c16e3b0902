"""Experiments in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.experiments.experiment import Experiment
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import kept, missing, stale, taken, taken_place


class MemoryExperiments:
    """Experiments, each under its version; for one audience of a campaign at most one in force."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, Experiment] = Rows(journal)

    def add(self, experiment: Experiment) -> None:
        """Store a new one. Raises Conflict when the id is taken."""
        if self._rows.get(experiment.id) is not None:
            raise taken("experiment", experiment.id)
        self._rows.put(experiment.id, kept(experiment))

    def get(self, experiment_id: str) -> Experiment:
        """Return the experiment. Raises NotFound."""
        experiment = self._rows.get(experiment_id)
        if experiment is None:
            raise missing("experiment", experiment_id)
        return experiment

    def save(self, experiment: Experiment, expected_version: int) -> None:
        """Replace the experiment. Raises NotFound, StaleVersion, or Conflict if not alone."""
        stands = self.get(experiment.id).version
        if stands != expected_version:
            raise stale("experiment", experiment.id, expected_version, stands)
        others = [one for one in self.in_force(experiment.campaign) if one.id != experiment.id]
        if experiment.is_in_force and any(one.audience == experiment.audience for one in others):
            raise taken_place(experiment)
        self._rows.put(experiment.id, kept(experiment))

    def all(self, brands: Brands = EVERY_BRAND) -> Sequence[Experiment]:
        """Return every experiment of these brands, newest change first."""
        found = [one for one in self._rows.values() if one.brand in brands]
        return sorted(found, key=_change, reverse=True)

    def in_force(self, campaign_id: str) -> Sequence[Experiment]:
        """Return those that divide recipients of the campaign, in the order of audiences."""
        own = (one for one in self._rows.values() if one.campaign == campaign_id)
        return sorted((one for one in own if one.is_in_force), key=lambda one: one.audience)


def _change(experiment: Experiment) -> tuple[datetime, str]:
    return experiment.updated_at, experiment.id
