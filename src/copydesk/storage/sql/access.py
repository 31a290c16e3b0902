"""Users, keys and sessions in a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from copydesk.access import ApiKey, Session, User
from copydesk.storage.sql import schema
from copydesk.storage.sql.statements import insert_new, many, one, replace
from copydesk.storage.stored import missing, taken, written


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
    """API keys, by their public start and by their hash."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, key: ApiKey) -> None:
        """Store a new key. Raises Conflict when its id is taken."""
        row = {
            "id": key.id,
            "key_hash": key.key_hash,
            "owner": key.user,
            "created_at": key.created_at,
            "document": written(key),
        }
        if not insert_new(self._connection, schema.keys, row):
            raise taken("key", key.id)

    def by_hash(self, key_hash: str) -> ApiKey | None:
        """Return the key with this hash, revoked or not, or None."""
        query = select(schema.keys.c.document).where(schema.keys.c.key_hash == key_hash)
        return one(self._connection, ApiKey, query)

    def of_user(self, user: str) -> Sequence[ApiKey]:
        """Return the user's keys, oldest first."""
        keys = schema.keys.c
        query = select(keys.document).where(keys.owner == user)
        return many(self._connection, ApiKey, query.order_by(keys.created_at, keys.id))

    def revoke(self, key_id: str, now: datetime) -> None:
        """Make the key useless; the time of a first revocation stands. Raises NotFound."""
        query = select(schema.keys.c.document).where(schema.keys.c.id == key_id)
        key = one(self._connection, ApiKey, query.with_for_update())
        if key is None:
            raise missing("key", key_id)
        if key.revoked_at is None:
            revoked = key.model_copy(update={"revoked_at": now})
            replace(self._connection, schema.keys, {"id": key_id, "document": written(revoked)})


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
            "document": written(session),
        }
        if not insert_new(self._connection, sessions, row):
            raise taken("session", session.id_hash)

    def by_hash(self, id_hash: str) -> Session | None:
        """Return the session, expired or not, or None."""
        query = select(schema.sessions.c.document).where(schema.sessions.c.id_hash == id_hash)
        return one(self._connection, Session, query)

    def end(self, id_hash: str) -> None:
        """Forget the session; no error when there is none."""
        gone = delete(schema.sessions).where(schema.sessions.c.id_hash == id_hash)
        self._connection.execute(gone)
