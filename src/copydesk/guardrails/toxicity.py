"""Toxicity by Detoxify, an optional engine: takes part when the settings name it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from copydesk.guardrails.findings import Finding, Severity
from copydesk.guardrails.guard import Submission
from copydesk.guardrails.unavailable import EngineUnavailable
from copydesk.variants import Slot

BLOCK_AT, REVIEW_AT = 0.8, 0.5
"""Scores from which a text is blocked, or looked at by a person."""
LONGEST = 4_000
"""Characters of a slot that are scored; the model reads 512 word pieces."""

Scores = Mapping[str, float]


class Checkpoint(NamedTuple):
    """Where an operator keeps a model."""

    weights: Path | None = None
    config: Path | None = None
    """Directory with the configuration and tokenizer that belong to the weights."""


NOWHERE = Checkpoint()


class DetoxifyGuard:
    """Scores each slot with a Detoxify checkpoint that the operator names.

    The checkpoint is loaded by pickle, so it must come from a source that the operator trusts.
    """

    name = "toxicity.detoxify"

    def __init__(self, predict: Callable[[str], Scores]) -> None:
        self._predict = predict

    @classmethod
    def load(cls, checkpoint: Path | None, config: Path | None) -> DetoxifyGuard:
        """Load the model.

        Raises:
            EngineUnavailable: the package is not installed, no checkpoint is configured, or it
                cannot be loaded.
        """
        if cls.outlook(checkpoint) != "ready, not asked for":
            raise EngineUnavailable(cls.name, cls.outlook(checkpoint))
        try:
            from detoxify import Detoxify

            model = Detoxify(
                checkpoint=str(checkpoint), huggingface_config_path=str(config) if config else None
            )
        except Exception as error:
            state = f"the checkpoint cannot be loaded: {type(error).__name__}: {error}"
            raise EngineUnavailable(cls.name, state) from error
        return cls(model.predict)

    @classmethod
    def outlook(cls, checkpoint: Path | None) -> str:
        """Return whether the engine could take part, in words, without loading it."""
        if importlib.util.find_spec("detoxify") is None:
            return "not installed"
        if checkpoint is None:
            return "no checkpoint configured"
        return "ready, not asked for" if checkpoint.exists() else f"no checkpoint at {checkpoint}"

    def check(self, submission: Submission) -> Iterator[Finding]:
        """Yield a finding for each slot whose worst score is too high."""
        for slot, text in submission.copy.slots():
            source = str(text)
            if source.strip():
                scores = self._predict(text.render()[:LONGEST])
                label, score = max(scores.items(), key=lambda item: float(item[1]))
                if score >= REVIEW_AT:
                    yield _finding(slot, source, label, float(score))


def _finding(slot: Slot, source: str, label: str, score: float) -> Finding:
    return Finding(
        rule=f"toxicity.detoxify.{label}",
        category="safety.toxicity",
        severity=Severity.BLOCK if score >= BLOCK_AT else Severity.REVIEW,
        slot=slot,
        start=0,
        end=len(source),
        match=source,
        message=f"Detoxify scores this {score:.2f} for {label.replace('_', ' ')}.",
        why="Insults, threats and obscenity harm the reader and the sender's name.",
    )
