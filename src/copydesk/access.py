"""Who may do what: users, roles, API keys and sessions. Secrets are stored as hashes only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import NamedTuple, Protocol

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from pydantic import Field

from copydesk.briefs import Noun, Slug
from copydesk.errors import Forbidden

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
    """Manages users and keys; signs nothing."""


class User(Noun):
    """A person, or a program that acts under its own name."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._@-]{0,63}$")
    roles: tuple[Role, ...]
    reviews_as: tuple[Slug, ...] = ()
    """Reviewer roles that this person holds, as `legal` or `principal`: rules and policy ask for
    them by name. They say what a signature counts for; whether one may sign is a role's matter."""
    password_hash: str | None = None
    """Argon2id; None for a user that only has keys."""
    disabled: bool = False


class ApiKey(Noun):
    """A key as stored: its public start and the hash of the whole."""

    id: str
    """First characters of the key, safe to show."""
    key_hash: str
    user: str
    roles: tuple[Role, ...]
    """At most the user's roles."""
    label: str = ""
    created_at: datetime
    revoked_at: datetime | None = None


class Session(Noun):
    """A signed-in browser."""

    id_hash: str
    user: str
    csrf: str
    created_at: datetime
    expires_at: datetime


class Actor(NamedTuple):
    """Who is calling, and in which roles."""

    name: str
    roles: frozenset[Role]
    reviews_as: frozenset[str] = frozenset()
    """Reviewer roles of the user, as `legal`."""

    def must_be(self, *roles: Role) -> None:
        """Raise Forbidden unless the actor has one of these roles."""
        if not self.roles.intersection(roles):
            wanted = " or ".join(role.value for role in roles)
            held = ", ".join(sorted(role.value for role in self.roles)) or "none"
            raise Forbidden(f"This needs the role {wanted}; {self.name} has: {held}.")


class NewKey(NamedTuple):
    """A key at the one moment when its secret is known."""

    secret: str
    stored: ApiKey


def new_key(user: User, roles: Sequence[Role], label: str, now: datetime) -> NewKey:
    """Make an API key for `user`. Raises Forbidden when a role is not the user's own."""
    beyond = set(roles) - set(user.roles)
    if beyond:
        names = ", ".join(sorted(role.value for role in beyond))
        raise Forbidden(f"{user.name} does not have the role {names}: give it to the user first.")
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    stored = ApiKey(
        id=secret[:12],
        key_hash=hash_secret(secret),
        user=user.name,
        roles=tuple(roles),
        label=label,
        created_at=now,
    )
    return NewKey(secret, stored)


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

    def of_user(self, user: str) -> Sequence[ApiKey]:
        """Return the user's keys, oldest first."""

    def revoke(self, key_id: str, now: datetime) -> None:
        """Make the key useless. Raises NotFound."""


class Sessions(Protocol):
    """Browser sessions, by the hash of their id."""

    def add(self, session: Session) -> None:
        """Store a new session."""

    def by_hash(self, id_hash: str) -> Session | None:
        """Return the session, expired or not, or None."""

    def end(self, id_hash: str) -> None:
        """Forget the session; no error when there is none."""
