"""A record of an evaluation, for the folder of decisions: what was run, what came of it."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from copydesk.evaluation.figures import FIGURES, categories
from copydesk.evaluation.promotion import RULE, verdicts
from copydesk.evaluation.results import Evaluation

TEMPLATE = "record.md.jinja"


def record(evaluation: Evaluation) -> str:
    """Return the record in Markdown: figures, findings, and what follows for the prompts."""
    environment = Environment(
        loader=PackageLoader("copydesk.evaluation"),
        autoescape=False,  # noqa: S701 - Markdown; `cell` keeps names inside their cell
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = _cell
    return environment.get_template(TEMPLATE).render(
        evaluation=evaluation,
        figures=FIGURES,
        categories=categories(evaluation),
        verdicts=verdicts(evaluation),
        rule=RULE,
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
