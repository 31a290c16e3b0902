"""Experiments: who gets which variant, when to stop, and what another choice would have gained."""

from copydesk.experiments.allocation import (
    Arm,
    Assignment,
    Experiment,
    Posterior,
    assign,
    propensities,
    wave_of,
)

__all__ = [
    "Arm",
    "Assignment",
    "Experiment",
    "Posterior",
    "assign",
    "propensities",
    "wave_of",
]
