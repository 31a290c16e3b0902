"""What experiments need from storage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.experiments.experiment import Experiment


class Experiments(Protocol):
    """Experiments, each under its version; for one audience of a campaign at most one in force."""

    def add(self, experiment: Experiment) -> None:
        """Store a new one. Raises Conflict when the id is taken."""

    def get(self, experiment_id: str) -> Experiment:
        """Return the experiment. Raises NotFound."""

    def save(self, experiment: Experiment, expected_version: int) -> None:
        """Replace the experiment.

        Raises:
            NotFound: there is none.
            StaleVersion: it is not stored at `expected_version`.
            Conflict: another is in force for its audience.
        """

    def all(self, brands: Brands = EVERY_BRAND) -> Sequence[Experiment]:
        """Return every experiment of these brands, newest change first."""

    def in_force(self, campaign_id: str) -> Sequence[Experiment]:
        """Return those that divide recipients of the campaign, in the order of audiences."""
