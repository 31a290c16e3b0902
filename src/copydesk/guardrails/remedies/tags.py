"""Remedies that write a merge tag as it is read here."""

from __future__ import annotations

import difflib
import re

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.fields import fallback_of, names
from copydesk.variants import NEUTRAL_TAG, MergeTag

NEAR = 0.8
"""How like a known name an unknown one must be to be taken for a slip of it."""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SAID = re.compile(
    r"""\|\s*(?:(?:default|fallback)\s*:)?\s*(?P<quote>["']?)(?P<text>[\w ,.]+)(?P=quote)"""
)
_OPENED = re.compile(
    r"\{\{\s*(?P<name>\w+(?: \w+)?)\s*(?P<rest>\|[^{}\n]*)?\}{0,2}|(?P<bare>\w+)\s*\}\}"
)


def fallback(case: Case, hit: Hit) -> Hit | None:
    """Give the tag a fallback, where there is one that fits any sentence."""
    found = NEUTRAL_TAG.fullmatch(str(case.submission.copy[hit.slot])[hit.start : hit.end])
    text = fallback_of(found["name"]) if found else None
    if found is None or text is None:
        return None
    return hit._replace(suggestion=str(MergeTag(found["name"], text)))


def tag(case: Case, hit: Hit) -> Hit | None:
    """Write another tool's code, a misspelt name or broken braces as a tag of ours.

    None where the name cannot be told, and for code that is more than a name.
    """
    written = str(case.submission.copy[hit.slot])[hit.start : hit.end]
    opened = _OPENED.match(written)
    part = opened.group() if opened else written
    known = [name for word in _WORD.findall(_named_in(part)) if (name := _known(word))]
    if len(set(known)) != 1 or part.startswith(("{%", "<%")):
        return None
    said = None if part.startswith("*|") else _SAID.search(part)
    text = said["text"].strip() if said else fallback_of(known[0])
    if not text:
        return None
    return hit._replace(suggestion=str(MergeTag(known[0], text)) + written[len(part) :])


def _named_in(part: str) -> str:
    """Return the part without its fallback, two words of a name as one."""
    opened = _OPENED.match(part)
    if opened:
        return (opened["name"] or opened["bare"]).replace(" ", "_")
    return part if part.startswith("*|") else part.partition("|")[0]


def _known(word: str) -> str | None:
    """Return the name that a tool's own name stands for."""
    plain = word.lower().replace("_", "")
    if plain in names():
        return names()[plain]
    near = difflib.get_close_matches(plain, names(), n=1, cutoff=NEAR)
    return names()[near[0]] if near else None
