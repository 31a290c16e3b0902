"""The reference pages of the rules: one for each pack, and a list of them."""

from __future__ import annotations

from pathlib import Path

import jinja2

from copydesk.guardrails.conditions import Condition
from copydesk.guardrails.packs import RuleBook
from copydesk.guardrails.rates import FILE, together
from copydesk.guardrails.rule import RuleCase
from copydesk.variants import Slot
from scripts.rule_rates import Known

RATES = Path(__file__).parents[1] / "src" / "copydesk" / "guardrails" / FILE
"""What the page of a rule tells in the running service."""
MOST_WORDS = 8
"""Phrases of a condition that a page shows; the pack has them all."""


def rule_pages(
    folder: Path, environment: jinja2.Environment, book: RuleBook, rates: Known
) -> dict[Path, str]:
    """Return the page of every shipped pack with its file, the list of packs, and the rates."""
    environment.filters.update(safe_text=safe_text, told=told, shown=shown)
    page, index = (
        environment.get_template(f"{name}.md.jinja") for name in ("rules", "rules_index")
    )
    pages = {
        folder / f"{pack.pack}.md": page.render(
            pack=pack,
            rules=pack.rules,
            cases=together(rates.cases[rule.id] for rule in pack.rules),
            cases_of=rates.cases,
            sentences=rates.sentences,
        )
        for pack in book.packs
    }
    categories = sorted({rule.category for rule in book} & rates.sentences.keys())
    by_category = {category: rates.sentences[category] for category in categories}
    listed = index.render(packs=book.packs, categories=by_category)
    return {**pages, folder / "README.md": listed, RATES: rates.as_file()}


def safe_text(text: str) -> str:
    """Return a text as Markdown that reads as it is written."""
    for sign in ("\\", "<", "*", "_", "["):
        text = text.replace(sign, f"\\{sign}")
    return text


def told(condition: Condition) -> str:
    """Return what must hold, in words of the pack."""
    stated = condition.model_dump(exclude_defaults=True, mode="json")
    return "; ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in stated.items())


def _value(value: object) -> str:
    if not isinstance(value, list):
        return "" if value is True else f"`{value}`"
    more = f" and {len(value) - MOST_WORDS} more" if len(value) > MOST_WORDS else ""
    return ", ".join(f"`{_short(str(item))}`" for item in value[:MOST_WORDS]) + more


def shown(case: RuleCase) -> str:
    """Return the copy of a case on one line."""
    slots = (f"{slot.value}: {getattr(case, slot)}" for slot in Slot if getattr(case, slot))
    text = case.text or "; ".join(slots)
    return "`` " + _short(" ".join(text.split()).replace("``", "` `"), 240) + " ``"


def _short(text: str, limit: int = 90) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "\u2026"
