"""Copy as one recipient reads it: what a hostile value in a merge tag makes of lawful copy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from copydesk.guardrails.findings import Finding, Severity
from copydesk.guardrails.guard import Submission
from copydesk.variants import Copy, MergeTag, Node, Text

LOOKED_FOR = ("safety.", "format.", "grounding.code_or_link")
"""Beginnings of categories: a value may state what it likes, but not insult, order or link."""

Span = tuple[int, int]
Put = tuple[Span, Span]
"""Where a tag stands in the template, and where its value stands in the rendering."""


def as_rendered(
    check: Callable[[Submission], Iterable[Finding]],
    submission: Submission,
    found: Sequence[Finding],
) -> Iterator[Finding]:
    """Yield what is wrong only with this recipient's values, on the tags that they stand for.

    `found` is what the template has already. A value is data, and a name may look like a word
    that rules know: so a person decides, and nothing is blocked.
    """
    audience = submission.audience
    if audience is None or not audience.fields:
        return
    fields = audience.fields
    puts = {slot: _puts(text, fields) for slot, text in submission.copy.slots()}
    if not any(puts.values()):
        return
    copy = {slot.value: _rendered(text, fields) for slot, text in submission.copy.slots()}
    plain = audience.model_copy(update={"fields": {}})
    for finding in check(replace(submission, copy=Copy.model_validate(copy), audience=plain)):
        tags = _touched(puts[finding.slot], finding)
        if tags and finding.category.startswith(LOOKED_FOR):
            placed = _placed(finding, tags, submission.copy)
            if not any(_overlap(placed, other) for other in found):
                yield placed


def _rendered(text: Text, fields: Mapping[str, str]) -> str:
    return "".join(_value(node, fields) or str(node) for node in text.nodes)


def _value(node: Node, fields: Mapping[str, str]) -> str:
    return fields.get(node.name, "").strip() if isinstance(node, MergeTag) else ""


def _puts(text: Text, fields: Mapping[str, str]) -> list[Put]:
    puts, at = [], 0
    ends = (*text.starts[1:], len(text.source))
    for node, start, end in zip(text.nodes, text.starts, ends, strict=False):
        value = _value(node, fields)
        if value:
            puts.append(((start, end), (at, at + len(value))))
        at += len(value) if value else end - start
    return puts


def _touched(puts: Iterable[Put], finding: Finding) -> list[Span]:
    return [tag for tag, (start, end) in puts if start < finding.end and finding.start < end]


def _placed(finding: Finding, tags: Sequence[Span], copy: Copy) -> Finding:
    start, end = tags[0][0], tags[-1][1]
    match = str(copy[finding.slot])[start:end]
    said = finding.message.replace(finding.match, match) if finding.match else finding.message
    mild = finding.severity in {Severity.WARN, Severity.INFO}
    return finding.model_copy(
        update={
            "start": start,
            "end": end,
            "match": match,
            "message": f"With this recipient's data: {said}",
            "severity": finding.severity if mild else Severity.REVIEW,
            "suggestion": None,
        }
    )


def _overlap(one: Finding, other: Finding) -> bool:
    same = one.rule == other.rule and one.slot is other.slot
    return same and one.start < other.end and other.start < one.end
