"""What an operator sets for a validator of guardrails-ai that takes part as a check."""

from __future__ import annotations

from typing import Any, Literal

from copydesk.briefs import Line, Noun


class ValidatorSettings(Noun):
    """How one validator takes part."""

    arguments: dict[str, Any] = {}
    """What it is made with, as `banned_words: [guru]`."""
    metadata: dict[str, Any] = {}
    """What it is given with every text."""
    severity: Literal["block", "review", "warn", "info"] = "review"
    """How bad its findings are."""
    category: Line | None = None
    """Category of its findings; `guardrails_ai.NAME` when not set."""
