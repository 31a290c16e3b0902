"""Outcomes: what recipients did, as campaign tools report it."""

from copydesk.feedback.outcomes import (
    NOWHERE,
    Human,
    Outcome,
    OutcomeCount,
    OutcomeKind,
    OutcomePlace,
    Outcomes,
)

__all__ = [
    "NOWHERE",
    "Human",
    "Outcome",
    "OutcomeCount",
    "OutcomeKind",
    "OutcomePlace",
    "Outcomes",
]
