"""How long a browser stays signed in, and the end of that."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from copydesk.access import Session, User, hash_secret
from copydesk.desk.parts import record
from copydesk.storage import Transaction

SEEN_EVERY = timedelta(minutes=1)
"""A session's use is written down no more often, so that reading pages writes nothing."""

STRANGER = "sign-in"
"""Subject of the record for what no user can be named for."""
NOBODY = "nobody"
"""Who did it, there."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts: in all, and without being used."""

    whole: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(hours=1)

    def is_over(self, session: Session, now: datetime) -> bool:
        """Return whether the session has ended by itself."""
        return session.expires_at <= now or session.last_seen + self.idle <= now


def opened(
    tx: Transaction, user: User, lifetime: Lifetime, now: datetime, by: str
) -> tuple[str, Session]:
    """Open a session under a new id; sweep out those that are over, whoever's they were.

    Returns the id, of which the store holds only the hash, and the session.
    """
    session_id = secrets.token_urlsafe(32)
    session = Session(
        id_hash=hash_secret(session_id),
        user=user.name,
        csrf=secrets.token_urlsafe(32),
        created_at=now,
        expires_at=now + lifetime.whole,
        last_seen=now,
    )
    tx.sessions.forget_idle(now - lifetime.idle)
    tx.sessions.add(session)
    record(tx, f"user:{user.name}", "session.opened", user.name, now, by=by)
    return session_id, session


def ended_everywhere(
    tx: Transaction, user: str, actor: str, now: datetime, but: str | None = None
) -> int:
    """End the user's sessions, but the one whose hash is `but`; return how many."""
    ended = tx.sessions.end_of(user, but)
    if ended:
        record(tx, f"user:{user}", "session.ended", actor, now, sessions=ended)
    return ended
