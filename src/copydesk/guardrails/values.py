"""Values for merge tags, held against what was approved: the template, its slots, its worst case.

What a campaign tool knows of a recipient was never seen by whoever signed. So a value may be a name
and no more: as long as the worst case that was checked, in plain letters, and saying nothing. What
it would make of the copy is checked as the copy was; anything new is the value's fault.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from copydesk.audiences import Audience
from copydesk.guardrails.claims import extract
from copydesk.guardrails.fields import longest_of
from copydesk.guardrails.findings import Checked, Finding, Severity
from copydesk.guardrails.guard import Submission
from copydesk.guardrails.normalise import read
from copydesk.guardrails.renderings import Span
from copydesk.variants import Copy, MergeTag, Slot, Text, read_as

NOT_TEXT = "it is no text"
NO_NAME = "it holds signs that no name has"
A_LINK = "it reads as an address"
A_CLAIM = "it states a figure, a date or a code"
MIXED = "it mixes scripts that look alike"
NEW_FINDING = "with it the copy would hold what was not approved"

_PUNCTUATION = frozenset(" '\u2019.,&-")
_LETTERS = ("L", "Nd", "Mn", "Mc")
"""Unicode categories that names are written in."""
_MARKS = re.compile(r"(?:\A|[^\w])[\u0300-\u036f]|[\u0300-\u036f]{3,}")
_ADDRESS = re.compile(r"\w\.\w{2,}|\bwww\b|\bhttps?\b", re.IGNORECASE)
_ENTITY = re.compile(r"&[a-z#]", re.IGNORECASE)
_SHORT = re.compile(r"\b[A-Z]&[A-Z]\b|[A-Z]{2}&[A-Z]\b")
"""As in `H&M`, `AT&T`: no beginning of an HTML entity."""
_ALIKE = frozenset(("LATIN", "CYRILLIC", "GREEK"))
_GRAVE = (Severity.BLOCK, Severity.REVIEW, Severity.WARN)

Found = frozenset[tuple[str, Slot, str | None]]
"""Rule, slot, and the tag whose text it touches, or None where it touches none."""


def why_not(value: object, tag: MergeTag, audience: Audience | None = None) -> str | None:
    """Return why this is no value for the tag, or None for one that may be rendered.

    Of the value alone: `new_with` tells what it makes of the copy around it.
    """
    if not isinstance(value, str):
        return NOT_TEXT
    longest = longest_of(tag, audience)
    if len(value.strip()) > longest:
        return f"it is longer than the {longest} characters that were approved"
    text = plain(value)
    return next((why for wrong, why in _TESTS if wrong(text)), None)


def plain(value: str) -> str:
    """Return the value as it is rendered: composed, without blanks around it."""
    return unicodedata.normalize("NFC", value.strip())


def found_in(
    check: Callable[[Submission], Checked], submission: Submission, values: Mapping[str, str]
) -> Found:
    """Return what a check finds in the copy with these values, and fallbacks for the others."""
    spans = {slot: dict(_spans(text, values)) for slot, text in submission.copy.slots()}
    texts = {slot.value: text.render(values) for slot, text in submission.copy.slots()}
    nobody = submission.audience and submission.audience.model_copy(update={"fields": {}})
    rendered = replace(submission, copy=Copy.model_validate(texts), audience=nobody)
    grave = (one for one in check(rendered).findings if one.severity in _GRAVE)
    return frozenset(place for one in grave for place in _places(one, spans[one.slot]))


def new_with(before: Found, after: Found) -> frozenset[str] | None:
    """Return the tags whose values brought something new; None where nobody can tell which."""
    known = {(rule, slot) for rule, slot, tag in before if tag is None}
    new = {one for one in after - before if one[2] is not None or one[:2] not in known}
    tags = frozenset(tag for _, _, tag in new if tag is not None)
    return None if any(tag is None for _, _, tag in new) else tags


def _places(finding: Finding, spans: Mapping[Span, str]) -> Iterator[tuple[str, Slot, str | None]]:
    touched = [
        name for (start, end), name in spans.items() if start < finding.end and finding.start < end
    ]
    for name in touched or (None,):
        yield finding.rule, finding.slot, name


def _spans(text: Text, values: Mapping[str, str]) -> Iterator[tuple[Span, str]]:
    """Yield where each tag's text stands in the rendering, with its neighbouring signs."""
    at = 0
    for node in text.nodes:
        size = len(read_as(node, values))
        if isinstance(node, MergeTag):
            yield (at - 1, at + size + 1), node.name
        at += size


def _has_strange_signs(text: str) -> bool:
    strange = any(
        sign not in _PUNCTUATION and not unicodedata.category(sign).startswith(_LETTERS)
        for sign in text
    )
    composed = unicodedata.normalize("NFKC", text) != text
    entity = _ENTITY.search(_SHORT.sub("", text)) is not None
    return strange or composed or entity or "  " in text or _MARKS.search(text) is not None


def _mixes_scripts(text: str) -> bool:
    scripts = {unicodedata.name(sign, "").partition(" ")[0] for sign in text}
    return len(scripts & _ALIKE) > 1


def _is_address(text: str) -> bool:
    return _ADDRESS.search(text) is not None


def _claims(text: str) -> bool:
    return bool(extract(read(Text.literal(text))))


_TESTS = (
    (_has_strange_signs, NO_NAME),
    (_is_address, A_LINK),
    (_mixes_scripts, MIXED),
    (_claims, A_CLAIM),
)
