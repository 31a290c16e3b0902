"""Comparisons between what the copy says and what the brief holds, named for use in rule packs.

Each takes the case and the hit, and says whether the claim is true by the brief. Without a
brief nothing is true: the claim cannot be bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal

from copydesk.briefs import Offer, OfferKind
from copydesk.guardrails import terms
from copydesk.guardrails.binding import MANNER_OF_SPEECH
from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.claims import Claim, ClaimKind, extract_plain
from copydesk.guardrails.evidence import EARLY_HOURS, Known
from copydesk.guardrails.names import capital_words, is_own, own_names
from copydesk.guardrails.negation import says
from copydesk.guardrails.normalise import Reading, fold, read_plain
from copydesk.guardrails.phrases import COMMON_WORDS
from copydesk.guardrails.rights import sells_legal_right
from copydesk.guardrails.vocabulary import listed, phrases_of

SOON = timedelta(days=3, hours=12)
"""`Last chance` and `final days` are true at most this long before the end."""
LOW_STOCK = 25
"""`Only a few left` is true at most with this many in stock."""

STEM = 5
"""Letters by which two words are taken for one: `washable` and `washing`."""
COMPARED = 2
"""Amounts that make a comparison."""
_SHARES = {"half": 50, "two thirds": 67, "a third": 33, "a quarter": 25, "one": 100}

Truth = Literal[
    "ends_today", "ends_tomorrow", "ends_soon", "ends_as_said", "has_fixed_end", "not_extendable",
    "stock_as_said", "stock_is_low", "offer_is_free", "conditions_stated", "figures_bound",
    "percent_of_lowest_price", "no_lower_price_before",
    "reference_price_true", "percent_true", "no_restriction", "quotation_in_facts",
    "brief_renews", "renewal_stated", "brief_gives_credit", "repayment_stated", "beyond_statute",
    "words_said", "fact_conditions_stated", "names_credit_figure", "introduces", "ratio_borne",
    "names_itself", "deeds_borne", "waits_for_all", "sells_legal_right",
    "percent_of_some", "states_offer",
]  # fmt: skip


def holds(name: Truth, case: Case, hit: Hit) -> bool:
    """Return whether the named comparison is true for this hit."""
    return _TRUTHS[name](case, hit)


def _offer(case: Case) -> Offer | None:
    return case.brief.offer if case.brief else None


def _days_to_ends(case: Case) -> Iterator[int]:
    """Yield the days from sending to each end that the brief carries."""
    if case.brief is None or case.evidence is None:
        return
    sent = case.brief.send_at.date()
    offer = case.brief.offer
    if offer and offer.ends and not offer.extendable:
        yield (last_day(offer.ends) - sent).days
    for known in case.evidence.dates:
        if not known.source.startswith("offer."):
            yield from _days_to(known, sent)


def last_day(ends: datetime) -> date:
    """Return the day on which readers see it end: early on the 9th UTC is the 8th in America."""
    return (ends - timedelta(days=1) if ends.hour < EARLY_HOURS else ends).date()


def _days_to(known: Known, sent: date) -> Iterator[int]:
    month, day = divmod(int(known.claim.value), 100)
    try:
        yield (date(known.claim.year or sent.year, month, day) - sent).days
    except ValueError:
        return


def _ends_today(case: Case, _: Hit) -> bool:
    return any(days == 0 for days in _days_to_ends(case))


def _ends_tomorrow(case: Case, _: Hit) -> bool:
    return any(days == 1 for days in _days_to_ends(case))


def _ends_soon(case: Case, _: Hit) -> bool:
    return any(0 <= days <= SOON.days for days in _days_to_ends(case))


def _has_fixed_end(case: Case, _: Hit) -> bool:
    return any(days >= 0 for days in _days_to_ends(case))


def _not_extendable(case: Case, _: Hit) -> bool:
    offer = _offer(case)
    return offer is not None and not offer.extendable


def _ends_as_said(case: Case, hit: Hit) -> bool:
    """Compare `3 days left`, `48 hours only`, `ends Sunday` with the ends that the brief has."""
    for claim in case.claims_in(hit):
        if claim.kind is ClaimKind.NUMBER and claim.unit and claim.unit.dimension == "time":
            days = claim.value * claim.unit.factor / 86_400
            return any(abs(end - days) <= 1 for end in _days_to_ends(case))
        if claim.kind in {ClaimKind.DATE, ClaimKind.WEEKDAY}:
            return bool(_is_bound(case, hit, claim))
    return False


def _is_bound(case: Case, hit: Hit, claim: Claim) -> bool:
    return any(bound.claim == claim and bound.rests_on for bound in case.bounds[hit.slot])


def _rests_on_the_brief(case: Case, hit: Hit, claim: Claim) -> bool:
    """Return whether the brief bears a figure; a manner of speech rests on nothing in it."""
    return any(
        bound.claim == claim and bound.rests_on and bound.rests_on != (MANNER_OF_SPEECH,)
        for bound in case.bounds[hit.slot]
    )


def _figures_bound(case: Case, hit: Hit) -> bool:
    """Return whether there are figures in the hit, and all of them rest on the brief."""
    claims = case.claims_in(hit)
    return bool(claims) and all(_rests_on_the_brief(case, hit, claim) for claim in claims)


def _stock_as_said(case: Case, hit: Hit) -> bool:
    offer = _offer(case)
    figures = [claim for claim in case.claims_in(hit) if claim.kind is ClaimKind.NUMBER]
    if not figures:
        return _stock_is_low(case, hit)
    stock = offer.stock if offer else None
    return all(claim.value == stock or _is_bound(case, hit, claim) for claim in figures)


def _stock_is_low(case: Case, _: Hit) -> bool:
    offer = _offer(case)
    return offer is not None and offer.stock is not None and offer.stock <= LOW_STOCK


_GIVES_FREE = {OfferKind.FREE_GIFT, OfferKind.FREE_SHIPPING, OfferKind.TRIAL}


def _offer_is_free(case: Case, _: Hit) -> bool:
    """Return whether the brief gives something free: by its offer, a price of 0 or a fact."""
    if case.brief is None or case.evidence is None:
        return False
    offer = case.brief.offer
    if offer and offer.kind is OfferKind.BOGO and _was_raised(case, offer):
        return False
    if offer and (offer.kind in _GIVES_FREE or _is_all_off(offer)):
        return True
    if case.brief.product.price == 0:
        return True
    return any(_says_free(reading) for _, reading in case.evidence.texts)


def _was_raised(case: Case, offer: Offer) -> bool:
    """Return whether the price was raised, so that one pays for the other: 16 CFR 251.1(b)."""
    price = case.brief.product.price if case.brief else None
    return bool(price and offer.regular_price and price > offer.regular_price)


def _is_all_off(offer: Offer) -> bool:
    all_of_it = 100
    return offer.kind is OfferKind.BOGO and (offer.value or all_of_it) >= all_of_it


def _says_free(reading: Reading) -> bool:
    return says(reading, listed("says_free"))


def _conditions_stated(case: Case, hit: Hit) -> bool:
    """Return whether the offer's money conditions stand in the slot of the claim.

    A spending threshold or a price that follows must be named; a purchase that is required must
    be spoken of (16 CFR 251.1(c): at the outset, next to the offer).
    """
    offer = _offer(case)
    if offer is None or not offer.conditions:
        return True
    conditions = read_plain(offer.conditions)
    asked = {
        claim.value for claim in extract_plain(offer.conditions) if claim.kind is ClaimKind.MONEY
    }
    asked = asked or set(_thresholds(conditions))
    stated = {claim.value for claim in case.claims[hit.slot] if claim.kind in _FIGURES}
    if asked:
        return bool(asked & stated)
    needs_purchase = any(True for _ in listed("says_purchase").search(conditions))
    return not needs_purchase or any(
        True for _ in listed("says_purchase").search(case.readings[hit.slot])
    )


def _thresholds(reading: Reading) -> Iterator[float]:
    """Yield what must be reached: 3 of `stays of three nights or more`, 40 of `over £40`."""
    spans = [
        (reading.word_at(start), reading.word_at(end - 1))
        for _, start, end in listed("says_threshold").search(reading)
    ]
    for claim in extract_plain(reading.source):
        if claim.kind in _FIGURES and any(a <= claim.first <= b for a, b in spans):
            yield claim.value


def _fact_conditions_stated(case: Case, hit: Hit) -> bool:
    """Return whether the copy names the sum that a fact about the same free thing asks for."""
    reading = case.readings[hit.slot]
    at = next((i for i, word in enumerate(reading.words) if word.end > hit.start), 0)
    first, last = reading.sentence(at)
    words = reading.words[max(0, first - _A_SENTENCE_BACK) : last + 1]
    near = {w.text[:STEM] for w in words if w.text.isalpha()} - _TELL_NO_THING
    stated = {claim.value for claim in case.claims[hit.slot] if claim.kind in _FIGURES}
    for _, text in case.evidence.texts if case.evidence else ():
        asked = set(_thresholds(text)) if _says_free(text) else set()
        if asked and not asked & stated and near & {word[:STEM] for word in text.vocabulary}:
            return False
    return True


_A_SENTENCE_BACK = 16
_TELL_NO_THING = {word[:STEM] for word in COMMON_WORDS} | {"free", "charg", "cost", "costs", "pay"}
_FIGURES = {ClaimKind.MONEY, ClaimKind.NUMBER}


def _percent_of_lowest_price(case: Case, hit: Hit) -> bool:
    """Return whether a reduction is measured from the lowest price of the last 30 days."""
    offer = _offer(case)
    if offer is None or offer.lowest_price_30d is None:
        return False
    if offer.regular_price is None or offer.regular_price <= offer.lowest_price_30d:
        return True
    return not _names_price(case, hit, offer.regular_price) and _percents_fit(case, hit, offer)


def _names_price(case: Case, hit: Hit, price: float) -> bool:
    claims = case.claims_in(hit)
    return any(c.kind is ClaimKind.MONEY and price in c.values for c in claims)


def _percents_fit(case: Case, hit: Hit, offer: Offer) -> bool:
    lowest, price = offer.lowest_price_30d, case.brief.product.price if case.brief else None
    percents = [c.value for c in case.claims_in(hit) if c.kind is ClaimKind.PERCENT]
    if not percents or not lowest or price is None:
        return not percents
    true = 100 * (lowest - price) / lowest
    return all(abs(percent - true) < 1 for percent in percents)


def _no_lower_price_before(case: Case, _: Hit) -> bool:
    offer = _offer(case)
    price = case.brief.product.price if case.brief else None
    if offer is None or offer.lowest_price_30d is None or price is None:
        return False
    return price <= offer.lowest_price_30d


def _reference_price_true(case: Case, hit: Hit) -> bool:
    """Return whether every amount in the hit is a price, a former price or a saving by the brief.

    The highest amount must be one at which the thing was sold, where two are compared.
    """
    amounts = [claim for claim in case.claims_in(hit) if claim.kind is ClaimKind.MONEY]
    if not all(_is_bound(case, hit, claim) for claim in case.claims_in(hit)):
        return False
    if len(amounts) == COMPARED and amounts[0].value <= amounts[1].value and _is_bare(case, hit):
        return True
    offer = _offer(case)
    regular = {offer.regular_price, offer.lowest_price_30d} if offer else set()
    highest = max((claim.value for claim in amounts), default=0.0)
    price = case.brief.product.price if case.brief else None
    return len(amounts) < COMPARED or highest in regular or price is None or highest != price


def _is_bare(case: Case, hit: Hit) -> bool:
    """Return whether the hit is of figures and signs alone: an arrow up is no reduction."""
    return not any(c.isalpha() for c in case.readings[hit.slot].source[hit.start : hit.end])


def _percent_true(case: Case, hit: Hit) -> bool:
    """Return whether the reduction in the hit is that of the offer, or follows from its prices."""
    claims = [claim for claim in case.claims_in(hit) if claim.kind is ClaimKind.PERCENT]
    if claims:
        return all(_is_bound(case, hit, claim) for claim in claims)
    said = case.readings[hit.slot].source[hit.start : hit.end].lower()
    wanted = next((share for word, share in _SHARES.items() if word in said), None)
    return wanted is None or reduction(case) == wanted or _says_share(case, hit)


def reduction(case: Case) -> float | None:
    """Return the percentage that the offer takes off, by its value or its prices."""
    offer = _offer(case)
    if offer is None:
        return None
    if offer.kind in {OfferKind.PERCENT_OFF, OfferKind.BOGO} and offer.value:
        return round(offer.value)
    price = case.brief.product.price if case.brief else None
    if not offer.regular_price or price is None:
        return None
    return round(100 * (offer.regular_price - price) / offer.regular_price)


def _says_share(case: Case, hit: Hit) -> bool:
    """Return whether a fact or the conditions say the same words."""
    said = " ".join(w for w in case.readings[hit.slot].source[hit.start : hit.end].lower().split())
    texts = case.evidence.texts if case.evidence else ()
    return any(said in reading.source.lower() for _, reading in texts)


def _quotation_in_facts(case: Case, hit: Hit) -> bool:
    """Return whether what stands between the quotation marks is in a fact, word for word.

    Words of somebody tied to the sender count only where the slot says so (16 CFR 465.5).
    """
    source = fold(case.readings[hit.slot].source[hit.start : hit.end])
    quoted = [part.strip(" .,!") for part in source.split('"')[1::2]]
    borne = [text for text in _facts(case) if any(part in fold(text.source) for part in quoted)]
    if not quoted or not all(any(part in fold(t.source) for t in borne) for part in quoted):
        return False
    connected = listed("says_connected")
    is_tied = any(True for text in borne for _ in connected.search(text))
    return not is_tied or any(True for _ in connected.search(case.readings[hit.slot]))


def _no_restriction(case: Case, _: Hit) -> bool:
    """Return whether the offer's conditions leave no goods out."""
    offer = _offer(case)
    if offer is None or not offer.conditions:
        return True
    conditions = read_plain(offer.conditions)
    return not any(True for _ in listed("says_restriction").search(conditions))


def _brief_says(case: Case, name: str) -> bool:
    texts = case.evidence.texts if case.evidence else ()
    return any(says(reading, listed(name)) for _, reading in texts)


def _copy_says(case: Case, name: str) -> bool:
    return any(True for reading in case.readings.values() for _ in listed(name).search(reading))


def _brief_renews(case: Case, _: Hit) -> bool:
    return _brief_says(case, "says_renewal")


def _renewal_stated(case: Case, _: Hit) -> bool:
    """Return whether the copy says what follows, at what price, and how to stop it."""
    return _copy_says(case, "says_terms") and _copy_says(case, "says_cancelling")


def _brief_gives_credit(case: Case, _: Hit) -> bool:
    return _brief_says(case, "says_credit")


def _repayment_stated(case: Case, _: Hit) -> bool:
    """Return whether the copy gives the terms of repayment, and the deposit where there is one."""
    return _copy_says(case, "says_repayment")


def _beyond_statute(case: Case, hit: Hit) -> bool:
    """Return whether a fact records a commercial guarantee or returns beyond what the law gives."""
    del hit
    facts = case.evidence.texts if case.evidence else ()
    return any(says(reading, listed("says_beyond_statute")) for _, reading in facts)


def _words_said(case: Case, hit: Hit) -> bool:
    """Return whether the last telling word of the hit is among the words of the brief."""
    said = read_plain(case.readings[hit.slot].source[hit.start : hit.end])
    words = [w.text for w in said.words if w.text.isalpha() and w.text not in COMMON_WORDS]
    if not words or case.evidence is None:
        return False
    return any(word.startswith(words[-1][:STEM]) for word in case.evidence.said)


def _names_itself(case: Case, hit: Hit) -> bool:
    """Return whether every name in the hit is the sender's own, or its product's."""
    reading = case.readings[hit.slot]
    first, last = _words_of(reading, hit)
    own = own_names(case)
    places = capital_words(reading, first, last)
    return bool(places) and all(is_own(reading.words[at].text, own, case) for at in places)


def _words_of(reading: Reading, hit: Hit) -> tuple[int, int]:
    inside = [i for i, w in enumerate(reading.words) if w.start < hit.end and w.end > hit.start]
    return inside[0], inside[-1]


def _deeds_borne(case: Case, hit: Hit) -> bool:
    """Return whether a fact records each step of making in the sentence, with its place.

    `Cut and sewn on American soil` rests on `Cut and sewn in Gaston County`; a claim about the
    whole, as `made in` or `every thread`, rests on no single step.
    """
    reading = case.readings[hit.slot]
    first, last = reading.sentence(_words_of(reading, hit)[0])
    named = {word.text for word in reading.words[first : last + 1]}
    deeds = named & set(phrases_of("steps_of_making"))
    if not deeds or named & set(phrases_of("says_whole")) or case.evidence is None:
        return False
    return any(deeds <= text.vocabulary.keys() and "in" in text.vocabulary for text in _facts(case))


def _waits_for_all(case: Case, hit: Hit) -> bool:
    """Return whether a fact says of every recipient what the hit says of the reader."""
    said = read_plain(case.readings[hit.slot].source[hit.start : hit.end])
    telling = {w.text[:STEM] for w in said.words if w.text.isalpha()} - _little_words()
    return bool(telling) and any(
        telling <= {word[:STEM] for word in text.vocabulary}
        and any(True for _ in listed("says_of_all").search(text))
        for text in _facts(case)
    )


@cache
def _little_words() -> frozenset[str]:
    return frozenset(word[:STEM] for word in COMMON_WORDS | {"still", "waiting", "ready", "saved"})


def _facts(case: Case) -> Iterator[Reading]:
    return (text for _, text in case.evidence.texts) if case.evidence else iter(())


_TRUTHS: dict[Truth, Callable[[Case, Hit], bool]] = {
    "ends_today": _ends_today,
    "ends_tomorrow": _ends_tomorrow,
    "ends_soon": _ends_soon,
    "ends_as_said": _ends_as_said,
    "has_fixed_end": _has_fixed_end,
    "not_extendable": _not_extendable,
    "stock_as_said": _stock_as_said,
    "stock_is_low": _stock_is_low,
    "offer_is_free": _offer_is_free,
    "conditions_stated": _conditions_stated,
    "figures_bound": _figures_bound,
    "percent_of_lowest_price": _percent_of_lowest_price,
    "no_lower_price_before": _no_lower_price_before,
    "reference_price_true": _reference_price_true,
    "percent_true": _percent_true,
    "no_restriction": _no_restriction,
    "quotation_in_facts": _quotation_in_facts,
    "brief_renews": _brief_renews,
    "renewal_stated": _renewal_stated,
    "brief_gives_credit": _brief_gives_credit,
    "repayment_stated": _repayment_stated,
    "beyond_statute": _beyond_statute,
    "words_said": _words_said,
    "names_itself": _names_itself,
    "deeds_borne": _deeds_borne,
    "waits_for_all": _waits_for_all,
    "sells_legal_right": sells_legal_right,
    "fact_conditions_stated": _fact_conditions_stated,
    "names_credit_figure": terms.names_credit_figure,
    "introduces": terms.introduces,
    "ratio_borne": terms.ratio_borne,
    "percent_of_some": terms.percent_of_some,
    "states_offer": terms.states_offer,
}
