"""API keys: everybody's for admins, and on one's own page one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from copydesk.access import PASSWORD_LENGTH_MIN, Actor, ApiKey, NewKey, Role
from copydesk.api.pages.people import brands_there_are
from copydesk.api.pages.rendering import page
from copydesk.api.pages.signing_in import address_of
from copydesk.api.pages.visits import OwnForm, SentForm, Visit, Visitor
from copydesk.api.parts import Desk
from copydesk.api.people import UserName
from copydesk.bootstrap import Copydesk
from copydesk.desk.throttling import Origin
from copydesk.errors import (
    Conflict,
    CopydeskError,
    Forbidden,
    InputError,
    NotFound,
    Problem,
    TooManyRequests,
)

LIVES_DAYS = (30, 90, 365)
LIVES_USUALLY = "90"
FOREVER = "never"
LABEL_CHARS = 100

router = APIRouter(include_in_schema=False)

KeyId = Annotated[str, Path(pattern=r"^cdk_[A-Za-z0-9_-]{8}$")]


class Wanted(NamedTuple):
    """A key as the form asked for it."""

    user: str = ""
    roles: frozenset[str] = frozenset()
    brands: str = ""
    """One a line."""
    label: str = ""
    lives: str = LIVES_USUALLY

    @classmethod
    def of(cls, form: SentForm) -> Wanted:
        """Read the form."""
        ticked = (value for value in form.data.getlist("roles") if isinstance(value, str))
        rest = (form.text("brands"), form.text("label").strip()[:LABEL_CHARS], form.text("lives"))
        return cls(form.text("user").strip(), frozenset(ticked), *rest)

    def made(self, desk: Copydesk, user: str, actor: Actor) -> NewKey:
        """Make the key. Raises InputError for what cannot be asked, and as `Access.add_key`."""
        if not self.roles or self.roles - {*Role}:
            raise InputError([Problem("roles", "", "tick what the key is for")])
        roles = [Role(name) for name in sorted(self.roles)]
        brands = [line.strip() for line in self.brands.splitlines() if line.strip()]
        ends = self._ends(desk.clock())
        return desk.access.add_key(user, roles, self.label, actor, brands, ends)

    def _ends(self, now: datetime) -> datetime | None:
        if self.lives == FOREVER:
            return None
        if self.lives not in map(str, LIVES_DAYS):
            raise InputError([Problem("lives", self.lives, "choose how long it lives")])
        return now + timedelta(days=int(self.lives))


@router.get("/keys")
def keys(
    desk: Desk, visit: Visitor, user: Annotated[UserName | None, Query()] = None, done: str = ""
) -> Response:
    """List keys, and offer to add one."""
    return _keys_page(desk, visit, user, Wanted(user=user or ""), done=done)


@router.post("/keys")
def add(desk: Desk, visit: Visitor, form: OwnForm) -> Response:
    """Make a key, and show its secret this once."""
    visit.actor.must_be(Role.ADMIN)
    wanted = Wanted.of(form)
    try:
        made = wanted.made(desk, wanted.user, visit.actor)
    except (Conflict, Forbidden, InputError, NotFound) as error:
        return _keys_page(desk, visit, None, wanted, error=error)
    return _made_page(visit, made, "/keys")


@router.get("/keys/{key_id}/revoke")
def ask_to_revoke(desk: Desk, visit: Visitor, key_id: KeyId) -> Response:
    """Ask whether the key is to be revoked."""
    key = desk.access.key(key_id, visit.actor)
    return page(visit, "key_revoke.html", key=key, back=_back(visit))


@router.post("/keys/{key_id}/revoke")
def revoke(desk: Desk, visit: Visitor, key_id: KeyId, _: OwnForm) -> Response:
    """Make the key useless."""
    desk.access.revoke_key(key_id, visit.actor)
    return RedirectResponse(f"{_back(visit)}?done=revoked", HTTPStatus.SEE_OTHER)


@router.get("/me")
def me(desk: Desk, visit: Visitor, done: str = "") -> Response:
    """Show one's own roles and keys, with forms for the password and for a key."""
    return _my_page(desk, visit, Wanted(), done=done)


@router.post("/me/keys")
def add_own(desk: Desk, visit: Visitor, form: OwnForm) -> Response:
    """Make a key of one's own, and show its secret this once."""
    wanted = Wanted.of(form)
    try:
        made = wanted.made(desk, visit.actor.name, visit.actor)
    except (Conflict, Forbidden, InputError) as error:
        return _my_page(desk, visit, wanted, error=error)
    return _made_page(visit, made, "/me")


@router.post("/me/password")
def change_password(request: Request, desk: Desk, visit: Visitor, form: OwnForm) -> Response:
    """Change one's own password; all other sessions end."""
    origin = Origin(address_of(request))
    try:
        new = _written_twice(form)
        desk.sign_in.change_password(form.text("current"), new, visit.actor, visit.session, origin)
    except (Forbidden, InputError, TooManyRequests) as error:
        return _my_page(desk, visit, Wanted(), error=error)
    return RedirectResponse("/me?done=password", HTTPStatus.SEE_OTHER)


def _written_twice(form: SentForm) -> str:
    new = form.text("new")
    if new != form.text("again"):
        raise InputError([Problem("new", "", "write the new password twice, both alike")])
    return new


def _back(visit: Visit) -> str:
    return "/keys" if visit.may(Role.ADMIN) else "/me"


def _keys_page(
    desk: Copydesk,
    visit: Visit,
    user: str | None,
    wanted: Wanted,
    *,
    done: str = "",
    error: CopydeskError | None = None,
) -> Response:
    people = desk.access.users(visit.actor)
    found = desk.access.all_keys(visit.actor)
    return page(
        visit,
        "keys.html",
        error.status if error else HTTPStatus.OK,
        keys=_live_first([key for key in found if user in {None, key.user}]),
        people=[one.name for one in people if not one.disabled],
        of=user,
        brands=brands_there_are(desk),
        done=done,
        roles=tuple(Role),
        **_form(desk, wanted, error),
    )


def _my_page(
    desk: Copydesk,
    visit: Visit,
    wanted: Wanted,
    *,
    done: str = "",
    error: CopydeskError | None = None,
) -> Response:
    actor = visit.actor
    return page(
        visit,
        "me.html",
        error.status if error else HTTPStatus.OK,
        person=desk.access.user(actor.name, actor),
        keys=_live_first(desk.access.keys(actor.name, actor)),
        done=done,
        roles=[role for role in Role if actor.reach(role)],
        least=PASSWORD_LENGTH_MIN,
        brands=[name for name in brands_there_are(desk) if name in actor.reach(*Role)],
        **_form(desk, wanted, error),
    )


def _form(desk: Copydesk, wanted: Wanted, error: CopydeskError | None) -> dict[str, object]:
    return {
        "wanted": wanted,
        "error": error,
        "problems": error.problems if isinstance(error, InputError) else (),
        "now": desk.clock(),
        "LIVES_DAYS": LIVES_DAYS,
        "FOREVER": FOREVER,
    }


def _made_page(visit: Visit, made: NewKey, back: str) -> Response:
    return page(visit, "key_made.html", HTTPStatus.CREATED, key=made.stored, made=made, back=back)


def _live_first(keys: Sequence[ApiKey]) -> list[ApiKey]:
    return sorted(keys, key=lambda key: key.revoked_at is not None)
