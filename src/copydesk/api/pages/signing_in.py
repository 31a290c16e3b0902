"""Signing in and out."""

from __future__ import annotations

import re
import secrets
from collections import deque
from http import HTTPStatus
from time import monotonic

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import (
    OWN_FORM,
    SESSION_COOKIE,
    AnyForm,
    SentForm,
    keep_cookie,
    must_match,
)
from copydesk.api.parts import Desk
from copydesk.errors import Unauthenticated

LOGIN_COOKIE = "copydesk_login"
LOGIN_COOKIE_S = 3_600
LOCAL_PATH = re.compile(r"/(?:[A-Za-z0-9._?=&%-][A-Za-z0-9/._?=&%-]*)?")
FAILURES_MAX = 10
FAILURES_WINDOW_S = 300.0
NAMES_MAX = 10_000
"""So many names are watched; beyond that the oldest are forgotten."""

router = APIRouter(include_in_schema=False)


class Patience:
    """Counts failed sign-ins by name, so that a password cannot be guessed at leisure."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[float]] = {}

    def is_over(self, name: str) -> bool:
        """Return whether the name failed too often of late."""
        recent = self._failures.get(name, deque())
        while recent and recent[0] < monotonic() - FAILURES_WINDOW_S:
            recent.popleft()
        return len(recent) >= FAILURES_MAX

    def failed(self, name: str) -> None:
        """Note a failure."""
        self._failures.setdefault(name, deque(maxlen=FAILURES_MAX)).append(monotonic())
        if len(self._failures) > NAMES_MAX:
            del self._failures[next(iter(self._failures))]


@router.get("/login")
def login_page(request: Request, next: str = "/") -> Response:  # noqa: A002 - as it is in addresses
    """Show the sign-in form."""
    return _login_page(request, next, "")


@router.post("/login")
async def sign_in(request: Request, desk: Desk, form: AnyForm) -> Response:
    """Open a session for the right password."""
    must_match(form.text("csrf"), request.cookies.get(LOGIN_COOKIE, ""))
    patience: Patience = request.app.state.patience
    name = form.text("name").strip()
    if patience.is_over(name):
        return _refused(request, form, "Too many tries: wait five minutes, then try again.")
    try:
        secret, _ = await run_sync(desk.access.sign_in, name, form.text("password"))
    except Unauthenticated:
        patience.failed(name)
        return _refused(request, form, "This name and password do not belong together.")
    response = RedirectResponse(_local(form.text("next")), HTTPStatus.SEE_OTHER)
    keep_cookie(request, response, SESSION_COOKIE, secret, desk.settings.session_hours * 3_600)
    response.delete_cookie(LOGIN_COOKIE)
    return response


@router.post("/logout", dependencies=[OWN_FORM])
def sign_out(request: Request, desk: Desk) -> Response:
    """End the session, here and in the store."""
    desk.access.sign_out(request.cookies[SESSION_COOKIE])
    response = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    response.delete_cookie(SESSION_COOKIE)
    return response


def _refused(request: Request, form: SentForm, why: str) -> Response:
    return _login_page(request, form.text("next"), why, form.text("name"), HTTPStatus.UNAUTHORIZED)


def _login_page(
    request: Request, then: str, why: str, name: str = "", status: int = HTTPStatus.OK
) -> Response:
    token = request.cookies.get(LOGIN_COOKIE) or secrets.token_urlsafe(32)
    shown = page(
        None, "login.html", status, token=token, next=_local(then), why=why, name=name[:64]
    )
    keep_cookie(request, shown, LOGIN_COOKIE, token, LOGIN_COOKIE_S)
    return shown


def _local(address: str) -> str:
    """Return the address if it is a path of this site, else `/`: no one is sent elsewhere."""
    return address if LOCAL_PATH.fullmatch(address) else "/"
