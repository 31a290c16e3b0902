"""`/v1/me`, `/v1/users` and `/v1/keys`: who may do what."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path, Query
from pydantic import Field, model_validator

from copydesk.access import PASSWORD_LENGTH_MIN, ApiKey, Role, User
from copydesk.api.examples import KEY, USER
from copydesk.api.parts import Caller, Desk, MayAdminister
from copydesk.api.problems import responses
from copydesk.briefs import Line, Moment, Noun, Slug

router = APIRouter(prefix="/v1", tags=["people"], responses=responses(401, 403))

UserName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._@-]{0,63}$")]
Roles = Annotated[tuple[Role, ...], Field(min_length=1, max_length=len(Role))]
SomeRoles = Annotated[tuple[Role, ...], Field(max_length=len(Role))]
BrandRole = Literal[Role.REQUESTER, Role.REVIEWER, Role.APPROVER, Role.PULLER]
BrandRoles = Annotated[
    dict[Line, Annotated[tuple[BrandRole, ...], Field(min_length=1, max_length=len(Role))]],
    Field(max_length=100),
]
Brands = Annotated[tuple[Line, ...], Field(max_length=100)]
Name = Annotated[UserName, Path(description="As `mara`.")]
Password = Annotated[
    str,
    Field(min_length=PASSWORD_LENGTH_MIN, max_length=200, json_schema_extra={"format": "password"}),
]


class Me(Noun):
    """Who is calling."""

    name: str
    roles: tuple[Role, ...]
    """Of the key, which may be fewer than the user's."""
    brand_roles: dict[str, tuple[Role, ...]]
    """For single brands, by the brand's name: beside `roles`, which are for all."""


class UserView(Noun):
    """A user, without secrets."""

    name: str
    roles: tuple[Role, ...]
    """For every brand."""
    brand_roles: dict[str, tuple[Role, ...]]
    """For single brands, by the brand's name."""
    reviews_as: tuple[str, ...]
    """Reviewer roles, as `legal`."""
    has_password: bool
    """False for a program that only has keys."""
    disabled: bool


class UserList(Noun):
    """Users, by name."""

    items: tuple[UserView, ...]


class WantedRoles(Noun):
    """The roles that a user has from now on: these and no others."""

    roles: SomeRoles = ()
    """For every brand."""
    brand_roles: BrandRoles = {}
    """For single brands, by the brand's name: `admin` is for every brand or none."""


class NewUser(WantedRoles):
    """A user to be, with a role at least."""

    name: UserName
    password: Password | None = Field(default=None, repr=False)
    """Left out for a program that only uses keys."""

    @model_validator(mode="after")
    def _with_a_role(self) -> NewUser:
        if not self.roles and not self.brand_roles:
            raise ValueError("give a role: for every brand in roles, or in brand_roles for one")
        return self


class NewPassword(Noun):
    """A password to be."""

    password: Password = Field(repr=False)


class ReviewerRoles(Noun):
    """The reviewer roles that a user holds from now on."""

    reviews_as: Annotated[tuple[Slug, ...], Field(max_length=50)]
    """As `legal` or `principal`: these and no others."""


class WantedKey(Noun):
    """A key to be made."""

    user: UserName
    roles: Roles
    """Of the user's own."""
    brands: Brands = ()
    """Names of brands that it is for; left out, all that the user's roles are for."""
    label: str = Field(default="", max_length=100)
    """What it is for."""
    expires_at: Moment | None = None
    """From then on it opens nothing; left out, it does not expire."""


class KeyView(Noun):
    """A key, without its secret."""

    id: str
    user: str
    roles: tuple[Role, ...]
    brands: tuple[str, ...]
    """None: all that the user's roles are for."""
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    """A minute more or less."""


class MadeKey(KeyView):
    """A new key, at the one moment when its secret is known."""

    key: str
    """The secret: keep it now, it is never shown again."""


class KeyList(Noun):
    """Keys, by user, a user's oldest first."""

    items: tuple[KeyView, ...]


@router.get("/me")
def me(caller: Caller) -> Me:
    """Say who is calling, and in which roles."""
    named = {brand: tuple(sorted(roles)) for brand, roles in caller.brand_roles.items()}
    return Me(name=caller.name, roles=tuple(sorted(caller.roles)), brand_roles=named)


@router.get("/users")
def users(desk: Desk, caller: MayAdminister) -> UserList:
    """List users, by name."""
    return UserList(items=tuple(user_view(user) for user in desk.access.users(caller)))


@router.post("/users", status_code=HTTPStatus.CREATED, responses=responses(409, 413, 415, 422))
def add_user(
    desk: Desk, caller: MayAdminister, wanted: Annotated[NewUser, Body(examples=[USER])]
) -> UserView:
    """Add a user: a person with a password, or a program that will get keys."""
    added = desk.access.add_user(
        wanted.name, wanted.roles, wanted.password, caller, wanted.brand_roles
    )
    return user_view(added)


@router.put("/users/{name}/roles", responses=responses(404, 409, 413, 415, 422))
def set_roles(desk: Desk, caller: MayAdminister, name: Name, wanted: WantedRoles) -> UserView:
    """Give a user these roles and no others; keys and sessions follow at once."""
    return user_view(desk.access.set_roles(name, wanted.roles, caller, wanted.brand_roles))


@router.post("/users/{name}/disable", responses=responses(404, 409, 422))
def disable(desk: Desk, caller: MayAdminister, name: Name) -> UserView:
    """Shut a user out: sessions and keys stop working; what they did stays on record."""
    return user_view(desk.access.disable_user(name, caller))


@router.post("/users/{name}/enable", responses=responses(404, 409, 422))
def enable(desk: Desk, caller: MayAdminister, name: Name) -> UserView:
    """Let a user in again."""
    return user_view(desk.access.enable_user(name, caller))


@router.put(
    "/users/{name}/password",
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(404, 409, 413, 415, 422),
)
def set_password(desk: Desk, caller: MayAdminister, name: Name, wanted: NewPassword) -> None:
    """Set a user's password anew."""
    desk.access.set_password(name, wanted.password, caller)


@router.put("/users/{name}/reviewer-roles", responses=responses(404, 413, 415, 422))
def set_reviewer_roles(
    desk: Desk,
    caller: MayAdminister,
    name: Name,
    wanted: ReviewerRoles,
) -> UserView:
    """Say in which reviewer roles a user signs and dismisses: rules and policy ask for them."""
    return user_view(desk.access.set_reviewer_roles(name, wanted.reviews_as, caller))


@router.get("/keys", responses=responses(404, 422))
def keys(
    desk: Desk, caller: MayAdminister, user: Annotated[UserName | None, Query()] = None
) -> KeyList:
    """List a user's keys, oldest first, revoked ones too; without a user everybody's."""
    found = desk.access.keys(user, caller) if user else desk.access.all_keys(caller)
    return KeyList(items=tuple(key_view(key) for key in found))


@router.post("/keys", status_code=HTTPStatus.CREATED, responses=responses(404, 409, 413, 415, 422))
def add_key(
    desk: Desk, caller: MayAdminister, wanted: Annotated[WantedKey, Body(examples=[KEY])]
) -> MadeKey:
    """Make a key in some of the user's roles. The answer is the only place that shows it."""
    scope = (wanted.brands, wanted.expires_at)
    made = desk.access.add_key(wanted.user, wanted.roles, wanted.label, caller, *scope)
    return MadeKey(key=made.secret, **key_view(made.stored).model_dump())


@router.delete("/keys/{key_id}", status_code=HTTPStatus.NO_CONTENT, responses=responses(404, 422))
def revoke_key(
    desk: Desk,
    caller: MayAdminister,
    key_id: Annotated[str, Path(pattern=r"^cdk_[A-Za-z0-9_-]{8}$", description="A key's `id`.")],
) -> None:
    """Make a key useless, at once."""
    desk.access.revoke_key(key_id, caller)


def user_view(user: User) -> UserView:
    """Return what may be shown of a user."""
    return UserView(
        name=user.name,
        roles=user.roles,
        brand_roles=user.brand_roles,
        reviews_as=user.reviews_as,
        has_password=user.password_hash is not None,
        disabled=user.disabled,
    )


def key_view(key: ApiKey) -> KeyView:
    """Return what may be shown of a key."""
    return KeyView(**key.model_dump(exclude={"key_hash"}))
