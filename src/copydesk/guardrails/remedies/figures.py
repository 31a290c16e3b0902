"""Remedies that take a figure from the brief."""

from __future__ import annotations

import math
from collections.abc import Mapping

from copydesk.guardrails.binding import Bound
from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.claims import Claim, ClaimKind
from copydesk.guardrails.evidence import Known
from copydesk.guardrails.normalise import Reading
from copydesk.guardrails.remedies.remedy import instead
from copydesk.guardrails.remedies.words import drop
from copydesk.guardrails.truths import reduction as true_reduction

TWO_AMOUNTS = 2


def span_of(case: Case, hit: Hit, claim: Claim) -> tuple[int, int]:
    """Return where a claim stands in the source of the hit's slot."""
    return case.readings[hit.slot].span_of_words(claim.first, claim.last)


def figure(case: Case, hit: Hit) -> Hit | None:
    """Take the figure from what the brief says of the same sort: the only one, or the nearest."""
    bound = _loose(case, hit)
    if bound is None:
        return None
    known = bound.instead if bound.instead and _may_stand(bound.instead) else None
    known = known or _nearest(case, bound.claim)
    return None if known is None else hit._replace(suggestion=_written(known, case, hit))


def _loose(case: Case, hit: Hit) -> Bound | None:
    """Return the claim that is exactly the hit."""
    for bound in case.bounds[hit.slot]:
        if not bound.rests_on and span_of(case, hit, bound.claim) == (hit.start, hit.end):
            return bound
    return None


def _nearest(case: Case, claim: Claim) -> Known | None:
    if case.evidence is None:
        return None
    texts = dict(case.evidence.texts)
    alike = [
        one
        for one in case.evidence.of(claim.kind)
        if _may_stand(one) and _same_thing(one, claim, texts.get(one.source))
    ]
    return min(alike, key=lambda one: _distance(one.claim.value, claim.value), default=None)


def _may_stand(known: Known) -> bool:
    """Return whether it may stand for another: not the day of sending, nor the law's 30 days."""
    of_the_law = known.source == "offer.lowest_price_30d" and known.claim.unit is not None
    return known.source != "send_at" and not of_the_law


def _same_thing(one: Known, other: Claim, text: Reading | None) -> bool:
    """Return whether both are sums of one currency, or count or measure the same."""
    if one.claim.currencies and other.currencies:
        return bool(one.claim.currencies & other.currencies)
    if one.claim.unit or other.unit or other.kind is not ClaimKind.NUMBER:
        return one.claim.unit == other.unit
    if one.claim.noun == other.noun:
        return True
    return bool(other.noun) and text is not None and other.noun in text.vocabulary


def _distance(one: float, other: float) -> float:
    return abs(math.log(one / other)) if one > 0 and other > 0 else math.inf


def _written(known: Known, case: Case, hit: Hit) -> str:
    written = case.readings[hit.slot].source[hit.start : hit.end]
    if "," in written and known.text.isdigit():
        return f"{int(known.text):,}"
    return known.text


def reduction(case: Case, hit: Hit) -> Hit | None:
    """Write the offer's true reduction: in place of the percentage, or of `half price`."""
    true = true_reduction(case)
    percents = [claim for claim in case.claims_in(hit) if claim.kind is ClaimKind.PERCENT]
    said = case.readings[hit.slot].source[hit.start : hit.end].lower()
    if not true or len(percents) > 1 or (not percents and "half" not in said):
        return None
    if percents:
        return instead(case, hit, *span_of(case, hit, percents[0]), f"{true:g}%")
    off = f"{true:g}% off"
    return hit._replace(suggestion=f"at {off}" if said.startswith("at ") else off)


def former_price(case: Case, hit: Hit) -> Hit | None:
    """Compare with the regular price of the brief, and nothing else."""
    offer, price = case.brief.offer if case.brief else None, _price(case)
    regular = offer.regular_price if offer else None
    amounts = [claim for claim in case.claims_in(hit) if claim.kind is ClaimKind.MONEY]
    others = len(case.claims_in(hit)) - len(amounts)
    if not regular or price is None or regular <= price or others or not amounts:
        return None
    if len(amounts) > TWO_AMOUNTS:
        return None
    highest = max(amounts, key=lambda claim: claim.value)
    is_saving = len(amounts) == 1 and _speaks_of_saving(case, hit)
    wanted = {highest: regular - price if is_saving else regular}
    wanted |= {claim: price for claim in amounts if claim is not highest}
    put = {claim: _amount(_said(case, hit, claim), value) for claim, value in wanted.items()}
    return _with_figures(case, hit, put)


def lowest_price(case: Case, hit: Hit) -> Hit | None:
    """Measure the reduction from the lowest price of the last 30 days."""
    offer, price = case.brief.offer if case.brief else None, _price(case)
    lowest, regular = (offer.lowest_price_30d, offer.regular_price) if offer else (None, None)
    if not lowest or price is None or lowest <= price:
        return None
    put: dict[Claim, str] = {}
    for claim in case.claims_in(hit):
        if claim.kind is ClaimKind.PERCENT:
            put[claim] = f"{100 * (lowest - price) / lowest:.0f}%"
        elif claim.kind is ClaimKind.MONEY and claim.value != price:
            value = lowest if claim.value == regular else lowest - price
            put[claim] = _amount(_said(case, hit, claim), value)
    return _with_figures(case, hit, put) if put else None


def _said(case: Case, hit: Hit, claim: Claim) -> str:
    return case.readings[hit.slot].source[slice(*span_of(case, hit, claim))]


def _with_figures(case: Case, hit: Hit, put: Mapping[Claim, str]) -> Hit:
    """Return the hit with other figures in place of these."""
    spans = {claim: span_of(case, hit, claim) for claim in put}
    first = min(hit.start, *(start for start, _ in spans.values()))
    last = max(hit.end, *(end for _, end in spans.values()))
    text = case.readings[hit.slot].source[first:last]
    for claim in sorted(put, key=lambda claim: -claim.first):
        start, end = spans[claim]
        text = text[: start - first] + put[claim] + text[end - first :]
    return hit._replace(start=first, end=last, suggestion=text)


def _price(case: Case) -> float | None:
    return case.brief.product.price if case.brief else None


def _speaks_of_saving(case: Case, hit: Hit) -> bool:
    said = case.readings[hit.slot].source[hit.start : hit.end].lower()
    return any(word in said for word in ("sav", "off", "less", "cheaper"))


def _amount(written: str, value: float) -> str:
    """Write an amount with the sign that stands there."""
    first = next(at for at, sign in enumerate(written) if sign.isdigit())
    last = max(at for at, sign in enumerate(written) if sign.isdigit())
    figures = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    return written[:first] + figures + written[last + 1 :]


def stock(case: Case, hit: Hit) -> Hit | None:
    """Write how many there are; where the brief does not say, take the words out."""
    offer = case.brief.offer if case.brief else None
    figures = [
        claim
        for claim in case.claims_in(hit)
        if claim.kind is ClaimKind.NUMBER and claim.unit is None
    ]
    if offer is None or not offer.stock or len(figures) != 1:
        return drop(case, hit)
    return instead(case, hit, *span_of(case, hit, figures[0]), f"{offer.stock:,}")
