"""Outcomes: what recipients did, as campaign tools report it."""

from copydesk.feedback.outcomes import Outcome, OutcomeKind, Outcomes

__all__ = ["Outcome", "OutcomeKind", "Outcomes"]
