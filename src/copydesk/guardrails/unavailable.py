"""A check that should take part and cannot: how it says so, and the finding that stands for it."""

from __future__ import annotations

from copydesk.guardrails.findings import Finding, Severity
from copydesk.variants import Slot

UNAVAILABLE = "guard.unavailable"
"""Category of the finding that stands for a guard which could not do its work."""


class EngineUnavailable(Exception):
    """An optional engine cannot take part; the message is its state."""

    def __init__(self, engine: str, state: str) -> None:
        self.engine = engine
        super().__init__(state)


def unavailable(name: str, reason: str) -> Finding:
    """Return the finding that sends copy to a person because this guard did not take part."""
    return Finding(
        rule=f"guard.{name}",
        category=UNAVAILABLE,
        severity=Severity.REVIEW,
        slot=Slot.SUBJECT,
        start=0,
        end=0,
        match="",
        message=f"The check `{name}` did not take part: {reason}",
        why="A check that the settings ask for is missing, so a person must look instead.",
    )
