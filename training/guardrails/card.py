"""The page about the model that the training command writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.guardrails.calibrate import Measured
from training.guardrails.examples import Examples

TEMPLATE = Path(__file__).parent / "README.template.md"
_COLUMNS = ("own 0.01", "own 0.003", "all 0.01", "all 0.003", "worth", "likely", "sure")


def page(corpus: Examples, results: Sequence[Measured], flagged: float, size: int) -> str:
    """Return README.md: what the model is, how it was made, and its table of scores."""
    values = {
        "categories": str(len(results)),
        "sentences": f"{len(corpus):,}",
        "claims": f"{int(corpus.claims.sum()):,}",
        "megabytes": f"{size / 1e6:.1f}",
        "sha256": corpus.sha256,
        "flagged": f"{100 * flagged:.1f}",
        "table": _table(results),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def _table(results: Sequence[Measured]) -> str:
    rows = [_row(r.category, r.claims, r.likenesses, _figures(r)) for r in results]
    mean = np.mean([_figures(r) for r in results], axis=0)
    claims, alike = (sum(getattr(r, n) for r in results) for n in ("claims", "likenesses"))
    return "\n".join([*rows, _row("mean", claims, alike, list(mean))])


def _figures(result: Measured) -> list[float]:
    return [result.auc_of_glance, result.auc, *(result.recall[name] for name in _COLUMNS)]


def _row(name: str, claims: int, alike: int, figures: Sequence[float]) -> str:
    cells = [name, str(claims), str(alike), *(f"{figure:.2f}" for figure in figures)]
    return "| " + " | ".join(cells) + " |"
