"""The same briefs through several models and prompts, and what came of it side by side."""

from copydesk.evaluation.cases import BriefCase, read_cases, read_examples
from copydesk.evaluation.models import named_model, short_names
from copydesk.evaluation.page import page
from copydesk.evaluation.promotion import Verdict, verdicts
from copydesk.evaluation.record import record
from copydesk.evaluation.results import Evaluation, Result, Row
from copydesk.evaluation.running import Entrant, evaluate

__all__ = [
    "BriefCase",
    "Entrant",
    "Evaluation",
    "Result",
    "Row",
    "Verdict",
    "evaluate",
    "named_model",
    "page",
    "read_cases",
    "read_examples",
    "record",
    "short_names",
    "verdicts",
]
