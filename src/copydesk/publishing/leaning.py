"""Which copy leans on what changed: by its bindings, so that exactly that copy is recalled.

A change of what the e-mail is, for whom and under which law touches all copy. A change of the
offer, a fact, a price, a link or the day of sending touches the copy that rests on it. Where nobody
can tell what copy rests on, it rests on whatever changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Offer
from copydesk.guardrails import Binding, Checked, Finding, Severity
from copydesk.variants import Copy

EVERYTHING = "everything"
"""Place of a change that touches all copy."""
ANY_OFFER, ANY_TIME = "offer.*", "time.*"

_OF_THE_BRIEF = ("kind", "sector", "jurisdictions", "locale")
_OF_THE_OFFER = frozenset({"kind", "starts", "conditions"})
"""Terms of everything that is said about the offer."""
_OF_PRICES = frozenset({"value", "regular_price", "lowest_price_30d"})
"""From these other figures are worked out: they rest on `offer`."""
_TIMELY = frozenset({"date", "weekday", "nth", "ahead", "time", "year"})
_DAYS = frozenset({"offer.starts", "offer.ends", "send_at"})
_URGENT = "legal.false_urgency"
RULED = frozenset({"banned_terms", "preferred_terms", "careful_terms", "footer"})
"""Parts of a brand that rules alone hold copy to; of all else only a person can judge."""


def places(before: Brief, after: Brief) -> frozenset[str]:
    """Return what changed between two briefs, as bindings name it.

    The goal is left out: no approval binds it. A fact that is new changes nothing that was said.
    """
    return frozenset((*_brief(before, after), *_product(before, after), *_offer(before, after),
                      *_facts(before, after), *_links(before, after)))  # fmt: skip


def brand_places(before: Brand, after: Brand) -> frozenset[str]:
    """Return EVERYTHING where the brand changed in what no rule holds copy to, else nothing."""
    names = [name for name in Brand.model_fields if getattr(before, name) != getattr(after, name)]
    judged = set(names) - RULED - {"citations"}
    return frozenset({EVERYTHING} if judged else ())


def leans(
    copy: Copy, bindings: Sequence[Binding] | None, changed: Collection[str], cta: str | None
) -> bool:
    """Return whether this copy leans on any of the changed places.

    `cta` is the call to action before the change. Without bindings nobody can tell: it does. A
    claim that nothing in the brief bore leans on nothing in it: whoever signed it, signed it so.
    """
    if not changed:
        return False
    if bindings is None or EVERYTHING in changed:
        return True
    if "cta" in changed and cta is not None and _says(copy, cta):
        return True
    return any(_rests_on(one, place) for one in bindings for place in changed)


def worse(before: Checked, after: Checked) -> tuple[Finding, ...]:
    """Return what asks for a person or more after a change, and did not before it."""
    known = {_matter(finding) for finding in before.findings}
    grave = (Severity.BLOCK, Severity.REVIEW)
    return tuple(f for f in after.findings if f.severity in grave and _matter(f) not in known)


def _matter(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.slot, finding.start, finding.end, finding.severity


def _says(copy: Copy, words: str) -> bool:
    return any(words.casefold() in str(text).casefold() for _, text in copy.slots())


def _rests_on(binding: Binding, place: str) -> bool:
    if place == ANY_OFFER:
        return any(one == "offer" or one.startswith("offer.") for one in binding.rests_on)
    if place == ANY_TIME:
        timely = binding.kind in _TIMELY or binding.kind == _URGENT
        return timely or not _DAYS.isdisjoint(binding.rests_on)
    return place in binding.rests_on


def _brief(before: Brief, after: Brief) -> Iterator[str]:
    if any(getattr(before, name) != getattr(after, name) for name in _OF_THE_BRIEF):
        yield EVERYTHING
    if before.send_at != after.send_at:
        yield ANY_TIME
    if before.cta != after.cta:
        yield "cta"


def _product(before: Brief, after: Brief) -> Iterator[str]:
    was, now = before.product, after.product
    if was.name != now.name:
        yield EVERYTHING
    if (was.price, was.currency) != (now.price, now.currency):
        yield from ("product.price", "offer", "offer.value")
    if was.currency != now.currency:
        yield ANY_OFFER
    if was.url != now.url:
        yield "product.url"


def _offer(before: Brief, after: Brief) -> Iterator[str]:
    for name in Offer.model_fields:
        was, now = (getattr(one.offer, name, None) for one in (before, after))
        if was == now:
            continue
        yield f"offer.{name}"
        if name in _OF_THE_OFFER:
            yield ANY_OFFER
        if name in _OF_PRICES:
            yield "offer"
        if name == "extendable":
            yield "offer.ends"


def _facts(before: Brief, after: Brief) -> Iterator[str]:
    now = {fact.id: fact for fact in after.facts}
    return (f"facts.{fact.id}" for fact in before.facts if now.get(fact.id) != fact)


def _links(before: Brief, after: Brief) -> Iterator[str]:
    gone = set(before.links) - set(after.links)
    return (f"links[{at}]" for at, link in enumerate(before.links) if link in gone)
