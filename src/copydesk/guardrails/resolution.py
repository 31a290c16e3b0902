"""Which words rest on which fact: worked out beside a check, never in it.

Figures, dates, codes and links are bound by what they say. A claim in words, as `last chance`
or `free delivery`, is one that a rule looks for; what made it lawful is what it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from copydesk.guardrails.binding import MANNER_OF_SPEECH
from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.claims import ClaimKind
from copydesk.guardrails.conditions import Condition, Own, index_of
from copydesk.guardrails.findings import Binding
from copydesk.guardrails.negation import says
from copydesk.guardrails.normalise import Reading, read_plain
from copydesk.guardrails.packs import ReadyRule, RuleBook
from copydesk.guardrails.truths import Truth
from copydesk.guardrails.vocabulary import listed
from copydesk.variants import Copy, Slot

_SLOTS = tuple(Slot)


def figures(case: Case) -> Iterator[Binding]:
    """Yield every figure, date, code and link with what it rests on; nothing without a brief."""
    for slot, bounds in case.bounds.items():
        reading = case.readings[slot]
        for claim, rests_on, _ in bounds:
            if rests_on != (MANNER_OF_SPEECH,):
                span = reading.span_of_words(claim.first, claim.last)
                yield _binding(case, Hit(slot, *span), claim.kind.value, rests_on)


def merged(found: Iterable[Binding], copy: Copy) -> tuple[Binding, ...]:
    """Return the bindings in the order of the copy, no stretch of words twice.

    Claims that overlap or follow on each other and rest on the same are told as one. Words with a
    figure in them that nothing bears are not told as borne.
    """
    found = tuple(found)
    loose = [one for one in found if not one.rests_on]
    kept: list[Binding] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, _place(one))):
        if one.rests_on and any(_holds(one, other) for other in loose):
            continue
        twin = next((at for at, other in enumerate(kept) if _span(other) == _span(one)), None)
        if twin is not None:
            both = dict.fromkeys((*kept[twin].rests_on, *one.rests_on))
            kept[twin] = kept[twin].model_copy(update={"rests_on": tuple(both)})
        elif not any(_tells(other, one) for other in kept):
            kept.append(one)
    return tuple(_joined(sorted(kept, key=_place), copy))


def _joined(found: Iterable[Binding], copy: Copy) -> Iterator[Binding]:
    """Yield the bindings; of neighbours that rest on the same, one for all of their words."""
    last: Binding | None = None
    for one in found:
        if last is not None and _goes_on(last, one, copy):
            end = max(last.end, one.end)
            match = str(copy[one.slot])[last.start : end]
            last = last.model_copy(update={"end": end, "match": match})
        else:
            yield from () if last is None else (last,)
            last = one
    yield from () if last is None else (last,)


def _goes_on(one: Binding, other: Binding, copy: Copy) -> bool:
    if one.slot is not other.slot or set(one.rests_on) != set(other.rests_on):
        return False
    return not str(copy[one.slot])[one.end : other.start].strip() and bool(one.rests_on)


def _tells(wide: Binding, narrow: Binding) -> bool:
    same = set(narrow.rests_on) <= set(wide.rests_on)
    return same and bool(narrow.rests_on) == bool(wide.rests_on) and _covers(wide, narrow)


def _covers(wide: Binding, narrow: Binding) -> bool:
    return wide.slot is narrow.slot and wide.start <= narrow.start and narrow.end <= wide.end


def _holds(wide: Binding, narrow: Binding) -> bool:
    return _covers(wide, narrow) and _span(wide) != _span(narrow)


def _span(one: Binding) -> tuple[Slot, int, int]:
    return one.slot, one.start, one.end


def _place(one: Binding) -> tuple[int, int, int]:
    return _SLOTS.index(one.slot), one.start, one.end


class Resolver:
    """Binds the claims in words that the rules of a book look for."""

    def __init__(self, book: RuleBook) -> None:
        self._lists = {pack.pack: pack.lists for pack in book.packs}
        self._indexes: dict[tuple[str, int], Own] = {}
        """Of rules whose claims were met: compiled at the first meeting."""

    def in_words(self, case: Case, claims: Iterable[tuple[ReadyRule, Hit]]) -> Iterator[Binding]:
        """Yield claims with what in the brief makes each lawful; one that nothing does, too.

        A claim that is lawful whatever the brief says is left out.
        """
        for ready, hit in claims:
            leaning = [n for n, condition in enumerate(ready.rule.unless) if _leans(condition)]
            lawful = [n for n, test in enumerate(ready.lawful) if test(case, hit)]
            found = [place for n in lawful for place in self._bearers(ready, n, case, hit)]
            if found or (leaning and not lawful):
                rests_on = tuple(dict.fromkeys(found))
                yield _binding(case, hit, ready.rule.category, rests_on)

    def _bearers(self, ready: ReadyRule, number: int, case: Case, hit: Hit) -> Iterator[str]:
        condition = ready.rule.unless[number]
        if case.evidence is None:
            return
        yield from self._saying(ready, number, case)
        if condition.same_words:
            said = read_plain(case.readings[hit.slot].source[hit.start : hit.end]).line
            yield from (place for place, text in case.evidence.texts if said in text.line)
        for truth in condition.holds:
            yield from _TRUTHS[truth](case, hit) if truth in _TRUTHS else ()
        if condition.offer:
            yield "offer.kind"

    def _saying(self, ready: ReadyRule, number: int, case: Case) -> Iterator[str]:
        """Yield the facts that say what the condition wants said."""
        condition = ready.rule.unless[number]
        wanted = [(number, condition.fact)] if condition.fact else []
        wanted += [(-1, tuple(ready.rule.own_phrases))] if condition.same_claim else []
        for key, phrases in wanted:
            index = self._index((ready.rule.id, key), phrases, ready.pack)
            yield from _facts_saying(case, index)

    def _index(self, key: tuple[str, int], phrases: tuple[str, ...], pack: str) -> Own:
        if key not in self._indexes:
            self._indexes[key] = index_of(phrases, self._lists[pack])
        return self._indexes[key]


def _leans(condition: Condition) -> bool:
    """Return whether the condition asks for something in the brief."""
    asked = (condition.fact, condition.same_claim, condition.same_words, condition.offer)
    return any(asked) or not _TRUTHS.keys().isdisjoint(condition.holds)


def _facts(case: Case, test: Callable[[Reading], bool]) -> Iterator[str]:
    texts = case.evidence.texts if case.evidence else ()
    return (place for place, reading in texts if test(reading))


def _facts_saying(case: Case, phrases: Own) -> Iterator[str]:
    return _facts(case, lambda text: says(text, phrases))


def _say(name: str) -> Callable[[Case, Hit], Iterator[str]]:
    def saying(case: Case, _: Hit) -> Iterator[str]:
        return _facts_saying(case, listed(name))

    return saying


def _one(place: str) -> Callable[[Case, Hit], Iterator[str]]:
    return lambda case, hit: iter((place,))  # noqa: ARG005 - as all of them


def _bound(case: Case, hit: Hit) -> Iterator[str]:
    """Yield what the figures in the hit rest on."""
    within = set(case.claims_in(hit))
    for bound in case.bounds[hit.slot]:
        if bound.claim in within and bound.rests_on != (MANNER_OF_SPEECH,):
            yield from bound.rests_on


def _end(case: Case, hit: Hit) -> Iterator[str]:
    """Yield where the end stands that is spoken of: the day named, the offer's, or a fact's."""
    offer = case.brief.offer if case.brief else None
    if offer is not None and offer.ends is not None and not offer.extendable:
        yield "offer.ends"
    elif case.evidence is not None:
        named = list(_bound(case, hit))
        yield from named or (known.source for known in case.evidence.dates)


def _reduction(case: Case, hit: Hit) -> Iterator[str]:
    """Yield what a saving rests on: its figures, or in `half price` the offer's own."""
    has_figures = any(claim.kind is ClaimKind.PERCENT for claim in case.claims_in(hit))
    yield from _bound(case, hit) if has_figures else ("offer.value",)


def _free(case: Case, hit: Hit) -> Iterator[str]:
    said = list(_say("says_free")(case, hit))
    price = case.brief.product.price if case.brief else None
    yield from said or (["product.price"] if price == 0 else ["offer.kind"])


def _quoted(case: Case, hit: Hit) -> Iterator[str]:
    parts = case.readings[hit.slot].source[hit.start : hit.end]
    said = [part for part in read_plain(parts).line.split(" , ") if part.strip()]
    return _facts(case, lambda text: any(part.strip(" ,.") in text.line for part in said))


_TRUTHS: Mapping[Truth, Callable[[Case, Hit], Iterator[str]]] = {
    "ends_today": _end,
    "ends_tomorrow": _end,
    "ends_soon": _end,
    "ends_as_said": _end,
    "has_fixed_end": _end,
    "stock_as_said": _one("offer.stock"),
    "stock_is_low": _one("offer.stock"),
    "offer_is_free": _free,
    "conditions_stated": _one("offer.conditions"),
    "figures_bound": _bound,
    "reference_price_true": _bound,
    "percent_true": _reduction,
    "percent_of_lowest_price": _one("offer.lowest_price_30d"),
    "no_lower_price_before": _one("offer.lowest_price_30d"),
    "quotation_in_facts": _quoted,
    "brief_renews": _say("says_renewal"),
    "brief_gives_credit": _say("says_credit"),
    "beyond_statute": _say("says_beyond_statute"),
}
"""Where in the brief each comparison looks; the others look at the copy itself."""


def _binding(case: Case, hit: Hit, kind: str, rests_on: tuple[str, ...]) -> Binding:
    return Binding(
        slot=hit.slot,
        start=hit.start,
        end=hit.end,
        match=case.readings[hit.slot].source[hit.start : hit.end],
        kind=kind,
        rests_on=rests_on,
    )
