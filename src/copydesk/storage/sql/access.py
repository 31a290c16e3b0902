"""Users, keys and sessions in a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    case,
    delete,
    or_,
    select,
    update,
)

from copydesk.access import ApiKey, Session, Tries, User
from copydesk.storage.sql import schema
from copydesk.storage.sql.statements import insert, insert_new, many, one, replace
from copydesk.storage.stored import missing, read, taken, written


class SqlUsers:
    """Users, by name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, user: User) -> None:
        """Store a new user. Raises Conflict when the name is taken."""
        row = {"name": user.name, "document": written(user)}
        if not insert_new(self._connection, schema.users, row):
            raise taken("user", user.name)

    def get(self, name: str) -> User:
        """Return the user. Raises NotFound."""
        query = select(schema.users.c.document).where(schema.users.c.name == name)
        user = one(self._connection, User, query)
        if user is None:
            raise missing("user", name)
        return user

    def save(self, user: User) -> None:
        """Replace the user. Raises NotFound."""
        row = {"name": user.name, "document": written(user)}
        if not replace(self._connection, schema.users, row):
            raise missing("user", user.name)

    def all(self) -> Sequence[User]:
        """Return every user, by name."""
        query = select(schema.users.c.document).order_by(schema.users.c.name)
        return many(self._connection, User, query)


class SqlKeys:
    """API keys, by their public start and by their hash.

    When a key was last used stands in a column alone: to write it down changes no document, so it
    never meets a revocation.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, key: ApiKey) -> None:
        """Store a new key. Raises Conflict when its id is taken."""
        row = {
            "id": key.id,
            "key_hash": key.key_hash,
            "owner": key.user,
            "created_at": key.created_at,
            "last_used_at": key.last_used_at,
            "document": written(key),
        }
        if not insert_new(self._connection, schema.keys, row):
            raise taken("key", key.id)

    def get(self, key_id: str) -> ApiKey:
        """Return the key with this id, revoked or not. Raises NotFound."""
        key = self._one(schema.keys.c.id == key_id)
        if key is None:
            raise missing("key", key_id)
        return key

    def by_hash(self, key_hash: str) -> ApiKey | None:
        """Return the key with this hash, revoked or not, or None."""
        return self._one(schema.keys.c.key_hash == key_hash)

    def all(self) -> Sequence[ApiKey]:
        """Return every key, by user, a user's oldest first."""
        keys = schema.keys.c
        query = select(keys.document, keys.last_used_at)
        ordered = query.order_by(keys.owner, keys.created_at, keys.id)
        return [_key(*row) for row in self._connection.execute(ordered)]

    def of_user(self, user: str) -> Sequence[ApiKey]:
        """Return the user's keys, oldest first."""
        keys = schema.keys.c
        query = select(keys.document, keys.last_used_at).where(keys.owner == user)
        ordered = query.order_by(keys.created_at, keys.id)
        return [_key(*row) for row in self._connection.execute(ordered)]

    def revoke(self, key_id: str, now: datetime) -> None:
        """Make the key useless; the time of a first revocation stands. Raises NotFound."""
        query = select(schema.keys.c.document).where(schema.keys.c.id == key_id)
        key = one(self._connection, ApiKey, query.with_for_update())
        if key is None:
            raise missing("key", key_id)
        if key.revoked_at is None:
            revoked = key.model_copy(update={"revoked_at": now})
            replace(self._connection, schema.keys, {"id": key_id, "document": written(revoked)})

    def note_use(self, key_id: str, now: datetime, unless_since: datetime) -> None:
        """Keep that the key was used, unless that is kept of `unless_since` or later already."""
        keys = schema.keys.c
        is_old = or_(keys.last_used_at.is_(None), keys.last_used_at < unless_since)
        used = update(schema.keys).where(keys.id == key_id, is_old).values(last_used_at=now)
        self._connection.execute(used)

    def _one(self, is_it: ColumnElement[bool]) -> ApiKey | None:
        query = select(schema.keys.c.document, schema.keys.c.last_used_at).where(is_it)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _key(*row)


def _key(document: dict[str, Any], last_used_at: datetime | None) -> ApiKey:
    return read(ApiKey, {**document, "last_used_at": last_used_at})


class SqlSessions:
    """Browser sessions, by the hash of their id."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, session: Session) -> None:
        """Store a new session, and forget those that had expired when it began."""
        sessions = schema.sessions
        old = delete(sessions).where(sessions.c.expires_at <= session.created_at)
        self._connection.execute(old)
        row = {
            "id_hash": session.id_hash,
            "owner": session.user,
            "expires_at": session.expires_at,
            "last_seen": session.last_seen,
            "document": written(session),
        }
        if not insert_new(self._connection, sessions, row):
            raise taken("session", session.id_hash)

    def by_hash(self, id_hash: str) -> Session | None:
        """Return the session, expired or not, or None."""
        found = self._connection.execute(_sessions().where(schema.sessions.c.id_hash == id_hash))
        row = found.one_or_none()
        return None if row is None else _session(row)

    def of_user(self, user: str) -> Sequence[Session]:
        """Return the user's sessions, expired ones too, the one seen last first."""
        sessions = schema.sessions.c
        query = _sessions().where(sessions.owner == user)
        query = query.order_by(sessions.last_seen.desc(), sessions.id_hash.desc())
        return [_session(row) for row in self._connection.execute(query)]

    def touch(self, id_hash: str, now: datetime) -> None:
        """Note that the session was used; no error when there is none."""
        sessions = schema.sessions
        used = update(sessions).where(sessions.c.id_hash == id_hash)
        self._connection.execute(used.values(last_seen=now))

    def end(self, id_hash: str) -> None:
        """Forget the session; no error when there is none."""
        gone = delete(schema.sessions).where(schema.sessions.c.id_hash == id_hash)
        self._connection.execute(gone)

    def end_of(self, user: str, but: str | None = None) -> int:
        """Forget the user's sessions but the one whose hash is `but`; return how many."""
        sessions = schema.sessions
        gone = delete(sessions).where(sessions.c.owner == user)
        if but is not None:
            gone = gone.where(sessions.c.id_hash != but)
        return self._connection.execute(gone).rowcount

    def forget_idle(self, since: datetime) -> int:
        """Forget the sessions that were not used since; return how many."""
        sessions = schema.sessions
        idle = delete(sessions).where(sessions.c.last_seen < since)
        return self._connection.execute(idle).rowcount


class SqlSignInTries:
    """Tries to sign in, by whatever they are counted under."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, key: str, now: datetime, since: datetime) -> Tries:
        """Count one more, and return all of them; those begun before `since` are forgotten."""
        table = schema.sign_in_tries
        new = insert(self._connection, table).values(key=key, count=1, since=now)
        old = table.c.since < since
        counted = new.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "count": case((old, 1), else_=table.c.count + 1),
                "since": case((old, new.excluded.since), else_=table.c.since),
            },
        )
        row = self._connection.execute(counted.returning(table.c.count, table.c.since)).one()
        return Tries(*row)

    def take_back(self, key: str) -> None:
        """Count one less, down to none; no error when there is none."""
        table = schema.sign_in_tries
        less = update(table).where(table.c.key == key, table.c.count > 0)
        self._connection.execute(less.values(count=table.c.count - 1))

    def clear(self, key: str) -> None:
        """Forget the tries under this key."""
        table = schema.sign_in_tries
        self._connection.execute(delete(table).where(table.c.key == key))

    def forget(self, before: datetime) -> int:
        """Forget what began before; return how many keys that were."""
        table = schema.sign_in_tries
        # Rows that another process has hold of are left for the next time: nobody waits.
        old = select(table.c.key).where(table.c.since < before).with_for_update(skip_locked=True)
        return self._connection.execute(delete(table).where(table.c.key.in_(old))).rowcount


def _sessions() -> Select[tuple[dict[str, object], datetime]]:
    return select(schema.sessions.c.document, schema.sessions.c.last_seen)


def _session(row: Row[tuple[dict[str, object], datetime]]) -> Session:
    session = read(Session, row.document)
    return session.model_copy(update={"last_seen": row.last_seen})
