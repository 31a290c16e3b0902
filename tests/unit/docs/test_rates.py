"""The rates that the reference pages of the rules tell are those that are measured."""

from __future__ import annotations

import pytest
from scripts.rule_rates import CORPUS, categories, kept, of_category

from copydesk.guardrails.packs import load_packs
from copydesk.guardrails.rates import together

BOOK = load_packs()
CATEGORIES = categories(BOOK)
KEPT = kept()


@pytest.mark.parametrize("category", CATEGORIES)
def test_kept_rates_are_those_measured_now(category: str) -> None:
    """Measured again, each rule of a category has the rates that the file holds."""
    rules = {rule.id for rule in BOOK if rule.category == category}
    found = of_category(BOOK, category)

    assert found.cases == {name: rates for name, rates in KEPT.cases.items() if name in rules}
    assert found.sentences == {
        name: rates for name, rates in KEPT.sentences.items() if name in {*rules, category}
    }


def test_no_rates_are_kept_of_what_is_gone() -> None:
    """Every rate is that of a rule, or of a category that has sentences."""
    rules = {rule.id for rule in BOOK}
    with_sentences = {file.stem for file in CORPUS.glob("*.yaml")} & {*CATEGORIES}

    assert KEPT.cases.keys() == rules
    assert KEPT.sentences.keys() - rules == with_sentences


def test_rates_on_cases_are_those_that_the_tests_hold() -> None:
    """Every rule catches its own cases and spares the lawful ones: the page says so."""
    rates = together(KEPT.cases.values())

    assert rates.caught.part == rates.caught.whole > 0
    assert rates.alarms.part == 0


def test_a_category_is_no_worse_than_the_best_of_its_rules() -> None:
    """A category's rules together catch no less than the best of them, and alarm no less."""
    rates = KEPT.sentences
    alone = {rule.id: rule.category for rule in BOOK if rule.id in rates}

    assert all(rates[rule].caught.part <= rates[of].caught.part for rule, of in alone.items())
    assert all(rates[rule].alarms.part <= rates[of].alarms.part for rule, of in alone.items())
    assert all(rates[of].caught.whole > 0 for of in alone.values())
