"""How often each rule is right: on its own cases, and on the sentences of its category."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from copydesk.guardrails.cases import submission_of
from copydesk.guardrails.kinds import Rule
from copydesk.guardrails.packs import Pack, ReadyRule, RuleBook
from copydesk.guardrails.rates import Rates, Share, on_cases, together
from copydesk.guardrails.rule import RuleCase
from copydesk.guardrails.rules import RulesGuard
from copydesk.variants import Copy, Slot

__all__ = ["CORPUS", "as_file", "on_cases", "on_sentences", "together"]

CORPUS = Path(__file__).parents[1] / "training" / "guardrails" / "corpus"
ALL = "all rules"
"""Stands among the rules of a category for any of them."""


def on_sentences(book: RuleBook) -> Mapping[str, Rates]:
    """Return the rates of each rule whose category has sentences, by the id of the rule.

    Under the name of a category stand the rates of all its rules together. Each sentence is the
    only text of its copy, on the brief of cases, put where most of the category's rules are law.
    """
    return {
        name: rates
        for file in sorted(CORPUS.glob("*.yaml"))
        for name, rates in _of_category(book, _sentences(file)).items()
    }


def as_file(cases: Mapping[str, Rates], sentences: Mapping[str, Rates]) -> str:
    """Return what `guardrails/rates.json` holds: a line for each rule, so that changes are read."""
    told = {"cases": cases, "sentences": sentences}
    parts = [f' "{name}": {{\n{_lines(rates)}\n }}' for name, rates in told.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


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
