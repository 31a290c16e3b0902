from __future__ import annotations

from pathlib import Path

from copydesk.guardrails.packs import load_packs
from copydesk.guardrails.rates import Rates, Share, measured, on_cases, shipped

BOOK = load_packs()
HOUSE = """
pack: house
title: Our own
version: "2026-11-20"
rules:
  - id: house.unicorn
    kind: phrase
    category: brand.term
    severity: warn
    phrases: [unicorn]
    message: "`{match}` is not a word of ours."
    why: It is not.
    must_flag: [A unicorn of a sale.]
    must_pass: [A horse of a sale., A pony of a sale.]
"""


def test_every_shipped_rule_has_rates() -> None:
    """The file that is installed knows every rule, with as many cases as its pack has."""
    cases = shipped()["cases"]

    assert cases.keys() == {rule.id for rule in BOOK}
    for rule in BOOK:
        told = measured(BOOK, rule).cases
        assert (told.caught.whole, told.alarms.whole) == (len(rule.must_flag), len(rule.must_pass))


def test_the_file_tells_what_measuring_again_tells() -> None:
    """Of a few rules, the rates on their cases are those of the file."""
    for rule in list(BOOK)[::40]:
        assert measured(BOOK, rule).cases == on_cases(BOOK, rule)


def test_a_rule_of_the_house_is_measured_on_its_own_cases(tmp_path: Path) -> None:
    """It has no sentences, and its cases are run."""
    file = tmp_path / "house.yaml"
    file.write_text(HOUSE, encoding="utf-8")
    book = load_packs([file])

    told = measured(book, book.explain("house.unicorn"))

    assert told.cases == Rates(Share(1, 1), Share(0, 2))
    assert told.sentences is None


def test_rates_are_kept_as_four_numbers() -> None:
    """What is written reads back as it was."""
    rates = Rates(Share(84, 147), Share(0, 181))

    assert Rates.of(rates.as_numbers()) == rates
    assert str(rates.caught) == "84 of 147 (57 %)"
