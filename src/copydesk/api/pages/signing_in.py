"""Signing in with a password, and out."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from http import HTTPStatus

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import (
    OWN_FORM,
    SESSION_COOKIE,
    AnyForm,
    SentForm,
    Visitor,
    cookie,
    drop_cookie,
    keep_cookie,
    must_match,
)
from copydesk.api.parts import AllParts, Desk, Parts
from copydesk.bootstrap import Copydesk
from copydesk.desk.throttling import Origin
from copydesk.errors import CopydeskError, Forbidden, TooManyRequests, Unauthenticated

LOGIN_COOKIE = "copydesk_login"
LOGIN_COOKIE_S = 3_600
KNOWN_COOKIE = "copydesk_known"
LOCAL_PATH = re.compile(r"/(?:[A-Za-z0-9._?=&%-][A-Za-z0-9/._?=&%-]*)?")
WRONG = "This name and password do not belong together."

router = APIRouter(include_in_schema=False)


@router.get("/login")
def login_page(request: Request, parts: AllParts, next: str = "/") -> Response:  # noqa: A002 - as it is in addresses
    """Show the sign-in form."""
    return door(request, parts, next)


@router.post("/login")
async def sign_in(request: Request, parts: AllParts, form: AnyForm) -> Response:
    """Open a session for the right password."""
    must_match(form.text("csrf"), cookie(request, LOGIN_COOKIE))
    if parts.provider is not None and parts.provider.config.only:
        raise Forbidden("Passwords are not taken here: sign in with the provider.")
    desk, name = parts.copydesk, form.text("name").strip()
    known = _known(request, desk, name)
    origin = Origin(address_of(request), known)
    try:
        secret, _ = await run_sync(desk.sign_in.by_password, name, form.text("password"), origin)
    except TooManyRequests as error:
        return _refused(request, parts, form, error)
    except Unauthenticated:
        return _refused(request, parts, form, Unauthenticated(WRONG))
    response = await run_sync(signed_in, request, desk, secret, form.text("next"))
    _make_known(request, response, desk, name, known)
    return response


@router.post("/logout", dependencies=[OWN_FORM])
def sign_out(request: Request, desk: Desk) -> Response:
    """End the session, here and in the store."""
    desk.access.sign_out(cookie(request, SESSION_COOKIE))
    return _signed_out(request)


@router.post("/logout/everywhere", dependencies=[OWN_FORM])
def sign_out_everywhere(request: Request, desk: Desk, visit: Visitor) -> Response:
    """End the session, and all others of this person."""
    desk.access.sign_out_everywhere(visit.actor.name, visit.actor)
    return _signed_out(request)


def door(
    request: Request, parts: Parts, then: str, error: CopydeskError | None = None, name: str = ""
) -> Response:
    """Show the ways in, and what kept somebody out."""
    token = cookie(request, LOGIN_COOKIE) or secrets.token_urlsafe(32)
    shown = page(
        None,
        "login.html",
        HTTPStatus(error.status) if error else HTTPStatus.OK,
        token=token,
        next=local(then),
        why=error.message if error else "",
        name=name[:64],
        provider=parts.provider.config if parts.provider else None,
    )
    shown.headers.update(getattr(error, "headers", {}))
    keep_cookie(request, shown, LOGIN_COOKIE, token, LOGIN_COOKIE_S)
    return shown


def signed_in(request: Request, desk: Copydesk, secret: str, then: str) -> Response:
    """Return the answer that opens the session, in place of any that the browser had."""
    before = cookie(request, SESSION_COOKIE)
    if before:
        desk.access.sign_out(before)
    response = RedirectResponse(local(then), HTTPStatus.SEE_OTHER)
    keep_cookie(request, response, SESSION_COOKIE, secret, desk.settings.session_hours * 3_600)
    drop_cookie(request, response, LOGIN_COOKIE)
    return response


def address_of(request: Request) -> str:
    """Return the client's address, as uvicorn believes it: of a proxy only if it is a trusted one.

    See `docs/howto/sign-in.md` for how a proxy is trusted.
    """
    return request.client.host if request.client else ""


def local(address: str) -> str:
    """Return the address if it is a path of this site, else `/`: no one is sent elsewhere."""
    return address if LOCAL_PATH.fullmatch(address) else "/"


def _signed_out(request: Request) -> Response:
    response = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    drop_cookie(request, response, SESSION_COOKIE)
    return response


def _refused(request: Request, parts: Parts, form: SentForm, error: CopydeskError) -> Response:
    return door(request, parts, form.text("next"), error, form.text("name"))


def _known(request: Request, desk: Copydesk, name: str) -> str | None:
    """Return the browser's id, if it has signed in under this name before."""
    kept = desk.sign_in.known_browsers.open(cookie(request, KNOWN_COOKIE), desk.clock())
    return kept["id"] if kept is not None and kept["name"] == name else None


def _make_known(
    request: Request, response: Response, desk: Copydesk, name: str, known: str | None
) -> None:
    seal = desk.sign_in.known_browsers
    what = {"name": name, "id": known or secrets.token_urlsafe(16)}
    seconds = seal.lasts // timedelta(seconds=1)
    keep_cookie(request, response, KNOWN_COOKIE, seal.close(what, desk.clock()), seconds)
