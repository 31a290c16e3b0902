"""The kinds of rule. Each is a shape for packs, and makes a function that looks for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from copydesk.guardrails.kinds.claim import ClaimRule
from copydesk.guardrails.kinds.injected import InjectedRule
from copydesk.guardrails.kinds.meaning import MeaningRule
from copydesk.guardrails.kinds.measure import MeasureRule
from copydesk.guardrails.kinds.mechanics import MechanicsRule
from copydesk.guardrails.kinds.pattern import PatternRule
from copydesk.guardrails.kinds.personal import PersonalDataRule
from copydesk.guardrails.kinds.phrase import PhraseRule
from copydesk.guardrails.kinds.rival import RivalRule
from copydesk.guardrails.kinds.slight import SlightRule
from copydesk.guardrails.kinds.tag import TagRule
from copydesk.guardrails.kinds.term import TermRule
from copydesk.guardrails.kinds.words import WordsRule

Rule = Annotated[
    PhraseRule
    | PatternRule
    | WordsRule
    | MeasureRule
    | MeaningRule
    | MechanicsRule
    | ClaimRule
    | InjectedRule
    | RivalRule
    | TagRule
    | TermRule
    | SlightRule
    | PersonalDataRule,
    Field(discriminator="kind"),
]

__all__ = [
    "ClaimRule",
    "InjectedRule",
    "MeaningRule",
    "MeasureRule",
    "MechanicsRule",
    "PatternRule",
    "PersonalDataRule",
    "PhraseRule",
    "RivalRule",
    "Rule",
    "SlightRule",
    "TagRule",
    "TermRule",
    "WordsRule",
]
