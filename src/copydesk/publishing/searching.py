"""Which approved copy a person looks for, and from where on."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.briefs import Kind, Noun, Slug
from copydesk.errors import InputError, Problem
from copydesk.publishing.campaigns import ApprovedCopy
from copydesk.review_queue.searching import Sought

CURSOR_CHARS_MAX = 400
LibraryFacet = Literal["campaign", "brand", "kind", "locale", "audience"]


class Standing(StrEnum):
    """Whether approved copy may still be served."""

    APPROVED = "approved"
    RECALLED = "recalled"
    """Withdrawn, with the reason."""


class LibraryFilter(Noun):
    """What must be true of approved copy."""

    campaign: Slug | None = None
    brand: Sought | None = None
    """As it was signed under, as `kind` and `locale` are."""
    kind: Kind | None = None
    locale: Sought | None = None
    audience: Slug | None = None
    state: Standing | None = None
    text: Sought | None = None
    """Words that all are in its subject, preheader or body; case is ignored."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the text, as they are compared."""
        return tuple((self.text or "").casefold().split())


class LibraryCursor(NamedTuple):
    """A place between two approved copies: stays what it is whatever is signed or recalled."""

    approved_at: datetime
    id: str
    audience_id: str
    campaign: str

    def __str__(self) -> str:
        plain = "|".join((self.approved_at.isoformat(), *self[1:]))
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @classmethod
    def of(cls, approved: ApprovedCopy) -> LibraryCursor:
        """Return the place after it."""
        return cls(approved.approved_at, approved.id, approved.audience_id, approved.campaign)

    @classmethod
    def parse(cls, text: str) -> LibraryCursor:
        """Return the cursor that was written as `text`. Raises InputError when it is none."""
        try:
            plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
            at, *names = plain.split("|")
            cursor = cls(datetime.fromisoformat(at), *names)
        except (binascii.Error, ValueError, TypeError) as error:
            raise _no_cursor(text) from error
        if cursor.approved_at.tzinfo is None or "\x00" in plain:
            raise _no_cursor(text)
        return cursor


class LibraryQuery(NamedTuple):
    """A page of the library, newest first."""

    filter: LibraryFilter = LibraryFilter()
    after: LibraryCursor | None = None
    limit: int = 50
    brands: Brands = EVERY_BRAND
    """Copy of other brands is not looked at."""


class LibraryCount(NamedTuple):
    """How much approved copy there is of something."""

    approved: int = 0
    """Signed and not recalled."""
    recalled: int = 0


def _no_cursor(text: str) -> InputError:
    remedy = "use the link to the next page that the page before held"
    return InputError([Problem("after", repr(text[:40]), remedy)])
