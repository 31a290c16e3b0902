"""What is said beside the acts: comments on an item, and links for people from outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from copydesk.briefs import Noun
from copydesk.variants import Slot


class Comment(Noun):
    """Something said about an item; it changes nothing of it."""

    id: str
    item_id: str
    by: str
    """User name; `outside:NAME` for somebody from outside."""
    at: datetime
    text: str
    slot: Slot | None = None
    """The part of the copy that it is about, or None for the whole."""
    version: int
    """Version of the item that it was said about."""


class ReviewLink(Noun):
    """Leave for one person from outside to decide once on one item."""

    id: str
    item_id: str
    person: str
    """Who gets it, in words: their decision is recorded as `outside:PERSON`."""
    reviews_as: tuple[str, ...] = ()
    """Reviewer roles in which they sign, as `legal`."""
    asks: str | None = None
    """What they are asked to look at."""
    may_decide: bool = True
    """Whether they may decide, or only comment."""
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    decided: str | None = None
    """`approve` or `reject`: one link decides once."""
    decided_at: datetime | None = None

    @property
    def name(self) -> str:
        """The name under which they are on record: no user can have it."""
        return f"outside:{self.person}"


class Comments(Protocol):
    """Comments, by their ids."""

    def add(self, comment: Comment) -> Comment:
        """Store it and return it, or return the one with this id that is already there."""

    def about(self, item_id: str) -> Sequence[Comment]:
        """Return the comments on an item, oldest first."""


class ReviewLinks(Protocol):
    """Links, by their ids."""

    def add(self, link: ReviewLink) -> None:
        """Store a new link."""

    def get(self, link_id: str) -> ReviewLink:
        """Return the link, for a change in this transaction. Raises NotFound."""

    def save(self, link: ReviewLink) -> None:
        """Replace the link. Raises NotFound."""

    def about(self, item_id: str) -> Sequence[ReviewLink]:
        """Return the links to an item, oldest first."""
