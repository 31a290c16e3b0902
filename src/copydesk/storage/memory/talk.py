"""Comments on review items, and links for people from outside, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.review_queue.talk import Comment, ReviewLink
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import kept, missing


class MemoryComments:
    """Comments, by their ids."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, Comment] = Rows(journal)

    def add(self, comment: Comment) -> Comment:
        """Store it and return it, or return the one with this id that is already there."""
        earlier = self._rows.get(comment.id)
        if earlier is None:
            self._rows.put(comment.id, kept(comment))
        return earlier or comment

    def about(self, item_id: str) -> Sequence[Comment]:
        """Return the comments on an item, oldest first."""
        found = [one for one in self._rows.values() if one.item_id == item_id]
        return sorted(found, key=lambda one: (one.at, one.id))


class MemoryLinks:
    """Links, by their ids."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, ReviewLink] = Rows(journal)

    def add(self, link: ReviewLink) -> None:
        """Store a new link."""
        self._rows.put(link.id, kept(link))

    def get(self, link_id: str) -> ReviewLink:
        """Return the link. Raises NotFound."""
        link = self._rows.get(link_id)
        if link is None:
            raise missing("review link", link_id)
        return link

    def save(self, link: ReviewLink) -> None:
        """Replace the link. Raises NotFound."""
        self.get(link.id)
        self._rows.put(link.id, kept(link))

    def about(self, item_id: str) -> Sequence[ReviewLink]:
        """Return the links to an item, oldest first."""
        found = [one for one in self._rows.values() if one.item_id == item_id]
        return sorted(found, key=lambda one: (one.made_at, one.id))
