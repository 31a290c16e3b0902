"""Putting right what a rule knows how to put right."""

from __future__ import annotations

from collections.abc import Iterable

from copydesk.guardrails.findings import Finding
from copydesk.variants import Copy, Slot, Text


def apply_suggestions(copy: Copy, findings: Iterable[Finding]) -> Copy | None:
    """Return the copy with every suggestion put in place of its match, or None without any.

    Where suggestions overlap, the one that begins later is applied and the other is left for
    the next round. A suggestion that no longer fits the text is passed over.
    """
    wanted = [finding for finding in findings if finding.suggestion is not None]
    changed = {slot: _applied(str(text), slot, wanted) for slot, text in copy.slots()}
    if all(str(copy[slot]) == text for slot, text in changed.items()):
        return None
    return Copy.model_validate({slot.value: Text(text) for slot, text in changed.items()})


def _applied(source: str, slot: Slot, findings: list[Finding]) -> str:
    untouched = len(source)
    own = [finding for finding in findings if finding.slot is slot]
    for finding in sorted(own, key=lambda finding: (finding.start, finding.end), reverse=True):
        if finding.end > untouched or source[finding.start : finding.end] != finding.match:
            continue
        source = _joined(source[: finding.start], finding.suggestion or "", source[finding.end :])
        untouched = finding.start
    return source


def _joined(before: str, middle: str, after: str) -> str:
    """Join three parts; where the middle is taken out, leave one space and no stray comma."""
    if middle:
        return before + middle + after
    if not before.strip():
        return after.lstrip(" ,;:.!-")
    if before.endswith(" ") and after[:1] in {"", " ", ".", ",", "!", "?", ";", ":", "\n"}:
        return before.rstrip(" ") + after
    return before + after
