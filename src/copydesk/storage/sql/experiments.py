"""Experiments in a database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.experiments.experiment import Experiment
from copydesk.storage.sql import schema
from copydesk.storage.sql.statements import Row, insert_new, many, of, one, replace_at
from copydesk.storage.stored import missing, taken, taken_place, written

experiments = schema.experiments.c


class SqlExperiments:
    """Experiments, each under its version; for one audience of a campaign at most one in force."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, experiment: Experiment) -> None:
        """Store a new one. Raises Conflict when the id is taken."""
        if not insert_new(self._connection, schema.experiments, _row(experiment)):
            raise taken("experiment", experiment.id)

    def get(self, experiment_id: str) -> Experiment:
        """Return the experiment. Raises NotFound."""
        query = select(experiments.document).where(experiments.id == experiment_id)
        found = one(self._connection, Experiment, query)
        if found is None:
            raise missing("experiment", experiment_id)
        return found

    def save(self, experiment: Experiment, expected_version: int) -> None:
        """Replace the experiment. Raises NotFound, StaleVersion, or Conflict if not alone."""
        table, row = schema.experiments, _row(experiment)
        try:
            found = replace_at(self._connection, table, row, expected_version, "experiment")
        except IntegrityError as error:
            raise taken_place(experiment) from error
        if not found:
            raise missing("experiment", experiment.id)

    def all(self, brands: Brands = EVERY_BRAND) -> Sequence[Experiment]:
        """Return every experiment of these brands, newest change first."""
        query = select(experiments.document).where(of(experiments.brand, brands))
        newest = (experiments.updated_at.desc(), experiments.id.desc())
        return many(self._connection, Experiment, query.order_by(*newest))

    def in_force(self, campaign_id: str) -> Sequence[Experiment]:
        """Return those that divide recipients of the campaign, in the order of audiences."""
        query = select(experiments.document).where(
            experiments.campaign == campaign_id, experiments.divides.is_not(None)
        )
        return many(self._connection, Experiment, query.order_by(experiments.divides))


def _row(experiment: Experiment) -> Row:
    return {
        "id": experiment.id,
        "version": experiment.version,
        "campaign": experiment.campaign,
        "brand": experiment.brand,
        "divides": experiment.audience if experiment.is_in_force else None,
        "updated_at": experiment.updated_at,
        "document": written(experiment),
    }
