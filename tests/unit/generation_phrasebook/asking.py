"""Asks the phrase book for drafts, and gathers what a brief supports."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from copydesk.audiences import Signal
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.generation import Draft, DraftRequest, Drafts, Repair
from copydesk.generation.phrasebook import PhrasebookModel
from copydesk.generation.phrasebook.figures import Figures
from copydesk.prompts import Prompt
from tests.factories import BRIEF, a_brand, a_brief

OFFER: dict[str, Any] = BRIEF["offer"]
MINIMAL: dict[str, Any] = {"offer": None, "facts": [], "links": [], "cta": None}


def answer(
    brief: Brief,
    brand: Brand | None = None,
    *,
    n: int = 5,
    seed: int = 1,
    signals: Sequence[Signal] = (),
    repairs: Sequence[Repair] = (),
) -> Drafts:
    request = DraftRequest(
        brief=brief,
        brand=brand or a_brand(),
        signals=tuple(signals),
        prompt=Prompt("draft.v1", "", ""),
        n=n,
        seed=seed,
        repairs=tuple(repairs),
    )
    return asyncio.run(PhrasebookModel().draft(request))


def drafts(brand: Brand | None = None, *, n: int = 8, seed: int = 1, **brief: Any) -> list[Draft]:
    return list(answer(a_brief(**brief), brand, n=n, seed=seed).drafts)


def texts(drafts_: Sequence[Draft]) -> list[str]:
    return [f"{draft.subject}\n{draft.preheader}\n{draft.body}" for draft in drafts_]


def text(*args: Any, **changes: Any) -> str:
    """Return all that is written for a brief, in one piece."""
    return "\n".join(texts(drafts(*args, **changes)))


def an_offer(**changes: Any) -> dict[str, Any]:
    return {**OFFER, **changes}


def support(brief: Brief, brand: Brand) -> str:
    """Return everything that copy for `brief` may lean on, folded into one text."""
    offer, figures = brief.offer, Figures(brief.locale, brief.send_at)
    currency = brief.product.currency
    said = [
        brief.product.name,
        brand.name,
        brief.cta,
        *brief.links,
        *brand.preferred_terms.values(),
    ]
    said += [figures.worded(fact.text) for fact in brief.facts]
    amounts = [brief.product.price]
    if offer:
        said += [figures.worded(offer.conditions or ""), offer.code, str(offer.kind)]
        said += [f"{offer.value:g}%" if offer.value is not None else ""]
        said += [figures.last_day(offer.ends) if offer.ends else ""]
        amounts += [offer.value, offer.regular_price, offer.lowest_price_30d]
        said.append(f"{offer.value:g}-day" if offer.value is not None else "")
    if currency:
        said += [figures.money(amount, currency) for amount in amounts if amount is not None]
    return " ".join(filter(None, said)).casefold()


def figures_in(written: str) -> set[str]:
    """Return the figures in a text, without those of a law that is quoted and of merge tags."""
    plain = re.sub(r"\{\{.*?\}\}", "", written).replace("last 30 days", "")
    return set(re.findall(r"\d[\d.,]*\d|\d", plain))
