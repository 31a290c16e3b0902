"""Experiments: who gets which variant, when to stop, and what another choice would have gained."""

from copydesk.experiments.allocation import (
    Allocation,
    Arm,
    Assignment,
    Posterior,
    assign,
    propensities,
    wave_of,
)

__all__ = [
    "Allocation",
    "Arm",
    "Assignment",
    "Posterior",
    "assign",
    "propensities",
    "wave_of",
]
