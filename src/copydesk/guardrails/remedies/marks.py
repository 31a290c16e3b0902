"""Remedies for too many marks, emoji and characters that do not belong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.signs import CONTROL, EMOJI, MARK
from copydesk.variants import Slot

_RUN = re.compile(f"({MARK.pattern})(?:{MARK.pattern})+")


def fewer(case: Case, hit: Hit) -> Hit | None:
    """Leave as many as the rule allows, the first ones; controls become a space or nothing.

    An exclamation that may not stay becomes a full stop, or at the end of a subject nothing.
    """
    source = str(case.submission.copy[hit.slot])
    at_most, words = int(hit.details["at_most"]), source[hit.start : hit.end]
    if hit.details["measure"] == "controls":
        return hit._replace(suggestion=CONTROL.sub(lambda found: _space(found[0]), words))
    if hit.details["measure"] == "emoji":
        return hit._replace(suggestion=_without(words, at_most))
    single = _RUN.sub(r"\1", words)
    is_last = hit.slot is not Slot.BODY and not source[hit.end :].strip()
    return hit._replace(suggestion="".join(_marks(single, at_most, is_last=is_last)))


def _space(control: str) -> str:
    return " " if control in "\n\r\t\u2028\u2029" else ""


def _without(words: str, at_most: int) -> str:
    kept = 0

    def left(found: re.Match[str]) -> str:
        nonlocal kept
        kept += 1
        return found[0] if kept <= at_most else ""

    return re.sub(rf"\s*(?:{EMOJI.pattern})", left, words) if at_most else EMOJI.sub("", words)


def _marks(words: str, at_most: int, *, is_last: bool) -> Iterator[str]:
    kept = 0
    for at, sign in enumerate(words):
        if not MARK.match(sign):
            yield sign
            continue
        kept += 1
        if kept <= at_most:
            yield sign
        elif not (is_last and at == len(words) - 1):
            yield "."
