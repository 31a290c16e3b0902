"""Users, keys and sessions: letting people and programs in, and keeping them out again."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from copydesk import documents
from copydesk.access import (
    Actor,
    ApiKey,
    KeyScope,
    NewKey,
    Role,
    Session,
    User,
    actor_for,
    hash_password,
    hash_secret,
    new_key,
    password_fits,
    reaches_no_further,
)
from copydesk.desk.parts import Clock, record
from copydesk.desk.sessions import NOBODY, SEEN_EVERY, STRANGER, Lifetime, ended_everywhere, opened
from copydesk.errors import Conflict, Forbidden, NotFound, StoreUnavailable, Unauthenticated
from copydesk.storage import Store, Transaction
from copydesk.storage.stored import missing

log = logging.getLogger(__name__)

WRONG = "The name or the password is wrong."
USE_NOTED_EVERY = timedelta(minutes=1)
"""A key's use is written down no more often: who pulls a thousand times a second writes once."""
TOLD_OF_KEY = ("user", "roles", "brands", "label", "expires_at")
"""What the record keeps of a new key."""


class Access:
    """Who may come in, and in which roles. Only an admin changes that."""

    def __init__(
        self, store: Store, clock: Clock, session_hours: int = 12, session_idle_minutes: int = 60
    ) -> None:
        self._store = store
        self._clock = clock
        idle = timedelta(minutes=session_idle_minutes)
        self.lifetime = Lifetime(timedelta(hours=session_hours), idle)

    def sign_in(self, name: str, password: str) -> tuple[str, Session]:
        """Open a browser session; return its id, which is not stored, and the session.

        Raises Unauthenticated, in the same words and after the same time whether the name is
        unknown, has no password or is disabled, or the password is wrong.
        """
        with self._store.transaction() as tx:
            user = _user_or_none(tx, name)
        # Outside of the transaction: Argon2 takes its time on purpose.
        fits = password_fits(password, user.password_hash if user is not None else None)
        if user is None or user.disabled or not fits:
            self._note_refusal(user)
            raise Unauthenticated(WRONG)
        with self._store.transaction() as tx:
            return opened(tx, user, self.lifetime, self._clock(), by="password")

    def sign_out(self, session_id: str) -> None:
        """End the session; no error when there is none."""
        with self._store.transaction() as tx:
            tx.sessions.end(hash_secret(session_id))

    def actor_of_session(
        self, session_id: str, *, used: bool = True
    ) -> tuple[Actor, Session] | None:
        """Return who is signed in, or None when the session ended, ran out or was never there.

        `used` is False where a page asks by itself, with nobody before it: that keeps no session.
        """
        now = self._clock()
        with self._store.transaction() as tx:
            session = tx.sessions.by_hash(hash_secret(session_id))
            if session is None or self.lifetime.is_over(session, now):
                return None
            user = _user_or_none(tx, session.user)
        if user is None or user.disabled:
            return None
        if used:
            self._note_seen(session, now)
        return actor_for(user), session

    def sessions(self, name: str, actor: Actor) -> Sequence[Session]:
        """Return the user's sessions, last used first: one's own, or as an admin anyone's."""
        if actor.name != name:
            actor.must_be(Role.ADMIN)
        now = self._clock()
        with self._store.transaction() as tx:
            found = tx.sessions.of_user(tx.users.get(name).name)
        return [session for session in found if not self.lifetime.is_over(session, now)]

    def sign_out_everywhere(self, name: str, actor: Actor, but: str | None = None) -> int:
        """End the user's sessions: one's own, or as an admin anyone's. Returns how many.

        The one whose hash is `but` stays open. Keys are not sessions: they stay as they are.
        """
        if actor.name != name:
            actor.must_be(Role.ADMIN)
        with self._store.transaction() as tx:
            user = tx.users.get(name)
            return ended_everywhere(tx, user.name, actor.name, self._clock(), but)

    def unlink(self, name: str, actor: Actor) -> User:
        """Let go of the user's account at the sign-in provider: the next of that name is taken."""
        actor.must_be(Role.ADMIN)
        with self._store.transaction() as tx:
            user = tx.users.get(name).model_copy(update={"identity": None})
            tx.users.save(user)
            self._record(tx, user, "user.unlinked", actor)
        return user

    def actor_of_key(self, secret: str) -> Actor:
        """Return who the key speaks for, with what of its roles and brands the user still has.

        Raises Unauthenticated when it is unknown, revoked or expired, or its user disabled.
        """
        now = self._clock()
        with self._store.transaction() as tx:
            key = tx.keys.by_hash(hash_secret(secret))
            user = _user_or_none(tx, key.user) if key is not None else None
        if key is None or key.revoked_at is not None:
            raise Unauthenticated("This API key is not known, or was revoked.")
        if key.expires_at is not None and key.expires_at <= now:
            raise Unauthenticated(f"This API key expired at {key.expires_at:%Y-%m-%d %H:%M %Z}.")
        if user is None or user.disabled:
            raise Unauthenticated(f"The user of this API key, {key.user}, is disabled.")
        self._note_use(key, now)
        return actor_for(user, key)

    def users(self, actor: Actor) -> Sequence[User]:
        """Return every user, by name."""
        actor.must_be(Role.ADMIN)
        with self._store.transaction() as tx:
            return tx.users.all()

    def user(self, name: str, actor: Actor) -> User:
        """Return the user: oneself, or for an admin anyone. Raises NotFound."""
        if actor.name != name:
            actor.must_be(Role.ADMIN)
        with self._store.transaction() as tx:
            return tx.users.get(name)

    def add_user(
        self,
        name: str,
        roles: Sequence[Role],
        password: str | None,
        actor: Actor,
        brand_roles: Mapping[str, Sequence[Role]] | None = None,
    ) -> User:
        """Add a user; without a password, one that only uses keys.

        `brand_roles` are roles for single brands, by `Brand.name`.

        Raises:
            InputError: the name cannot be a user's name, or a brand's roles are none.
            Conflict: the name is taken.
            Forbidden: the password is too short.
        """
        actor.must_be(Role.ADMIN)
        hashed = hash_password(password) if password is not None else None
        data = {"name": name, "password_hash": hashed, **_given(roles, brand_roles or {})}
        user = documents.shaped(data, User)
        with self._store.transaction() as tx:
            tx.users.add(user)
            self._record(tx, user, "user.added", actor, **_roles(user))
        return user

    def set_reviewer_roles(self, name: str, reviews_as: Sequence[str], actor: Actor) -> User:
        """Say which reviewer roles a user holds, as `legal`: these and no others.

        Raises InputError for what cannot be a role's name, NotFound for an unknown user.
        """
        actor.must_be(Role.ADMIN)
        with self._store.transaction() as tx:
            data = tx.users.get(name).model_dump() | {"reviews_as": sorted(set(reviews_as))}
            user = documents.shaped(data, User)
            tx.users.save(user)
            self._record(tx, user, "user.reviews_as", actor, reviews_as=[*user.reviews_as])
        return user

    def set_roles(
        self,
        name: str,
        roles: Sequence[Role],
        actor: Actor,
        brand_roles: Mapping[str, Sequence[Role]] | None = None,
    ) -> User:
        """Give the user these roles and no others; keys and sessions follow at once.

        `brand_roles` are those for single brands; None leaves them as they are.

        Raises:
            InputError: a brand's roles are none.
            Conflict: no admin would be left.
        """
        actor.must_be(Role.ADMIN)
        with self._store.transaction() as tx:
            before = tx.users.get(name)
            named = before.brand_roles if brand_roles is None else brand_roles
            user = documents.shaped(before.model_dump() | _given(roles, named), User)
            _must_leave_an_admin(tx, user)
            tx.users.save(user)
            self._record(tx, user, "user.roles_set", actor, **_roles(user))
        return user

    def change_password(self, current: str, new: str, actor: Actor, but: str | None = None) -> None:
        """Change one's own password, knowing the one of now. Ends one's sessions.

        The one whose hash is `but` stays open: it is where the password was changed.

        Raises:
            Forbidden: `current` is wrong, or `new` is too short.
        """
        with self._store.transaction() as tx:
            user = tx.users.get(actor.name)
        # Outside of the transaction: Argon2 takes its time on purpose.
        if not password_fits(current, user.password_hash):
            raise Forbidden("The password of now is wrong: nothing was changed.")
        self._put_password(actor.name, new, actor, but)

    def set_password(self, name: str, password: str, actor: Actor) -> None:
        """Change anyone's password without the one of now, as an admin. Ends the user's sessions.

        Whoever finds a browser signed in, or holds a key, gets no password by it: see
        `change_password` for one's own.

        Raises Forbidden when it is too short, or the actor is no admin.
        """
        actor.must_be(Role.ADMIN)
        self._put_password(name, password, actor)

    def _put_password(self, name: str, password: str, actor: Actor, but: str | None = None) -> None:
        hashed = hash_password(password)
        with self._store.transaction() as tx:
            user = tx.users.get(name).model_copy(update={"password_hash": hashed})
            tx.users.save(user)
            self._record(tx, user, "user.password_set", actor)
            ended_everywhere(tx, user.name, actor.name, self._clock(), but)

    def disable_user(self, name: str, actor: Actor) -> User:
        """Keep the user out: sessions and keys are refused from now on.

        Raises Conflict when no admin would be left.
        """
        return self._set_disabled(name, actor, disabled=True)

    def enable_user(self, name: str, actor: Actor) -> User:
        """Let the user in again."""
        return self._set_disabled(name, actor, disabled=False)

    def keys(self, user: str, actor: Actor) -> Sequence[ApiKey]:
        """Return the user's keys, oldest first: one's own, or as an admin anyone's."""
        if actor.name != user:
            actor.must_be(Role.ADMIN)
        with self._store.transaction() as tx:
            return tx.keys.of_user(tx.users.get(user).name)

    def key(self, key_id: str, actor: Actor) -> ApiKey:
        """Return a key: one's own, or as an admin anyone's.

        Raises:
            NotFound: there is none by this id, or it is somebody else's.
        """
        with self._store.transaction() as tx:
            return _theirs(tx, key_id, actor)

    def all_keys(self, actor: Actor) -> Sequence[ApiKey]:
        """Return every key, by user, a user's oldest first."""
        actor.must_be(Role.ADMIN)
        with self._store.transaction() as tx:
            return tx.keys.all()

    def add_key(
        self,
        user: str,
        roles: Sequence[Role],
        label: str,
        actor: Actor,
        brands: Sequence[str] = (),
        expires_at: datetime | None = None,
    ) -> NewKey:
        """Make a key for the user; its secret is in the answer and nowhere else.

        An admin makes keys for anyone, everybody else for themselves. With `brands` it is for those
        alone, and for all that the user's roles are for without.

        Raises:
            Forbidden: a role is not the user's own, or not for such a brand; or who is no admin
                asks for a key that could do more than they may.
            Conflict: the user is disabled, or `expires_at` is over.
        """
        if actor.name != user:
            actor.must_be(Role.ADMIN)
        now, scope = self._clock(), KeyScope(sorted(set(roles)), sorted(set(brands)), expires_at)
        with self._store.transaction() as tx:
            owner = tx.users.get(user)
            if owner.disabled:
                raise Conflict(f"{user} is disabled: enable the user first.")
            key = new_key(owner, scope, label, now)
            made = actor_for(owner, key.stored)
            if not actor.may(Role.ADMIN) and not reaches_no_further(made, actor):
                raise Forbidden(f"A key can do no more than who makes it; you have: {actor.told}.")
            tx.keys.add(key.stored)
            told = key.stored.model_dump(mode="json", include=set(TOLD_OF_KEY), exclude_none=True)
            record(tx, f"key:{key.stored.id}", "key.added", actor.name, now, **told)
        return key

    def revoke_key(self, key_id: str, actor: Actor) -> None:
        """Make a key useless: one's own, or as an admin anyone's.

        Raises:
            NotFound: there is none by this id, or it is somebody else's.
        """
        now = self._clock()
        with self._store.transaction() as tx:
            _theirs(tx, key_id, actor)
            tx.keys.revoke(key_id, now)
            record(tx, f"key:{key_id}", "key.revoked", actor.name, now)

    def _note_use(self, key: ApiKey, now: datetime) -> None:
        since = now - USE_NOTED_EVERY
        if key.last_used_at is not None and key.last_used_at > since:
            return
        try:
            with self._store.transaction() as tx:
                tx.keys.note_use(key.id, now, since)
        except StoreUnavailable:  # to be let in matters more than to be noted
            log.warning("key.use_not_noted", exc_info=True)

    def _note_seen(self, session: Session, now: datetime) -> None:
        if now - session.last_seen < SEEN_EVERY:
            return
        try:
            with self._store.transaction() as tx:
                tx.sessions.touch(session.id_hash, now)
        except StoreUnavailable:  # who can still read is let read
            log.warning("session.use_not_noted", exc_info=True)

    def _note_refusal(self, user: User | None) -> None:
        """Put a refused sign-in on the record; a name that is nobody's is not kept."""
        subject, actor = (f"user:{user.name}", user.name) if user else (STRANGER, NOBODY)
        with self._store.transaction() as tx:
            record(tx, subject, "session.refused", actor, self._clock(), by="password")

    def _set_disabled(self, name: str, actor: Actor, *, disabled: bool) -> User:
        actor.must_be(Role.ADMIN)
        with self._store.transaction() as tx:
            user = tx.users.get(name).model_copy(update={"disabled": disabled})
            _must_leave_an_admin(tx, user)
            tx.users.save(user)
            self._record(tx, user, "user.disabled" if disabled else "user.enabled", actor)
            if disabled:
                ended_everywhere(tx, user.name, actor.name, self._clock())
        return user

    def _record(
        self, tx: Transaction, user: User, act: str, actor: Actor, **details: object
    ) -> None:
        record(tx, f"user:{user.name}", act, actor.name, self._clock(), **details)


def _given(roles: Sequence[Role], named: Mapping[str, Sequence[Role]]) -> dict[str, object]:
    single = {brand: sorted(set(named[brand])) for brand in sorted(named)}
    return {"roles": sorted(set(roles)), "brand_roles": single}


def _roles(user: User) -> dict[str, object]:
    named = {brand: [*roles] for brand, roles in user.brand_roles.items()}
    return {"roles": [*user.roles], **({"brand_roles": named} if named else {})}


def _theirs(tx: Transaction, key_id: str, actor: Actor) -> ApiKey:
    key = tx.keys.get(key_id)
    if key.user != actor.name and not actor.may(Role.ADMIN):
        raise missing("key", key_id)
    return key


def _user_or_none(tx: Transaction, name: str) -> User | None:
    try:
        return tx.users.get(name)
    except NotFound:
        return None


def _must_leave_an_admin(tx: Transaction, changed: User) -> None:
    """Raise Conflict when `changed` takes the last admin away."""
    before = tx.users.all()
    after = [changed if user.name == changed.name else user for user in before]
    if any(map(_is_admin, before)) and not any(map(_is_admin, after)):
        raise Conflict(f"{changed.name} is the last admin: make somebody else one first.")


def _is_admin(user: User) -> bool:
    return Role.ADMIN in user.roles and not user.disabled
