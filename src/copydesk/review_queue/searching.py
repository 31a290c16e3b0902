"""Which items of the queue a person wants to see, in which order, and from where on."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import Annotated, Literal, NamedTuple, Protocol

from pydantic import StringConstraints

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.briefs import Kind, Noun, Slug
from copydesk.errors import InputError, Problem
from copydesk.guardrails import Severity
from copydesk.review_queue.items import ReviewItem, State

Sought = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    StringConstraints(pattern=r"^[^\u0000]*[^\s\u0000][^\u0000]*$"),
]
"""What a field is compared with."""


ITEM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Order(StrEnum):
    """Which item comes first."""

    PRIORITY = "priority"
    """The most urgent."""
    OLDEST = "oldest"


class Claimed(StrEnum):
    """Whose lease is running."""

    ME = "me"
    ANYONE = "anyone"
    NOBODY = "nobody"


class Filter(Noun):
    """What must be true of an item. Of several values of one field, one must fit."""

    state: tuple[State, ...] = ()
    campaign: tuple[Slug, ...] = ()
    brand: tuple[Sought, ...] = ()
    audience: tuple[Slug, ...] = ()
    locale: tuple[Sought, ...] = ()
    kind: tuple[Kind, ...] = ()
    severity: tuple[Severity | Literal["none"], ...] = ()
    """Of its worst finding; `none` where nothing was found."""
    requester: tuple[Sought, ...] = ()
    category: tuple[Sought, ...] = ()
    """Of a finding; `legal.*` is every category that begins so."""
    rule: tuple[Sought, ...] = ()
    """Id of a check's rule that found something."""
    role: tuple[Sought, ...] = ()
    """Reviewer that the rule of a finding names, as `legal`."""
    claimed: Claimed | None = None
    late: bool | None = None
    """Whether it is open and should have been decided by now."""
    text: Sought | None = None
    """Words that all are in its copy, or in its id or the name of its product; case is ignored."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the text, as they are compared."""
        return tuple((self.text or "").casefold().split())


COLUMNS = ("campaign", "brand", "audience", "locale", "kind", "severity", "requester")
"""Fields of a filter of which an item has one value."""
TAGS = ("category", "rule", "role")
"""Those of which it may have many."""
Facet = Literal[
    "campaign", "brand", "audience", "locale", "kind", "severity", "requester",
    "category", "rule", "role",
]  # fmt: skip


class Cursor(NamedTuple):
    """A place between two items: stays what it is whatever is added, changed or decided."""

    order: Order
    key: float
    item_id: str

    def __str__(self) -> str:
        plain = f"{self.order.value[0]}{self.key!r}|{self.item_id}"
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str, order: Order) -> Cursor:
        """Return the cursor that was written as `text`, in a list of this order.

        Raises:
            InputError: it is none, or from a list in another order.
        """
        try:
            plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
            key, _, item_id = plain[1:].partition("|")
            cursor = cls(order, float(key), item_id)
        except (binascii.Error, ValueError) as error:
            raise _no_cursor(text) from error
        fits = plain[0] == order.value[0] and isfinite(cursor.key) and ITEM_ID.fullmatch(item_id)
        if not fits or str(cursor) != text:
            raise _no_cursor(text)
        return cursor


class QueueQuery(NamedTuple):
    """A page of the queue, as `user` sees it at `now`."""

    filter: Filter
    user: str
    now: datetime
    order: Order = Order.PRIORITY
    after: Cursor | None = None
    limit: int = 50
    brands: Brands = EVERY_BRAND
    """Of which items are seen at all: others are neither listed nor counted."""


class Hit(NamedTuple):
    """An item, and the place after it."""

    item: ReviewItem
    cursor: Cursor


class Tally(Noun):
    """How many items fit a filter."""

    states: Mapping[State, int]
    """By state, zeros included. A claim that ran out counts as waiting."""
    late: int
    """Open ones that should have been decided by now."""
    mine: int
    """Those that whoever asks has claimed."""
    values: Mapping[Facet, Mapping[str, int]] = {}
    """By value, most frequent first, of the facets that were asked for."""
    is_partial: bool = False
    """Whether only a thousand items were counted, of more that hold the words: every number is then
    how many there are at least."""


class View(Noun):
    """A filter that somebody keeps under a name."""

    name: Slug
    filter: Filter
    order: Order = Order.PRIORITY


class ReviewQueue(Protocol):
    """The items as a queue; it follows what is added to the items and saved."""

    def page(self, query: QueueQuery) -> Sequence[Hit]:
        """Return at most `query.limit` items, in the query's order, equal ones by id."""

    def tally(
        self, query: QueueQuery, by: Collection[Facet] = (), among: tuple[State, ...] = ()
    ) -> Tally:
        """Count what fits the query's filter, whatever its order and page.

        The facets `by` are counted in items of the states `among` alone, where it names any.
        """

    def brands_of(self, ids: Collection[str]) -> Mapping[str, str]:
        """Return the brand of each of these items that there is; some hundreds at once."""

    def misplaced(self, mark: str, limit: int) -> Sequence[ReviewItem]:
        """Return open items that were placed by other weights than those of this mark."""

    def place(self, item: ReviewItem) -> None:
        """Give the item its place, by the weights that the store was given last."""


class Views(Protocol):
    """Filters that people keep, by user and name."""

    def put(self, user: str, view: View) -> None:
        """Store the view, or replace the user's view of that name."""

    def of(self, user: str) -> Sequence[View]:
        """Return the user's views, by name."""

    def drop(self, user: str, name: str) -> None:
        """Forget the view. Raises NotFound."""


def _no_cursor(text: str) -> InputError:
    remedy = "send the `next` of the page before, in a list of the same order"
    return InputError([Problem("after", repr(text[:40]), remedy)])
