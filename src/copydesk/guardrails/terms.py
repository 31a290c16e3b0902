"""Comparisons of copy with the terms that a brief gives: of credit, renewal, steps, ratios."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.claims import Claim, ClaimKind, extract_plain
from copydesk.guardrails.negation import says
from copydesk.guardrails.normalise import Reading
from copydesk.guardrails.vocabulary import listed

RATIO_SLACK = 0.04
"""How far a ratio may lie from what is said, relatively: 41 is twice 20."""
_FIGURES = {ClaimKind.MONEY, ClaimKind.NUMBER, ClaimKind.PERCENT}
_FACTORS = {"twice": 2.0, "double": 2.0, "triple": 3.0, "treble": 3.0, "half": 0.5}


def names_credit_figure(case: Case, hit: Hit) -> bool:
    """Return whether a figure of the hit is one of a credit that the brief describes.

    Its price is not: whatever is sold on credit can be bought.
    """
    price = case.brief.product.price if case.brief else None
    figures = {
        (claim.kind, value)
        for reading in _texts_that_say(case, "says_credit")
        for claim in extract_plain(reading.source)
        if claim.kind is ClaimKind.PERCENT
        or (claim.kind is ClaimKind.MONEY and _is_repaid(claim, price, reading))
        for value in claim.values
    }
    return any((claim.kind, claim.value) in figures for claim in case.claims_in(hit))


def _is_repaid(claim: Claim, price: float | None, reading: Reading) -> bool:
    return claim.value not in {price, 0} and says(reading, listed("says_repayment"))


def introduces(case: Case, hit: Hit) -> bool:
    """Return whether a figure of the hit is of the beginning of something that goes on at a price.

    As the 1 of `first box £1, then £34 a week`, where the copy nowhere says 34.
    """
    said = {
        (c.kind, value) for claims in case.claims.values() for c in claims for value in c.values
    }
    for beginnings, after in _beginnings(case):
        named = any((c.kind, c.value) in beginnings for c in case.claims_in(hit))
        if named and not after & said:
            return True
    return False


Figures = set[tuple[ClaimKind, float]]


def _beginnings(case: Case) -> Iterator[tuple[Figures, Figures]]:
    """Yield for each text that says `then <money>` the figures before it, and the money after."""
    for reading in _texts_that_say(case, "says_then"):
        at = next(
            (reading.word_at(start) for _, start, _ in listed("says_then").search(reading)), 0
        )
        claims = [claim for claim in extract_plain(reading.source) if claim.kind in _FIGURES]
        before = {(c.kind, v) for c in claims if c.first < at for v in c.values}
        paid = [c.value for c in claims if c.first >= at and c.kind is ClaimKind.MONEY]
        after: Figures = {(ClaimKind.MONEY, value) for value in paid} - before
        if before and after:
            yield before, after


def ratio_borne(case: Case, hit: Hit) -> bool:
    """Return whether figures of one noun in the brief have the ratio: `twice as many stalls`."""
    words = case.readings[hit.slot].source[hit.start : hit.end].lower().split()
    factors = [_FACTORS[word] for word in words if word in _FACTORS]
    factors += [claim.value for claim in case.claims_in(hit) if claim.kind is ClaimKind.NUMBER]
    known = [k.claim for k in case.evidence.of(ClaimKind.NUMBER)] if case.evidence else []
    return any(
        abs(one.value - factor * other.value) <= RATIO_SLACK * one.value
        for factor in factors
        for one, other in permutations(known, 2)
        if _counts_the_same(one, other)
    )


def _counts_the_same(one: Claim, other: Claim) -> bool:
    if one.unit or other.unit:
        return one.unit == other.unit
    return one.noun.rstrip("s") == other.noun.rstrip("s") != ""


def percent_of_some(case: Case, hit: Hit) -> bool:
    """Return whether the brief reduces some goods by less than the percentage of the hit."""
    said = {claim.value for claim in case.claims[hit.slot] if claim.kind is ClaimKind.PERCENT}
    for _, reading in case.evidence.texts if case.evidence else ():
        if not any(True for _ in listed("says_off").search(reading)):
            continue
        steps = {c.value for c in extract_plain(reading.source) if c.kind is ClaimKind.PERCENT}
        if len(steps) > 1 and len(steps & said) == 1 and max(steps) in said:
            return True
    return False


def _texts_that_say(case: Case, name: str) -> Iterator[Reading]:
    for _, reading in case.evidence.texts if case.evidence else ():
        if any(True for _ in listed(name).search(reading)):
            yield reading


def states_offer(case: Case, hit: Hit) -> bool:
    """Return whether the sentence of the hit says what the offer is, as the brief has it."""
    reading = case.readings[hit.slot]
    at = next((i for i, word in enumerate(reading.words) if word.end > hit.start), 0)
    first, last = reading.sentence(at)
    return any(
        first <= bound.claim.first <= last
        and any(source.startswith("offer.") for source in bound.rests_on)
        for bound in case.bounds[hit.slot]
    )
