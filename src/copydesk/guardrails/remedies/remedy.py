"""What a remedy is: a way to put right what a rule found, from the copy and the brief alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from copydesk.guardrails.case import Case, Hit

Way = Literal[
    "append", "conditions", "date", "drop", "end", "fallback", "fewer", "figure", "former_price",
    "lowest_price", "place", "preferred", "reduction", "sentence_case", "stock", "tag", "up_to",
]  # fmt: skip
"""Names of the remedies, for `suggest` in a rule. Each is described where it is made."""

Remedy = Callable[[Case, Hit], Hit | None]
"""Returns the hit with its suggestion, on more words or elsewhere where the remedy needs it.

None where this copy cannot be put right this way: then the finding carries no suggestion.
"""


def instead(case: Case, hit: Hit, start: int, end: int, text: str) -> Hit:
    """Return the hit on the words from `start` to `end`, with `text` in their place."""
    source = str(case.submission.copy[hit.slot])
    first, last = min(start, hit.start), max(end, hit.end)
    whole = source[first:start] + text + source[end:last]
    return hit._replace(start=first, end=last, suggestion=whole)
