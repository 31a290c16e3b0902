"""Letting somebody in: by a password, or on the word of a provider. Each try is on the record."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from copydesk.access import Actor, Role, Session, User
from copydesk.desk.access_desk import Access
from copydesk.desk.parts import Clock, record
from copydesk.desk.sealing import Seal
from copydesk.desk.sessions import NOBODY, STRANGER, opened
from copydesk.desk.throttling import Origin, Throttle
from copydesk.errors import NotFound, SignInRefused, Unauthenticated
from copydesk.storage import Store, Transaction

PROVIDER = "provider:oidc"
"""Who changes users on a provider's word."""
KNOWN = timedelta(days=90)
UNDER_WAY = timedelta(minutes=10)


class Identity(NamedTuple):
    """Who somebody is, on the word of a provider whose signature was checked."""

    name: str
    """As our user's."""
    account: str
    """`ISSUER SUBJECT`: the same for ever, whatever the name becomes."""
    roles: tuple[Role, ...] | None
    """What their groups give; None where roles are given here."""


class SignIn:
    """The door: counts tries, and opens sessions."""

    def __init__(self, store: Store, clock: Clock, access: Access, secret: bytes) -> None:
        self._store = store
        self._clock = clock
        self._access = access
        self._throttle = Throttle(store, clock, secret)
        self.known_browsers = Seal(secret, "known browser", KNOWN)
        """Seals what a browser shows for having signed in under a name before."""
        self.under_way = Seal(secret, "sign-in under way", UNDER_WAY)
        """Seals what a browser keeps while it is at the provider's."""

    def by_password(self, name: str, password: str, origin: Origin) -> tuple[str, Session]:
        """Open a session; return its id, which is not stored, and the session.

        Raises:
            TooManyRequests: too many tries failed of late; the password was not looked at.
            Unauthenticated: in the same words and after the same time, whatever was wrong.
        """
        self._throttle.take(name, origin)
        signed_in = self._access.sign_in(name, password)
        self._throttle.give_back(name, origin)
        return signed_in

    def change_password(
        self, current: str, new: str, actor: Actor, session: Session, origin: Origin
    ) -> None:
        """Change one's own password; all sessions but this one end.

        Raises:
            TooManyRequests: the password of now was wrong too often of late.
            Forbidden: it is wrong, or `new` is too short.
        """
        self._throttle.take(actor.name, origin)
        self._access.change_password(current, new, actor, but=session.id_hash)
        self._throttle.give_back(actor.name, origin)

    def by_identity(self, identity: Identity, *, adds: bool) -> tuple[str, Session]:
        """Open a session for the user of this name; `adds` makes one where there is none.

        Roles are set as the provider tells them, where it does.

        Raises:
            SignInRefused: the user is unknown or disabled, or has another account there.
        """
        now = self._clock()
        try:
            with self._store.transaction() as tx:
                user = self._admitted(tx, identity, adds=adds)
                return opened(tx, user, self._access.lifetime, now, by="oidc")
        except SignInRefused as refusal:
            with self._store.transaction() as tx:
                why = {"by": "oidc", "why": refusal.message}
                record(tx, f"user:{identity.name}", "session.refused", PROVIDER, now, **why)
            raise

    def refuse(self, why: Unauthenticated, origin: Origin) -> None:
        """Put on the record that nobody was let in, and count it against the address.

        Raises:
            TooManyRequests: there was too much of that from there; it is not recorded then.
        """
        self._throttle.take_address(origin)
        with self._store.transaction() as tx:
            told = {"by": "oidc", "why": why.message}
            record(tx, STRANGER, "session.refused", NOBODY, self._clock(), **told)

    def _admitted(self, tx: Transaction, identity: Identity, *, adds: bool) -> User:
        user = _user_of(tx, identity)
        if user is None:
            return self._added(tx, identity, adds=adds)
        if user.disabled:
            raise SignInRefused(f"{user.name} is disabled here: ask an admin of Copydesk.")
        if user.identity not in {None, identity.account}:
            raise SignInRefused(
                f"{user.name} is another account of the provider's: if both are the same person, "
                f"an operator lets go of the old one: copydesk users unlink {user.name}"
            )
        return self._brought_in_step(tx, user, identity)

    def _added(self, tx: Transaction, identity: Identity, *, adds: bool) -> User:
        if not adds:
            raise SignInRefused(
                f"The provider knows you as {identity.name}, and Copydesk does not: "
                "ask an admin of Copydesk to add you under this name."
            )
        user = User(name=identity.name, roles=identity.roles or (), identity=identity.account)
        tx.users.add(user)
        self._record(tx, user, "user.added", roles=[*user.roles], account=identity.account)
        return user

    def _brought_in_step(self, tx: Transaction, user: User, identity: Identity) -> User:
        roles = user.roles if identity.roles is None else identity.roles
        changed = user.model_copy(update={"roles": roles, "identity": identity.account})
        if changed == user:
            return user
        tx.users.save(changed)
        if changed.identity != user.identity:
            self._record(tx, changed, "user.linked", account=identity.account)
        if changed.roles != user.roles:
            self._record(tx, changed, "user.roles_set", roles=[*roles])
        return changed

    def _record(self, tx: Transaction, user: User, act: str, **details: object) -> None:
        record(tx, f"user:{user.name}", act, PROVIDER, self._clock(), **details)


def _user_of(tx: Transaction, identity: Identity) -> User | None:
    """Return whose account it is, else the user of its name; None where there is neither.

    One account is one user, whatever it is called by now: under a second name somebody could sign
    what they wrote under the first, and who is disabled would come back.
    """
    linked = [user for user in tx.users.all() if user.identity == identity.account]
    if linked:
        return linked[0]
    try:
        return tx.users.get(identity.name)
    except NotFound:
        return None
