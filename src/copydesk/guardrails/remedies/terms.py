"""Remedies that add what must stand beside a claim, or put in what the brief has."""

from __future__ import annotations

import difflib

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.claims import ClaimKind
from copydesk.guardrails.remedies.words import sentence_at
from copydesk.variants import Slot, Text

SUBJECT_MAX = 70
"""Visible characters of a subject: what does not fit is not suggested."""
LIKE = 0.5
"""How like the address that stands there a suggested one must be, where there are several."""


def conditions(case: Case, hit: Hit) -> Hit | None:
    """Add the offer's conditions in brackets to the sentence that makes the claim."""
    offer = case.brief.offer if case.brief else None
    if offer is None or not offer.conditions:
        return None
    source = str(case.submission.copy[hit.slot])
    _, end = sentence_at(source, hit)
    end = max(hit.end, len(source[:end].rstrip(" .!?\n")))
    said = source[hit.start : end]
    changed = f"{said} ({_inside(case, offer.conditions)})"
    whole = Text(source[: hit.start] + changed + source[end:])
    if hit.slot is Slot.SUBJECT and len(whole.render()) > SUBJECT_MAX:
        return None
    return hit._replace(end=end, suggestion=changed)


def _inside(case: Case, text: str) -> str:
    """Return sentences as they stand inside another one's brackets."""
    text = text.strip().rstrip(".").replace(". ", "; ")
    names = [case.brief.product.name] if case.brief else []
    first = text.split(" ", maxsplit=1)[0]
    if any(name.startswith(first) for name in names) or not first[1:].islower():
        return text
    return text[:1].lower() + text[1:]


def append(case: Case, hit: Hit) -> Hit | None:
    """Add the rule's own words, which the law gives letter for letter, at the end of the body."""
    source = str(case.submission.copy[Slot.BODY])
    gap = "\n\n" if source.strip() else ""
    end = len(source)
    return hit._replace(slot=Slot.BODY, start=end, end=end, suggestion=f"{gap}{hit.suggestion}")


def place(case: Case, hit: Hit) -> Hit | None:
    """Put in the code or the link of the brief: the only one, or the one most like it."""
    if hit.suggestion is not None or case.evidence is None:
        return hit
    written = case.readings[hit.slot].source[hit.start : hit.end]
    kind = ClaimKind.LINK if "." in written else ClaimKind.CODE
    known = {one.text for one in case.evidence.of(kind)}
    near = difflib.get_close_matches(written, sorted(known), n=1, cutoff=LIKE)
    return hit._replace(suggestion=near[0]) if near else None
