"""What there is: the approved library, the campaigns at a glance, and the brands."""

from __future__ import annotations

from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import OwnForm, Visit, Visitor
from copydesk.api.parts import Desk
from copydesk.bootstrap import Copydesk
from copydesk.brand_voice import Brand
from copydesk.brand_voice.brand import TAUGHT
from copydesk.desk.browsing import FACETS, FoundPage
from copydesk.documents import shaped
from copydesk.errors import InputError, Problem
from copydesk.publishing.searching import CURSOR_CHARS_MAX, LibraryCursor, LibraryFilter, Standing

ROWS = 25
MEASURED_CHARS_MAX = 20_000
"""A text longer than this is no e-mail."""
BrandName = Annotated[str, Query(min_length=1, max_length=2_000, pattern=r"^[^\x00]+$")]

router = APIRouter(include_in_schema=False)


class Narrowing(LibraryFilter):
    """What the address of a page of the library may say."""

    after: Annotated[str | None, Field(max_length=CURSOR_CHARS_MAX)] = None


class Sought(NamedTuple):
    """What the address asks for."""

    given: dict[str, str]
    wanted: LibraryFilter
    after: LibraryCursor | None

    @classmethod
    def of(cls, request: Request) -> Sought:
        """Return what a request's address asks for; an empty field asks nothing.

        Raises InputError.
        """
        sent = {"text": request.query_params.get("q", ""), **request.query_params}
        given = {n: v.strip() for n, v in sent.items() if n != "q" and v.strip()}
        asked = shaped(given, Narrowing)
        wanted = LibraryFilter.model_validate(asked.model_dump(exclude={"after"}))
        after = LibraryCursor.parse(asked.after) if asked.after else None
        return cls({n: v for n, v in given.items() if n != "after"}, wanted, after)

    def lacking(self, name: str) -> str:
        """Return the address of the first page without this."""
        return _address({key: value for key, value in self.given.items() if key != name})

    def from_on(self, after: LibraryCursor) -> str:
        """Return the address of the next page."""
        return _address({**self.given, "after": str(after)})


@router.get("/library")
def library(desk: Desk, visit: Visitor, request: Request) -> Response:
    """Show approved copy, newest first, narrowed by what the address says."""
    try:
        sought, error = Sought.of(request), None
        found = desk.browsing.library(visit.actor, sought.wanted, sought.after, ROWS)
    except InputError as wrong:
        sought, error = Sought({}, LibraryFilter(), None), wrong
        found = FoundPage((), None)
    return page(
        visit,
        "library.html",
        error.status if error else 200,
        found=found,
        sought=sought,
        error=error,
        facets=FACETS,
        values=desk.browsing.values(visit.actor),
        Standing=Standing,
        now=desk.clock(),
    )


@router.get("/campaigns")
def campaigns(desk: Desk, visit: Visitor) -> Response:
    """List campaigns, newest change first, with how each stands."""
    found = desk.browsing.campaigns(visit.actor)
    return page(visit, "campaigns.html", glances=found, now=desk.clock())


@router.get("/brands")
def brands(desk: Desk, visit: Visitor) -> Response:
    """List the brands that were asked for, with how their copy fared."""
    return page(visit, "brands.html", sheets=desk.browsing.brands(visit.actor))


@router.get("/brand")
def brand(desk: Desk, visit: Visitor, name: BrandName) -> Response:
    """Show what is known of a brand."""
    return _brand_page(desk, visit, name)


@router.post("/brand")
def measure(desk: Desk, visit: Visitor, name: BrandName, form: OwnForm) -> Response:
    """Measure how near a text is to the brand's own samples."""
    return _brand_page(desk, visit, name, form.text("text"))


def _brand_page(desk: Copydesk, visit: Visit, name: str, text: str | None = None) -> Response:
    sheet = desk.browsing.brand(name, visit.actor)
    tone, error = None, None
    if text is not None and not 0 < len(text.strip()) <= MEASURED_CHARS_MAX:
        remedy = f"write a text of at most {MEASURED_CHARS_MAX:,} characters"
        error = InputError([Problem("text", "", remedy)])
    elif text is not None:
        # Imported when somebody measures: it brings numbers along that nothing else here needs.
        from copydesk.brand_voice.tone import tone_score

        tone = tone_score(text, sheet.brand.samples, desk.settings.embedding_model)
    return page(
        visit,
        "brand.html",
        error.status if error else 200,
        sheet=sheet,
        taught=[one for one in TAUGHT if getattr(sheet.brand, one) != _left_open(one)],
        text=text or "",
        tone=tone,
        error=error,
        now=desk.clock(),
    )


def _left_open(name: str) -> object:
    return Brand.model_fields[name].default


def _address(given: dict[str, str]) -> str:
    return f"/library?{urlencode(given)}" if given else "/library"
