"""Comments on review items, and links for people from outside, in a database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from copydesk.review_queue.talk import Comment, ReviewLink
from copydesk.storage.sql import schema
from copydesk.storage.sql.statements import Row, insert_new, many, one, replace
from copydesk.storage.stored import missing, written


class SqlComments:
    """Comments, by their ids."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, comment: Comment) -> Comment:
        """Store it and return it, or return the one with this id that is already there."""
        row = {
            "id": comment.id,
            "item_id": comment.item_id,
            "at": comment.at,
            "document": written(comment),
        }
        if insert_new(self._connection, schema.comments, row):
            return comment
        query = select(schema.comments.c.document).where(schema.comments.c.id == comment.id)
        return one(self._connection, Comment, query) or comment

    def about(self, item_id: str) -> Sequence[Comment]:
        """Return the comments on an item, oldest first."""
        comments = schema.comments.c
        query = select(comments.document).where(comments.item_id == item_id)
        return many(self._connection, Comment, query.order_by(comments.at, comments.id))


class SqlLinks:
    """Links, by their ids."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, link: ReviewLink) -> None:
        """Store a new link."""
        insert_new(self._connection, schema.review_links, _row(link))

    def get(self, link_id: str) -> ReviewLink:
        """Return the link, its row locked where the database can. Raises NotFound."""
        links = schema.review_links.c
        query = select(links.document).where(links.id == link_id).with_for_update()
        link = one(self._connection, ReviewLink, query)
        if link is None:
            raise missing("review link", link_id)
        return link

    def save(self, link: ReviewLink) -> None:
        """Replace the link. Raises NotFound."""
        if not replace(self._connection, schema.review_links, _row(link)):
            raise missing("review link", link.id)

    def about(self, item_id: str) -> Sequence[ReviewLink]:
        """Return the links to an item, oldest first."""
        links = schema.review_links.c
        query = select(links.document).where(links.item_id == item_id)
        return many(self._connection, ReviewLink, query.order_by(links.made_at, links.id))


def _row(link: ReviewLink) -> Row:
    return {
        "id": link.id,
        "item_id": link.item_id,
        "made_at": link.made_at,
        "document": written(link),
    }
