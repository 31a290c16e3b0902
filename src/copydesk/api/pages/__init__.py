"""The pages: what reviewers and marketers see in a browser. Works without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from importlib.resources import files
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from copydesk.api.pages import (
    asking,
    browsing,
    bulk,
    choosing,
    dashboard,
    evidence,
    experimenting,
    giving,
    guests,
    inviting,
    keys,
    listing,
    notifying,
    people,
    provider,
    publishing,
    ranker,
    rechecking,
    reviewing,
    rules,
    signing_in,
    trusting,
    watching,
)
from copydesk.api.pages.rendering import page
from copydesk.api.problems import details_of
from copydesk.errors import CopydeskError, Unauthenticated

NOUNS = (
    signing_in,
    provider,
    guests,
    evidence,
    listing,
    bulk,
    inviting,
    rechecking,
    choosing,
    reviewing,
    asking,
    watching,
    browsing,
    giving,
    publishing,
    experimenting,
    trusting,
    ranker,
    notifying,
    people,
    keys,
    rules,
    dashboard,
)
FOR_PROGRAMS = ("/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/static/")


def add_to(app: FastAPI) -> None:
    """Add the pages to the app."""
    for pages in NOUNS:
        app.include_router(pages.router)
    app.mount("/static/htmx", _files_of("js_lib_htmx", "static/htmx"), name="htmx")
    app.mount("/static", _files_of("copydesk.api.pages", "static"), name="static")


def is_page(request: Request) -> bool:
    """Return whether an error should be answered with a page for people."""
    for_programs = request.url.path.startswith(FOR_PROGRAMS)
    return not for_programs and "text/html" in request.headers.get("accept", "")


def error_page(
    request: Request, error: CopydeskError, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the page that says what went wrong; to whoever is not signed in, the way to do so."""
    if isinstance(error, Unauthenticated):
        wanted = request.url.path if request.method == "GET" else _page_before(request)
        return RedirectResponse(f"/login?next={quote(wanted)}", HTTPStatus.SEE_OTHER)
    said = details_of(error)
    shown = page(
        None, "error.html", said.status, code=said.status, title=said.title, detail=said.detail
    )
    shown.headers.update(headers or {})
    return shown


def _page_before(request: Request) -> str:
    """Return the page of ours that a form stood on: what was typed there is kept in its window."""
    page = urlsplit(request.headers.get("referer", ""))
    return page.path if page.path and page.netloc == request.url.netloc else "/"


def _files_of(package: str, folder: str) -> StaticFiles:
    return StaticFiles(directory=str(files(package).joinpath(folder)))
