"""Users, keys and sessions in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from copydesk.access import ApiKey, Session, Tries, User
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

    def get(self, key_id: str) -> ApiKey:
        """Return the key with this id, revoked or not. Raises NotFound."""
        key = self._rows.get(key_id)
        if key is None:
            raise missing("key", key_id)
        return key

    def all(self) -> Sequence[ApiKey]:
        """Return every key, by user, a user's oldest first."""
        return sorted(self._rows.values(), key=lambda key: (key.user, key.created_at, key.id))

    def note_use(self, key_id: str, now: datetime, unless_since: datetime) -> None:
        """Keep that the key was used, unless that is kept of `unless_since` or later already."""
        key = self._rows.get(key_id)
        if key is not None and (key.last_used_at is None or key.last_used_at < unless_since):
            self._rows.put(key_id, kept(key.model_copy(update={"last_used_at": now})))

    def of_user(self, user: str) -> Sequence[ApiKey]:
        """Return the user's keys, oldest first."""
        keys = [key for key in self._rows.values() if key.user == user]
        return sorted(keys, key=lambda key: (key.created_at, key.id))

    def revoke(self, key_id: str, now: datetime) -> None:
        """Make the key useless; the time of a first revocation stands. Raises NotFound."""
        key = self.get(key_id)
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

    def of_user(self, user: str) -> Sequence[Session]:
        """Return the user's sessions, expired ones too, the one seen last first."""
        found = [session for session in self._rows.values() if session.user == user]
        return sorted(found, key=lambda session: (session.last_seen, session.id_hash), reverse=True)

    def touch(self, id_hash: str, now: datetime) -> None:
        """Note that the session was used; no error when there is none."""
        session = self._rows.get(id_hash)
        if session is not None:
            self._rows.put(id_hash, kept(session.model_copy(update={"last_seen": now})))

    def end(self, id_hash: str) -> None:
        """Forget the session; no error when there is none."""
        self._rows.drop(id_hash)

    def end_of(self, user: str, but: str | None = None) -> int:
        """Forget the user's sessions but the one whose hash is `but`; return how many."""
        return self._drop([one for one in self.of_user(user) if one.id_hash != but])

    def forget_idle(self, since: datetime) -> int:
        """Forget the sessions that were not used since; return how many."""
        return self._drop([one for one in self._rows.values() if one.last_seen < since])

    def _drop(self, sessions: Sequence[Session]) -> int:
        for session in sessions:
            self._rows.drop(session.id_hash)
        return len(sessions)


class MemorySignInTries:
    """Tries to sign in, by whatever they are counted under."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, Tries] = Rows(journal)

    def add(self, key: str, now: datetime, since: datetime) -> Tries:
        """Count one more, and return all of them; those begun before `since` are forgotten."""
        before = self._rows.get(key)
        old = before is None or before.since < since
        tries = Tries(1, now) if old or before is None else Tries(before.made + 1, before.since)
        self._rows.put(key, tries)
        return tries

    def take_back(self, key: str) -> None:
        """Count one less, down to none; no error when there is none."""
        tries = self._rows.get(key)
        if tries is not None and tries.made > 0:
            self._rows.put(key, tries._replace(made=tries.made - 1))

    def clear(self, key: str) -> None:
        """Forget the tries under this key."""
        self._rows.drop(key)

    def forget(self, before: datetime) -> int:
        """Forget what began before; return how many keys that were."""
        old = [key for key, tries in self._rows.items() if tries.since < before]
        for key in old:
            self._rows.drop(key)
        return len(old)
