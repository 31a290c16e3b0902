"""People, for admins: who there is, in which roles, and whether they may come in."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, NamedTuple

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Response
from fastapi.responses import RedirectResponse

from copydesk.access import PASSWORD_LENGTH_MIN, Actor, Role, User
from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import OwnForm, SentForm, Visit, Visitor
from copydesk.api.parts import Desk
from copydesk.api.people import UserName
from copydesk.bootstrap import Copydesk
from copydesk.errors import Conflict, CopydeskError, Forbidden, InputError, NotFound, Problem

BRAND_ROLES = tuple(role for role in Role if role is not Role.ADMIN)
ROWS_AT_MOST = 100

router = APIRouter(include_in_schema=False)

Name = Annotated[UserName, Path()]


class Row(NamedTuple):
    """The roles for one brand, as a row of the form."""

    brand: str
    roles: frozenset[str]


class Typed(NamedTuple):
    """What a form about a person held."""

    name: str = ""
    roles: frozenset[str] = frozenset()
    rows: tuple[Row, ...] = ()

    @classmethod
    def of(cls, form: SentForm) -> Typed:
        """Read the form."""
        rows = []
        for number in range(ROWS_AT_MOST):
            if f"brand-{number}" not in form.data:
                break
            row = Row(form.text(f"brand-{number}").strip(), _ticked(form, f"roles-{number}"))
            rows += [row] if row.brand or row.roles else []
        return cls(form.text("name").strip(), _ticked(form, "roles"), tuple(rows))

    @classmethod
    def of_user(cls, user: User) -> Typed:
        """Return what the form shows of a user."""
        rows = (Row(brand, frozenset(roles)) for brand, roles in user.brand_roles.items())
        return cls(user.name, frozenset(user.roles), tuple(rows))

    def everywhere(self) -> list[Role]:
        """Return the roles for every brand. Raises InputError for what is none."""
        return _roles(self.roles)

    def by_brand(self) -> dict[str, list[Role]]:
        """Return the roles for single brands.

        Raises:
            InputError: a row lacks its brand, or two are about the same.
        """
        found: dict[str, list[Role]] = {}
        for row in self.rows:
            if not row.brand or row.brand in found:
                what = "name the brand of each row, each once"
                raise InputError([Problem("brand", row.brand, what)])
            found[row.brand] = _roles(row.roles)
        return found


@router.get("/people")
def people(desk: Desk, visit: Visitor) -> Response:
    """List users, and offer to add one."""
    return _people_page(desk, visit, Typed())


@router.post("/people")
async def add(desk: Desk, visit: Visitor, form: OwnForm) -> Response:
    """Add a user; what cannot be done is said, nothing typed lost but the password."""
    typed = Typed.of(form)
    try:
        user = await run_sync(_add, desk, visit.actor, typed, form.text("password"))
    except (Conflict, Forbidden, InputError) as error:
        return await run_sync(_people_page, desk, visit, typed, error)
    return RedirectResponse(f"/people/{user.name}?done=added", HTTPStatus.SEE_OTHER)


@router.get("/people/{name}")
def person(desk: Desk, visit: Visitor, name: Name, done: str = "") -> Response:
    """Show a user, with forms for all that can be changed."""
    return _person_page(desk, visit, name, done=done)


@router.post("/people/{name}/{change}")
async def change(desk: Desk, visit: Visitor, name: Name, change: str, form: OwnForm) -> Response:
    """Change a user; what cannot be done is said on the user's page."""
    if change not in CHANGES:
        raise NotFound("A person's page has no such form.")
    try:
        await run_sync(CHANGES[change], desk, name, visit.actor, form)
    except (Conflict, Forbidden, InputError) as error:
        typed = Typed.of(form) if change == "roles" else None
        return await run_sync(_person_page, desk, visit, name, "", error, typed)
    return RedirectResponse(f"/people/{name}?done={change}", HTTPStatus.SEE_OTHER)


def _add(desk: Copydesk, actor: Actor, typed: Typed, password: str) -> User:
    everywhere, named = typed.everywhere(), typed.by_brand()
    if not everywhere and not named:
        raise InputError([Problem("roles", "", "tick a role, for every brand or for one")])
    return desk.access.add_user(typed.name, everywhere, password or None, actor, named)


def _set_roles(desk: Copydesk, name: str, actor: Actor, form: SentForm) -> object:
    typed = Typed.of(form)
    return desk.access.set_roles(name, typed.everywhere(), actor, typed.by_brand())


def _set_reviewer_roles(desk: Copydesk, name: str, actor: Actor, form: SentForm) -> object:
    wanted = form.text("reviews_as").replace(",", " ").split()
    return desk.access.set_reviewer_roles(name, wanted, actor)


def _set_password(desk: Copydesk, name: str, actor: Actor, form: SentForm) -> None:
    desk.access.set_password(name, form.text("password"), actor)


def _disable(desk: Copydesk, name: str, actor: Actor, _: SentForm) -> object:
    return desk.access.disable_user(name, actor)


def _enable(desk: Copydesk, name: str, actor: Actor, _: SentForm) -> object:
    return desk.access.enable_user(name, actor)


CHANGES: dict[str, Callable[[Copydesk, str, Actor, SentForm], object]] = {
    "roles": _set_roles,
    "reviewer-roles": _set_reviewer_roles,
    "password": _set_password,
    "disable": _disable,
    "enable": _enable,
}


def _people_page(
    desk: Copydesk, visit: Visit, typed: Typed, error: CopydeskError | None = None
) -> Response:
    return page(
        visit,
        "people.html",
        error.status if error else HTTPStatus.OK,
        people=desk.access.users(visit.actor),
        brands=brands_there_are(desk),
        typed=typed,
        error=error,
        problems=error.problems if isinstance(error, InputError) else (),
        BRAND_ROLES=BRAND_ROLES,
        least=PASSWORD_LENGTH_MIN,
    )


def _person_page(
    desk: Copydesk,
    visit: Visit,
    name: str,
    done: str = "",
    error: CopydeskError | None = None,
    typed: Typed | None = None,
) -> Response:
    visit.actor.must_be(Role.ADMIN)
    user = desk.access.user(name, visit.actor)
    return page(
        visit,
        "person.html",
        error.status if error else HTTPStatus.OK,
        person=user,
        typed=typed or Typed.of_user(user),
        keys=[key for key in desk.access.keys(name, visit.actor) if key.revoked_at is None],
        brands=brands_there_are(desk),
        done=done,
        error=error,
        problems=error.problems if isinstance(error, InputError) else (),
        BRAND_ROLES=BRAND_ROLES,
        least=PASSWORD_LENGTH_MIN,
    )


def brands_there_are(desk: Copydesk) -> list[str]:
    """Return the names of brands that were asked for, for a form to offer."""
    with desk.store.transaction() as tx:
        return [one.brand.name for one in tx.brands.all()]


def _ticked(form: SentForm, field: str) -> frozenset[str]:
    return frozenset(value for value in form.data.getlist(field) if isinstance(value, str))


def _roles(names: frozenset[str]) -> list[Role]:
    unknown = names - {*Role}
    if unknown:
        known = f"one of {', '.join(Role)}"
        raise InputError([Problem("roles", ", ".join(sorted(unknown)), known)])
    return sorted(map(Role, names))
