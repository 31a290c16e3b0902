"""The mechanics of a brand's copy: what its style guide settles beyond words and marks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from copydesk.briefs import UNQUOTED, Noun

Frequency = Literal["never", "sparing", "free"]
"""`free` is as often as it fits: the guide likes it, or does not mind."""
Capitals = Literal["sentence", "title"]
Person = Literal["we", "I", "name"]


class Mechanics(Noun):
    """What the guide settles; None for what it leaves open, which nothing is then held to."""

    contractions: Literal["never", "allowed", "expected"] | None = None
    """`expected`: it is, written in full, is stiff for this brand."""
    oxford_comma: bool | None = None
    """Whether the last of three or more is set off by a comma, as in `red, white, and blue`."""
    capitals: Capitals | None = None
    """Of subject lines: `sentence` capitalises the first word and names, `title` every word."""
    person: Person | None = None
    """What the brand calls itself: we, I, or its name."""
    address_reader: bool | None = None
    """Whether the reader is spoken to as `you`."""
    active_voice: bool | None = None
    ampersands: Frequency | None = None
    """Outside names and links."""
    semicolons: Frequency | None = None
    ellipses: Frequency | None = None
    all_capitals: Frequency | None = None
    """Words in capitals for effect."""
    sentence_words_max: Annotated[int, Field(gt=0, le=100), UNQUOTED] | None = None
    """Most words of a sentence."""
