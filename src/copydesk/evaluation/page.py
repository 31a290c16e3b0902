"""An evaluation as one HTML page that needs nothing beside itself."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from copydesk.api.pages.rendering import chips, plural, seen, words
from copydesk.evaluation.figures import amount, categories, percent
from copydesk.evaluation.promotion import verdicts
from copydesk.evaluation.results import Evaluation, Result

TEMPLATE = "evaluation.html"


def page(evaluation: Evaluation) -> str:
    """Return the page: the table, the findings by category, and the copies side by side."""
    environment = Environment(
        loader=PackageLoader("copydesk.evaluation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "amount": amount,
        "chips": chips,
        "percent": percent,
        "plural": plural,
        "seen": seen,
        "words": words,
    }
    return environment.get_template(TEMPLATE).render(
        evaluation=evaluation,
        categories=categories(evaluation),
        verdicts=verdicts(evaluation),
        by_case=_by_case(evaluation),
    )


def _by_case(evaluation: Evaluation) -> dict[str, list[Result]]:
    return {
        case: [result for result in evaluation.results if result.case == case]
        for case in evaluation.cases
    }
