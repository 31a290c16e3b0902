"""The page behind a link for somebody from outside: one item, no account, nothing of the house."""

from __future__ import annotations

import logging
import re
import secrets
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from copydesk.api.outside import LINK
from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import AnyForm, SentForm, must_match
from copydesk.api.parts import Desk
from copydesk.api.review_acts import Remarked
from copydesk.api.reviews import Rejection, Remark
from copydesk.bootstrap import Copydesk
from copydesk.desk.outside import NO_LINK, OutsideView
from copydesk.documents import shaped
from copydesk.errors import (
    Conflict,
    CopydeskError,
    Forbidden,
    InputError,
    LinkEnded,
    NotFound,
    SelfApproval,
    StaleVersion,
)
from copydesk.guardrails import Severity
from copydesk.review_queue import Reason, State
from copydesk.review_queue.inbox import previews

COOKIE = "copydesk_guest"
COOKIE_S = 86_400
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
}
"""The address is a secret: nothing is told of it to whoever this page leads to, or lists pages."""
WORTH_TELLING = (Severity.BLOCK, Severity.REVIEW, Severity.WARN)
ADDRESS = re.compile(r"(/outside/)[^/?#\s]+")

router = APIRouter(include_in_schema=False)


class WithoutTokens(logging.Filter):
    """Takes the tokens of links out of a server's log of requests: whoever reads it could sign."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line pass, without the token."""
        if isinstance(record.args, tuple):
            record.args = tuple(map(_without_token, record.args))
        record.msg = _without_token(record.msg)
        return True


@router.get("/outside/{token}")
def guest_page(request: Request, desk: Desk, token: str, done: str | None = None) -> Response:
    """Show what the link is for; opening it changes nothing, so that mail scanners may."""
    try:
        view = _opened(desk, token)
    except (LinkEnded, NotFound) as error:
        return _ended(error)
    return _guest_page(request, token, view, done=done)


@router.post("/outside/{token}/{act}")
def decide(request: Request, desk: Desk, token: str, act: str, form: AnyForm) -> Response:
    """Do what the form says; what cannot be done is said on the page, nothing typed lost."""
    try:
        view = _opened(desk, token)
    except (LinkEnded, NotFound) as error:
        return _ended(error)
    try:
        must_match(form.text("csrf"), request.cookies.get(COOKIE, ""))
        _do(desk, token, act, form)
    except (LinkEnded, NotFound) as error:
        return _ended(error)
    except (Conflict, Forbidden, InputError) as error:
        view = _opened(desk, token)
        return _guest_page(request, token, view, error=error, typed=form, tried=act)
    return _private(RedirectResponse(f"/outside/{token}?done={act}", HTTPStatus.SEE_OTHER))


def _do(desk: Copydesk, token: str, act: str, form: SentForm) -> None:
    version, note = form.number("version"), form.text("note") or None
    if act == "approve":
        remark = shaped({"note": note}, Remark)
        desk.outside.approve(token, version, remark.note)
    elif act == "reject":
        why = shaped({"reason": form.text("reason"), "note": note}, Rejection)
        desk.outside.reject(token, version, why.reason.value, why.note)
    elif act == "comment":
        said = shaped({"text": form.text("text")}, Remarked)
        desk.outside.comment(token, said.text, said.slot, form.text("key") or None)
    else:
        raise NotFound(NO_LINK)


def _opened(desk: Copydesk, token: str) -> OutsideView:
    if not re.fullmatch(LINK, token):
        raise NotFound(NO_LINK)
    return desk.outside.open(token)


def _guest_page(
    request: Request,
    token: str,
    view: OutsideView,
    *,
    done: str | None = None,
    error: CopydeskError | None = None,
    typed: SentForm | None = None,
    tried: str | None = None,
) -> Response:
    csrf = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
    shown = page(
        None,
        "outside.html",
        error.status if error else HTTPStatus.OK,
        token=token,
        view=view,
        csrf=csrf,
        key=secrets.token_urlsafe(16),
        previews=previews(view.copy_),
        findings=[one for one in view.findings if one.severity in WORTH_TELLING],
        done=done,
        error=error,
        trouble=_trouble(error),
        typed=_typed(typed, tried),
        Reason=Reason,
        State=State,
    )
    shown.set_cookie(
        COOKIE,
        csrf,
        max_age=COOKIE_S,
        path="/outside/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return _private(shown)


def _trouble(error: CopydeskError | None) -> str | None:
    """Return what kept a decision from being taken. The error's own words name people inside."""
    if isinstance(error, StaleVersion):
        return "changed"
    if isinstance(error, SelfApproval):
        return "author"
    if isinstance(error, Forbidden):
        return "forbidden"
    return "busy" if isinstance(error, Conflict) else None


def _typed(form: SentForm | None, tried: str | None) -> dict[str, Any]:
    """Return what the forms hold: what was typed before an error, else nothing."""
    if form is None or tried is None:
        return {"tried": None, "note": {}, "reason": "", "text": ""}
    return {
        "tried": tried,
        "note": {tried: form.text("note")},
        "reason": form.text("reason"),
        "text": form.text("text"),
    }


def _ended(error: CopydeskError) -> Response:
    ended = isinstance(error, LinkEnded)
    return _private(page(None, "outside_ended.html", error.status, ended=ended, why=error.message))


def _private(response: Response) -> Response:
    response.headers.update({**HEADERS, "Cache-Control": "no-store"})
    return response


def _without_token(value: object) -> object:
    return ADDRESS.sub(r"\1...", value) if isinstance(value, str) else value


logging.getLogger("uvicorn.access").addFilter(WithoutTokens())
