"""How near copy is to the brand's own samples, where that can be told."""

from __future__ import annotations

from importlib.util import find_spec
from typing import NamedTuple

from copydesk.brand_voice import Brand


class Told(NamedTuple):
    """A tone score from 0 to 100, or why there is none."""

    score: float | None
    abstained: str | None


def tone_of(text: str, brand: Brand) -> Told:
    """Return how near the text is to the samples of the brand."""
    if find_spec("copydesk.brand_voice.tone") is None:
        return Told(None, "this version of Copydesk measures none")
    from copydesk.brand_voice.tone import tone_score

    found = tone_score(text, brand.samples)
    return Told(found.score, found.abstained)
