"""Who may do what: users, roles, API keys and sessions. Secrets are stored as hashes only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import NamedTuple, Protocol

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from pydantic import Field, field_validator

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.briefs import Line, Noun, Slug
from copydesk.errors import Conflict, Forbidden

KEY_PREFIX = "cdk_"
PASSWORD_LENGTH_MIN = 12


class Role(StrEnum):
    """What a user or a key may do. Roles add up; none includes another, so four eyes stay four."""

    REQUESTER = "requester"
    """Asks for copy, edits campaigns."""
    REVIEWER = "reviewer"
    """Claims, edits, rejects, escalates, releases."""
    APPROVER = "approver"
    """As reviewer, and signs."""
    PULLER = "puller"
    """Pulls approved copy and reports outcomes."""
    ADMIN = "admin"
    """Manages users and keys, and reads everything; signs nothing. Never for one brand alone."""


class User(Noun):
    """A person, or a program that acts under its own name."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._@-]{0,63}$")
    roles: tuple[Role, ...]
    """For every brand."""
    brand_roles: dict[Line, tuple[Role, ...]] = {}
    """For single brands, by `Brand.name`: beside `roles`."""
    reviews_as: tuple[Slug, ...] = ()
    """Reviewer roles that this person holds, as `legal` or `principal`: rules and policy ask for
    them by name. They say what a signature counts for; whether one may sign is a role's matter."""
    password_hash: str | None = None
    """Argon2id; None for a user that only has keys."""
    disabled: bool = False
    identity: str | None = None
    """The account at the sign-in provider that is this user, as `ISSUER SUBJECT`: set when it first
    signs in, and no other account of that name is let in from then on."""

    @field_validator("brand_roles")
    @classmethod
    def _without_admins(cls, given: dict[str, tuple[Role, ...]]) -> dict[str, tuple[Role, ...]]:
        for brand, roles in given.items():
            if Role.ADMIN in roles:
                raise ValueError(f"give the role admin for every brand, not for {brand} alone")
        return {brand: roles for brand, roles in given.items() if roles}


class ApiKey(Noun):
    """A key as stored: its public start and the hash of the whole."""

    id: str
    """First characters of the key, safe to show."""
    key_hash: str
    user: str
    roles: tuple[Role, ...]
    """At most the user's roles."""
    brands: tuple[Line, ...] = ()
    """Brands that the key is for; none named: all that the user's roles are for."""
    label: str = ""
    created_at: datetime
    expires_at: datetime | None = None
    """From then on it opens nothing; None: it does not expire."""
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    """When it was last used, a minute more or less."""


class Session(Noun):
    """A signed-in browser."""

    id_hash: str
    user: str
    csrf: str
    created_at: datetime
    expires_at: datetime
    """When it ends however much it is used."""
    last_seen: datetime = Field(default_factory=lambda known: known["created_at"])
    """When it was last used, to the minute."""


class Tries(NamedTuple):
    """Tries to sign in, counted under one key."""

    made: int
    since: datetime
    """The first of them."""


class Actor(NamedTuple):
    """Who is calling, and in which roles. Whether somebody may do something is decided here."""

    name: str
    roles: frozenset[Role]
    """For every brand."""
    reviews_as: frozenset[str] = frozenset()
    """Reviewer roles of the user, as `legal`."""
    brand_roles: Mapping[str, frozenset[Role]] = MappingProxyType({})
    """For single brands, beside `roles`."""

    def may(self, *roles: Role, brand: str | None = None) -> bool:
        """Return whether the actor has one of these roles for the brand; for all, if none is named.

        This is the one place that decides: everything else asks here.
        """
        held = self.roles
        if brand is not None:
            held = held | self.brand_roles.get(brand, frozenset())
        return bool(held.intersection(roles))

    def must_be(self, *roles: Role, brand: str | None = None) -> None:
        """Raise Forbidden unless the actor has one of these roles for the brand.

        Without a brand it takes the role for all of them: what forgets to name one is closed.
        """
        if not self.may(*roles, brand=brand):
            raise self._refused(roles, brand)

    def reach(self, *roles: Role) -> Brands:
        """Return the brands for which the actor has one of these roles; there may be none."""
        if self.may(*roles):
            return EVERY_BRAND
        return Brands(frozenset(name for name in self.brand_roles if self.may(*roles, brand=name)))

    def brands(self, *roles: Role) -> Brands:
        """Return the brands for which the actor has one of these roles.

        Raises:
            Forbidden: there is none.
        """
        reach = self.reach(*roles)
        if not reach:
            raise self._refused(roles, None)
        return reach

    @property
    def told(self) -> str:
        """The actor's roles in words, as `requester, reviewer for Northpeak`."""
        return roles_told(self.roles, self.brand_roles) or "none"

    def _refused(self, roles: Iterable[Role], brand: str | None) -> Forbidden:
        wanted = " or ".join(role.value for role in roles)
        where = f" for {brand}" if brand is not None else ""
        return Forbidden(f"This needs the role {wanted}{where}; {self.name} has: {self.told}.")


def roles_told(everywhere: Iterable[Role], named: Mapping[str, Iterable[Role]]) -> str:
    """Return roles in words, those for single brands after those for all."""
    told = sorted(role.value for role in everywhere)
    told += [
        f"{role.value} for {brand}" for brand in sorted(named) for role in sorted(named[brand])
    ]
    return ", ".join(told)


def actor_for(user: User, key: ApiKey | None = None) -> Actor:
    """Return what the user may do, signed in; by a key, what the key lets through of it."""
    everywhere = frozenset(user.roles)
    named = {brand: frozenset(roles) for brand, roles in user.brand_roles.items()}
    if key is not None:
        asked = frozenset(key.roles)
        if key.brands:
            whole = Actor(user.name, everywhere, brand_roles=named)
            narrowed = {brand: _held(whole, asked, brand) for brand in key.brands}
            everywhere, named = frozenset(), narrowed
        else:
            everywhere = everywhere & asked
            named = {brand: roles & asked for brand, roles in named.items()}
    return Actor(user.name, everywhere, frozenset(user.reviews_as), named)


def reaches_no_further(one: Actor, other: Actor) -> bool:
    """Return whether whatever `one` may do, `other` may do, too."""
    named = [
        other.may(role, brand=brand) for brand, roles in one.brand_roles.items() for role in roles
    ]
    return one.roles <= other.roles and all(named)


def _held(actor: Actor, asked: Iterable[Role], brand: str) -> frozenset[Role]:
    """Return which of the roles the actor has for the brand; who administers does so for all."""
    return frozenset(r for r in asked if r is not Role.ADMIN and actor.may(r, brand=brand))


class NewKey(NamedTuple):
    """A key at the one moment when its secret is known."""

    secret: str
    stored: ApiKey


class KeyScope(NamedTuple):
    """What a key lets its holder do, and for how long."""

    roles: Sequence[Role]
    brands: Sequence[str] = ()
    """None named: all that the user's roles are for."""
    expires_at: datetime | None = None


def new_key(user: User, scope: KeyScope, label: str, now: datetime) -> NewKey:
    """Make an API key for `user`.

    Raises:
        Forbidden: a role is not the user's own, or not for a brand that is named.
        Conflict: it would have expired already.
    """
    _must_hold(actor_for(user), scope)
    if scope.expires_at is not None and scope.expires_at <= now:
        raise Conflict("This key would have expired already: let it expire later.")
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    stored = ApiKey(
        id=secret[:12],
        key_hash=hash_secret(secret),
        user=user.name,
        roles=tuple(scope.roles),
        brands=tuple(scope.brands),
        label=label,
        created_at=now,
        expires_at=scope.expires_at,
    )
    return NewKey(secret, stored)


def _must_hold(actor: Actor, scope: KeyScope) -> None:
    """Raise Forbidden unless each role of the scope is the actor's, for each brand it names."""
    if scope.brands and Role.ADMIN in scope.roles:
        raise Forbidden("The role admin is for every brand: leave the brands out, or the role.")
    for role in scope.roles:
        if not actor.reach(role):
            beyond = f"{actor.name} does not have the role {role.value}"
            raise Forbidden(f"{beyond}: give it to the user first.")
        for brand in scope.brands:
            if brand not in actor.reach(role):
                beyond = f"{actor.name} does not have the role {role.value} for {brand}"
                raise Forbidden(f"{beyond}: give it to the user first.")


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a random secret (a key or a session id), as stored.

    Such secrets have 256 random bits, so a fast hash is enough; passwords go through Argon2id.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password. Raises Forbidden when it is too short."""
    if len(password) < PASSWORD_LENGTH_MIN:
        raise Forbidden(f"A password needs at least {PASSWORD_LENGTH_MIN} characters.")
    return _hasher().hash(password)


def password_fits(password: str, password_hash: str | None) -> bool:
    """Return whether the password is the user's; takes as long for a user without one."""
    try:
        _hasher().verify(password_hash or _nobody(), password)
    except VerificationError:
        return False
    return password_hash is not None


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_hex(16))


class Users(Protocol):
    """Users, by name."""

    def add(self, user: User) -> None:
        """Store a new user. Raises Conflict when the name is taken."""

    def get(self, name: str) -> User:
        """Return the user. Raises NotFound."""

    def save(self, user: User) -> None:
        """Replace the user. Raises NotFound."""

    def all(self) -> Sequence[User]:
        """Return every user, by name."""


class ApiKeys(Protocol):
    """API keys, by their hash."""

    def add(self, key: ApiKey) -> None:
        """Store a new key."""

    def by_hash(self, key_hash: str) -> ApiKey | None:
        """Return the key with this hash, revoked or not, or None."""

    def get(self, key_id: str) -> ApiKey:
        """Return the key with this id, revoked or not. Raises NotFound."""

    def all(self) -> Sequence[ApiKey]:
        """Return every key, by user, a user's oldest first."""

    def of_user(self, user: str) -> Sequence[ApiKey]:
        """Return the user's keys, oldest first."""

    def note_use(self, key_id: str, now: datetime, unless_since: datetime) -> None:
        """Keep that the key was used, unless that is kept of `unless_since` or later already."""

    def revoke(self, key_id: str, now: datetime) -> None:
        """Make the key useless. Raises NotFound."""


class Sessions(Protocol):
    """Browser sessions, by the hash of their id."""

    def add(self, session: Session) -> None:
        """Store a new session."""

    def by_hash(self, id_hash: str) -> Session | None:
        """Return the session, expired or not, or None."""

    def of_user(self, user: str) -> Sequence[Session]:
        """Return the user's sessions, expired ones too, the one seen last first."""

    def touch(self, id_hash: str, now: datetime) -> None:
        """Note that the session was used; no error when there is none."""

    def end(self, id_hash: str) -> None:
        """Forget the session; no error when there is none."""

    def end_of(self, user: str, but: str | None = None) -> int:
        """Forget the user's sessions but the one whose hash is `but`; return how many."""

    def forget_idle(self, since: datetime) -> int:
        """Forget the sessions that were not used since; return how many."""


class SignInTries(Protocol):
    """Tries to sign in, by whatever they are counted under."""

    def add(self, key: str, now: datetime, since: datetime) -> Tries:
        """Count one more, and return all of them; those begun before `since` are forgotten.

        Two processes that count at once both count.
        """

    def take_back(self, key: str) -> None:
        """Count one less, down to none; no error when there is none."""

    def clear(self, key: str) -> None:
        """Forget the tries under this key."""

    def forget(self, before: datetime) -> int:
        """Forget what began before; return how many keys that were."""
