"""How often each rule is right: on the cases of its author, and on sentences of its category.

The rates of the shipped rules were measured on a corpus that is not installed with Copydesk; they
lie beside this module as `rates.json`, written by `make docs` together with the reference pages. A
house's own rules are measured on their own cases when they are asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

from copydesk.guardrails.cases import findings_of
from copydesk.guardrails.kinds import Rule
from copydesk.guardrails.packs import RuleBook
from copydesk.guardrails.rule import RuleCase

FILE = "rates.json"


class Share(NamedTuple):
    """So many of so many."""

    part: int
    whole: int

    def __str__(self) -> str:
        percent = 100 * self.part / self.whole if self.whole else 0
        return f"{self.part} of {self.whole} ({percent:.0f} %)"


class Rates(NamedTuple):
    """What a rule finds that it should, and what it should not."""

    caught: Share
    alarms: Share

    def as_numbers(self) -> list[int]:
        """Return the four numbers, as the file keeps them."""
        return [*self.caught, *self.alarms]

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Rates:
        """Return the rates that the file keeps."""
        caught, of_all, alarms, of_lawful = numbers
        return cls(Share(caught, of_all), Share(alarms, of_lawful))


class Measured(NamedTuple):
    """The rates of one rule; None where nobody measured it so."""

    cases: Rates
    """Of the cases that its author wrote."""
    sentences: Rates | None = None
    """Of the sentences of its category, of which it is to find only those that it is about."""
    category: Rates | None = None
    """What all rules of the category found of the same sentences."""


def measured(book: RuleBook, rule: Rule) -> Measured:
    """Return the rates of a rule of the book."""
    known = shipped()
    numbers = known["cases"].get(rule.id)
    # A rule that was written anew under the id of a shipped one has other cases.
    if numbers is None or [numbers[1], numbers[3]] != [len(rule.must_flag), len(rule.must_pass)]:
        return Measured(on_cases(book, rule))
    sentences, category = (known["sentences"].get(name) for name in (rule.id, rule.category))
    return Measured(
        Rates.of(numbers),
        Rates.of(sentences) if sentences else None,
        Rates.of(category) if sentences and category else None,
    )


def on_cases(book: RuleBook, rule: Rule) -> Rates:
    """Return how many of the cases that its author wrote the rule flags."""
    flags = [_is_found(book, rule, case) for case in rule.must_flag]
    passes = [_is_found(book, rule, case) for case in rule.must_pass]
    return Rates(Share(sum(flags), len(flags)), Share(sum(passes), len(passes)))


def together(rates: Iterable[Rates]) -> Rates:
    """Return several rules' rates as one."""
    caught, alarms = zip(*rates, strict=True)
    return Rates(
        *(Share(sum(s.part for s in row), sum(s.whole for s in row)) for row in (caught, alarms))
    )


@cache
def shipped() -> Mapping[str, Mapping[str, list[int]]]:
    """Return the rates of the shipped rules: `cases` by rule, `sentences` by rule and category."""
    file = resources.files("copydesk.guardrails").joinpath(FILE)
    known: Mapping[str, Mapping[str, list[int]]] = json.loads(file.read_text(encoding="utf-8"))
    return known


def _is_found(book: RuleBook, rule: Rule, case: RuleCase) -> bool:
    found = [finding.match for finding in findings_of(book, rule, case)]
    return bool(found) and (case.match is None or case.match in found)
