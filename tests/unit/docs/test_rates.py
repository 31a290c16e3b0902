"""The rates on the reference pages of the rules."""

from __future__ import annotations

from scripts.rule_rates import CORPUS, on_cases, on_sentences, together

from copydesk.guardrails.packs import load_packs

BOOK = load_packs()


def test_rates_on_cases_are_those_that_the_tests_hold() -> None:
    """Every rule catches its own cases and spares the lawful ones: the page says so."""
    rates = together(on_cases(BOOK, rule) for rule in BOOK)

    assert rates.caught.part == rates.caught.whole > 0
    assert rates.alarms.part == 0


def test_each_category_with_sentences_has_rates() -> None:
    """A category's rules together catch no less than the best of them, and alarm no less."""
    rates = on_sentences(BOOK)
    with_rules = {file.stem for file in CORPUS.glob("*.yaml")} & {r.category for r in BOOK}
    alone = {rule.id: rule.category for rule in BOOK if rule.id in rates}

    assert with_rules <= rates.keys()
    assert all(rates[rule].caught.part <= rates[of].caught.part for rule, of in alone.items())
    assert all(rates[rule].alarms.part <= rates[of].alarms.part for rule, of in alone.items())
    assert all(rates[of].caught.whole > 0 for of in alone.values())
