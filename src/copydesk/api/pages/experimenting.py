"""Experiments: what divides recipients, what is known of each arm, and when it ends."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Response

from copydesk.api.experiments import ExperimentId
from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import Visitor
from copydesk.api.parts import Desk
from copydesk.experiments import stopping
from copydesk.experiments.experiment import Experiment

router = APIRouter(include_in_schema=False)
RULES: Mapping[str, str] = {
    "fixed": "fixed shares",
    "squared": "the square of the chance to be best",
    "thompson": "the chance to be best (Thompson)",
    "top-two": "the chance to be among the best two (top-two Thompson)",
}
"""The ways of dividing, as a person reads them."""


@router.get("/experiments")
def experiments(desk: Desk, visit: Visitor) -> Response:
    """List experiments, newest change first."""
    found = desk.experimenting.all(visit.actor)
    return page(visit, "experiments.html", experiments=found, rules=RULES)


@router.get("/experiments/{experiment_id}")
def experiment(desk: Desk, visit: Visitor, experiment_id: ExperimentId) -> Response:
    """Show an experiment: its arms with their intervals, the plan, and how it came to this."""
    found = desk.experimenting.get(experiment_id, visit.actor)
    latest = found.latest
    return page(
        visit,
        "experiment.html",
        one=found,
        rules=RULES,
        subjects=desk.experimenting.subjects(found),
        latest=latest,
        highest=max((arm.high for arm in latest.arms), default=0.0) if latest else 0.0,
        shares=latest.waves[-1] if latest else {},
        enough=len(found.arms) / stopping.ALPHA,
        stops_within=_stops_within(found),
    )


def _stops_within(found: Experiment) -> float | None:
    """Return within how many sends an arm with five times the complaints is stopped."""
    limit = found.complaint_limit
    return stopping.sends_until_stopped(5 * limit, limit) if limit is not None else None
