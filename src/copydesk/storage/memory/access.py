"""Users, keys and sessions in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from copydesk.access import ApiKey, Session, User
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import kept, missing, taken


class MemoryUsers:
    """Users, by name."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, User] = Rows(journal)

    def add(self, user: User) -> None:
        """Store a new user. Raises Conflict when the name is taken."""
        if self._rows.get(user.name) is not None:
            raise taken("user", user.name)
        self._rows.put(user.name, kept(user))

    def get(self, name: str) -> User:
        """Return the user. Raises NotFound."""
        user = self._rows.get(name)
        if user is None:
            raise missing("user", name)
        return user

    def save(self, user: User) -> None:
        """Replace the user. Raises NotFound."""
        self.get(user.name)
        self._rows.put(user.name, kept(user))

    def all(self) -> Sequence[User]:
        """Return every user, by name."""
        return sorted(self._rows.values(), key=lambda user: user.name)


class MemoryKeys:
    """API keys, by their public start."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, ApiKey] = Rows(journal)

    def add(self, key: ApiKey) -> None:
        """Store a new key. Raises Conflict when its id is taken."""
        if self._rows.get(key.id) is not None or self.by_hash(key.key_hash) is not None:
            raise taken("key", key.id)
        self._rows.put(key.id, kept(key))

    def by_hash(self, key_hash: str) -> ApiKey | None:
        """Return the key with this hash, revoked or not, or None."""
        return next((key for key in self._rows.values() if key.key_hash == key_hash), None)

    def of_user(self, user: str) -> Sequence[ApiKey]:
        """Return the user's keys, oldest first."""
        keys = [key for key in self._rows.values() if key.user == user]
        return sorted(keys, key=lambda key: (key.created_at, key.id))

    def revoke(self, key_id: str, now: datetime) -> None:
        """Make the key useless; the time of a first revocation stands. Raises NotFound."""
        key = self._rows.get(key_id)
        if key is None:
            raise missing("key", key_id)
        if key.revoked_at is None:
            self._rows.put(key_id, kept(key.model_copy(update={"revoked_at": now})))


class MemorySessions:
    """Browser sessions, by the hash of their id."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, Session] = Rows(journal)

    def add(self, session: Session) -> None:
        """Store a new session, and forget those that had expired when it began."""
        for old in self._rows.values():
            if old.expires_at <= session.created_at:
                self._rows.drop(old.id_hash)
        if self._rows.get(session.id_hash) is not None:
            raise taken("session", session.id_hash)
        self._rows.put(session.id_hash, kept(session))

    def by_hash(self, id_hash: str) -> Session | None:
        """Return the session, expired or not, or None."""
        return self._rows.get(id_hash)

    def end(self, id_hash: str) -> None:
        """Forget the session; no error when there is none."""
        self._rows.drop(id_hash)
