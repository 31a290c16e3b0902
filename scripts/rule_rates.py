"""How often each rule is right: on its own cases, and on the sentences of its category."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from copydesk.guardrails.cases import submission_of
from copydesk.guardrails.kinds import Rule
from copydesk.guardrails.packs import Pack, ReadyRule, RuleBook
from copydesk.guardrails.rates import Rates, Share, on_cases, shipped
from copydesk.guardrails.rule import RuleCase
from copydesk.guardrails.rules import RulesGuard
from copydesk.variants import Copy, Slot

CORPUS = Path(__file__).parents[1] / "training" / "guardrails" / "corpus"
ALL = "all rules"
"""Stands among the rules of a category for any of them."""


class Known(NamedTuple):
    """Rates of rules by their ids."""

    cases: Mapping[str, Rates]
    sentences: Mapping[str, Rates]
    """Of rules whose category has sentences; under the name of a category, of all its rules."""

    def as_file(self) -> str:
        """Return what `guardrails/rates.json` holds: a line a rule, so that changes are read."""
        parts = [f' "{name}": {{\n{_lines(rates)}\n }}' for name, rates in self._asdict().items()]
        return "{\n" + ",\n".join(parts) + "\n}\n"


def kept() -> Known:
    """Return the rates that the file holds."""
    told = shipped()
    return Known(
        *(
            {name: Rates.of(numbers) for name, numbers in told[of].items()}
            for of in ("cases", "sentences")
        )
    )


def measured_anew(book: RuleBook) -> Known:
    """Return the rates of all rules, measured: half a minute."""
    found = [of_category(book, category) for category in categories(book)]
    return Known(
        {name: rates for one in found for name, rates in one.cases.items()},
        {name: rates for one in found for name, rates in one.sentences.items()},
    )


def categories(book: RuleBook) -> list[str]:
    """Return the categories of the rules."""
    return sorted({rule.category for rule in book})


def of_category(book: RuleBook, category: str) -> Known:
    """Return the rates of a category's rules, measured.

    Each sentence is the only text of its copy, on the brief of cases, put where most of the
    category's rules are law.
    """
    cases = {rule.id: on_cases(book, rule) for rule in book if rule.category == category}
    file = CORPUS / f"{category}.yaml"
    return Known(cases, _of_category(book, _sentences(file)) if file.exists() else {})


def _lines(rates: Mapping[str, Rates]) -> str:
    return ",\n".join(f'  "{name}": {rates[name].as_numbers()}' for name in sorted(rates))


def _of_category(book: RuleBook, sentences: Mapping[str, Any]) -> dict[str, Rates]:
    category: str = sentences["category"]
    rules = [ready.rule for ready in book.ready if ready.rule.category == category]
    if not rules:
        return {}
    guard = RulesGuard(_only(book, category))
    caught = _found_in(guard, rules, sentences.get("positive", ()))
    alarms = _found_in(guard, rules, sentences.get("negative", ()))
    sizes = len(sentences.get("positive", ())), len(sentences.get("negative", ()))
    return {
        rule: Rates(Share(caught[of], sizes[0]), Share(alarms[of], sizes[1]))
        for rule, of in [(category, ALL), *((rule.id, rule.id) for rule in rules)]
    }


def _found_in(guard: RulesGuard, rules: Sequence[Rule], texts: Iterable[str]) -> Counter[str]:
    """Count the texts that each rule flags, and those that any of them does."""
    found: Counter[str] = Counter()
    places = list(_places(rules))
    for text in texts:
        flagged = {
            finding.rule
            for base, slot in places
            for finding in guard.check(replace(base, copy=Copy.model_validate({slot: text})))
        }
        found.update(flagged)
        found[ALL] += bool(flagged)
    return found


def _places(rules: Sequence[Rule]) -> Iterator[tuple[Any, str]]:
    """Yield briefs, each once, such that every rule is law for one, with the slot that it reads."""
    seen = set()
    for rule in sorted(rules, key=lambda rule: (len(rule.jurisdictions), len(rule.sectors))):
        slot = Slot.BODY if Slot.BODY in rule.slots else rule.slots[0]
        sector = rule.sectors[:1]
        if (sector, rule.jurisdictions[:1], slot) not in seen:
            seen.add((sector, rule.jurisdictions[:1], slot))
            yield submission_of(rule, RuleCase(text="x")), slot.value


def _only(book: RuleBook, category: str) -> RuleBook:
    """Return the rules of one category, which are tried many times faster than all."""
    kept: list[tuple[Pack, tuple[ReadyRule, ...]]] = []
    for pack in book.packs:
        own = [r for r in book.ready if r.pack == pack.pack and r.rule.category == category]
        if own:
            kept.append((pack, tuple(own)))
    return RuleBook(kept)


@cache
def _sentences(file: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    read: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    return read
