"""Who is looking at a page: the browser's session, and forms that only our own pages can send."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from typing import Annotated, NamedTuple

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData, UploadFile

from copydesk.access import Actor, Role, Session
from copydesk.api.edge import unfit
from copydesk.api.parts import Desk
from copydesk.errors import Forbidden, InputError, Unauthenticated

SESSION_COOKIE = "copydesk_session"
UNATTENDED = "X-Copydesk-Unattended"
"""Header of what a page asks by itself, again and again: it keeps nobody signed in."""
FIELDS_MAX = 600
"""As many as a brief with a hundred facts has, and then some."""
FIELD_BYTES_MAX = 300_000
"""A brand with long samples takes a tenth of this."""


class Visit(NamedTuple):
    """A signed-in person."""

    actor: Actor
    session: Session

    @property
    def csrf(self) -> str:
        """The token that every form carries."""
        return self.session.csrf

    def may(self, *roles: Role) -> bool:
        """Return whether the person has one of these roles, for whichever brand."""
        return bool(self.actor.reach(*roles))

    def may_for(self, brand: str, *roles: Role) -> bool:
        """Return whether the person has one of these roles for the brand."""
        return self.actor.may(*roles, brand=brand)


class SentForm(NamedTuple):
    """What a form of ours sent."""

    data: FormData

    def text(self, name: str) -> str:
        """Return a field's text with line ends as we keep them; empty when it was not sent."""
        value = self.data.get(name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """Return a field's whole number, or 0."""
        text = self.text(name).strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004

    async def text_or_file(self, name: str) -> str:
        """Return the text of the file sent as `NAME_file`, or of the field NAME."""
        file = self.data.get(f"{name}_file")
        if isinstance(file, UploadFile) and file.filename:
            try:
                return (await file.read()).decode("utf-8-sig").replace("\r\n", "\n")
            except UnicodeDecodeError as error:
                raise InputError(f"{file.filename}: save it as UTF-8 ({error.reason})") from error
        return self.text(name)


def _visit(request: Request, desk: Desk) -> Visit:
    attended = UNATTENDED not in request.headers
    found = desk.access.actor_of_session(cookie(request, SESSION_COOKIE), used=attended)
    if found is None:
        raise Unauthenticated("Sign in to see this page.")
    return Visit(*found)


async def _any_form(request: Request) -> AsyncIterator[SentForm]:
    """Give the form that was sent. Raises InputError for text that cannot be kept."""
    limits = {"max_files": 3, "max_fields": FIELDS_MAX, "max_part_size": FIELD_BYTES_MAX}
    async with request.form(**limits) as data:
        texts = {name: value for name, value in data.items() if isinstance(value, str)}
        problems = unfit(texts)
        if problems:
            raise InputError(problems)
        yield SentForm(data)


def must_match(sent: str, expected: str) -> None:
    """Raise Forbidden unless the form's token is the one that our page held."""
    if not expected or not hmac.compare_digest(sent.encode(), expected.encode()):
        raise Forbidden("This form is not from a page of this session: load the page again.")


async def _own_form(form: AnyForm, visit: Visitor) -> SentForm:
    must_match(form.text("csrf"), visit.csrf)
    return form


def cookie(request: Request, name: str) -> str:
    """Return the value of a cookie of ours; empty when there is none."""
    return request.cookies.get(_cookie_name(request, name), "")


def keep_cookie(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    """Set a cookie that no script reads, no other site sends, and no plain connection carries."""
    response.set_cookie(
        _cookie_name(request, name),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_safe(request),
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Take a cookie back."""
    named, secure = _cookie_name(request, name), _is_safe(request)
    response.delete_cookie(named, path="/", httponly=True, samesite="lax", secure=secure)


def _cookie_name(request: Request, name: str) -> str:
    # Under such a name a browser takes none from a neighbouring host or a plain connection.
    return f"__Host-{name}" if _is_safe(request) else name


def _is_safe(request: Request) -> bool:
    return request.url.scheme == "https"


Visitor = Annotated[Visit, Depends(_visit)]
"""Anyone who is signed in."""
AnyForm = Annotated[SentForm, Depends(_any_form)]
"""A form, from wherever: its token is still to be compared."""
OWN_FORM = Depends(_own_form)
OwnForm = Annotated[SentForm, OWN_FORM]
"""A form of one of our pages, sent by whoever is signed in."""
