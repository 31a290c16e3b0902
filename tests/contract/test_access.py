"""Users, API keys and sessions, on every store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from copydesk.access import Role, hash_secret
from copydesk.errors import Conflict, NotFound
from copydesk.storage import Store
from tests.contract.nouns import a_key, a_session, a_user, later
from tests.factories import NOW


def test_a_user_comes_back_as_it_was_stored(store: Store) -> None:
    """What is read equals what was added, and what was saved after it."""
    user = a_user(roles=(Role.REVIEWER, Role.APPROVER), password_hash="$argon2id$x")
    disabled = user.model_copy(update={"disabled": True})
    with store.transaction() as tx:
        tx.users.add(user)
        assert user == tx.users.get("ana")
        tx.users.save(disabled)

    with store.transaction() as tx:
        assert disabled == tx.users.get("ana")


def test_a_name_is_taken_once(store: Store) -> None:
    """A second user by that name is a Conflict; the transaction can go on."""
    with store.transaction() as tx:
        tx.users.add(a_user())
        with pytest.raises(Conflict, match="ana"):
            tx.users.add(a_user(roles=(Role.ADMIN,)))
        tx.users.add(a_user("ben"))

    with store.transaction() as tx:
        assert tx.users.get("ana").roles == (Role.REQUESTER,)
        assert [user.name for user in tx.users.all()] == ["ana", "ben"]


def test_an_unknown_user_is_not_found(store: Store) -> None:
    """Reading or saving a user that is not there is NotFound."""
    with store.transaction() as tx:
        with pytest.raises(NotFound, match="eve"):
            tx.users.get("eve")
        with pytest.raises(NotFound, match="eve"):
            tx.users.save(a_user("eve"))


def test_users_are_in_the_order_of_their_names(store: Store) -> None:
    """Names are in byte order on every store, punctuation before digits before letters."""
    names = ["a.z", "a-b", "a@b", "a_b", "a1", "aa"]
    with store.transaction() as tx:
        for name in reversed(names):
            tx.users.add(a_user(name))

        assert sorted(names) == [user.name for user in tx.users.all()]


def test_a_key_is_found_by_its_hash(store: Store) -> None:
    """The hash of the whole key finds it; any other hash finds nothing."""
    with store.transaction() as tx:
        tx.keys.add(a_key())

        assert a_key() == tx.keys.by_hash(hash_secret("cdk_aaaaaaaa"))
        assert tx.keys.by_hash(hash_secret("other")) is None


def test_a_key_id_is_taken_once(store: Store) -> None:
    """Neither an id nor a hash is stored twice."""
    with store.transaction() as tx:
        tx.keys.add(a_key())
        with pytest.raises(Conflict, match="cdk_aaaaaaaa"):
            tx.keys.add(a_key(key_hash="1" * 64))
        with pytest.raises(Conflict, match="cdk_b"):
            tx.keys.add(a_key("cdk_b", key_hash=hash_secret("cdk_aaaaaaaa")))


def test_a_revoked_key_keeps_its_first_time(store: Store) -> None:
    """A revoked key is still found, with the time of its first revocation."""
    with store.transaction() as tx:
        tx.keys.add(a_key())
        tx.keys.revoke("cdk_aaaaaaaa", later(1))
        tx.keys.revoke("cdk_aaaaaaaa", later(2))
        with pytest.raises(NotFound, match="cdk_zzz"):
            tx.keys.revoke("cdk_zzz", later(1))

        assert [later(1)] == [key.revoked_at for key in tx.keys.of_user("ana")]


def test_keys_of_a_user_are_oldest_first(store: Store) -> None:
    """Only the user's own keys, in the order in which they were made."""
    with store.transaction() as tx:
        tx.keys.add(a_key("cdk_2", created_at=later(2)))
        tx.keys.add(a_key("cdk_1", created_at=later(1)))
        tx.keys.add(a_key("cdk_3", user="ben"))

        assert [key.id for key in tx.keys.of_user("ana")] == ["cdk_1", "cdk_2"]


def test_a_session_is_found_until_it_is_ended(store: Store) -> None:
    """A session is read by its hash, and gone when it was ended; ending it twice is no error."""
    with store.transaction() as tx:
        tx.sessions.add(a_session())
        assert a_session() == tx.sessions.by_hash(hash_secret("s1"))
        tx.sessions.end(hash_secret("s1"))
        tx.sessions.end(hash_secret("s1"))

        assert tx.sessions.by_hash(hash_secret("s1")) is None


def test_a_session_is_added_once(store: Store) -> None:
    """A second session under one hash is a Conflict."""
    with store.transaction() as tx:
        tx.sessions.add(a_session())
        with pytest.raises(Conflict, match="session"):
            tx.sessions.add(a_session(user="eve"))


def test_a_new_session_sweeps_out_the_expired(store: Store) -> None:
    """Sessions that had expired when a new one began are forgotten, others stay."""
    with store.transaction() as tx:
        tx.sessions.add(a_session("old", expires_at=later(5)))
        tx.sessions.add(a_session("good", expires_at=later(90)))
        tx.sessions.add(a_session("new", created_at=later(5), expires_at=later(65)))

        assert tx.sessions.by_hash(hash_secret("old")) is None
        assert tx.sessions.by_hash(hash_secret("good")) is not None


def test_a_session_that_is_used_is_seen(store: Store) -> None:
    """A session was seen last when it was opened, and then whenever it was used."""
    with store.transaction() as tx:
        tx.sessions.add(a_session())
        tx.sessions.touch(hash_secret("s1"), later(7))
        tx.sessions.touch(hash_secret("unknown"), later(7))

    with store.transaction() as tx:
        seen = tx.sessions.by_hash(hash_secret("s1"))
        assert (a_session().last_seen, seen) == (NOW, a_session(last_seen=later(7)))


def test_sessions_of_a_user_end_together(store: Store) -> None:
    """All of one user's are ended but the one that is named; another's stay."""
    with store.transaction() as tx:
        for secret, user in (("one", "ana"), ("two", "ana"), ("three", "ana"), ("four", "ben")):
            tx.sessions.add(a_session(secret, user=user))

        assert tx.sessions.end_of("ana", but=hash_secret("two")) == 2
        assert [session.id_hash for session in tx.sessions.of_user("ana")] == [hash_secret("two")]
        assert tx.sessions.end_of("ana") == 1
        assert len(tx.sessions.of_user("ben")) == 1


def test_sessions_of_a_user_are_listed_with_the_last_used_first(store: Store) -> None:
    """The order is that of use, not that of opening."""
    with store.transaction() as tx:
        tx.sessions.add(a_session("early"))
        tx.sessions.add(a_session("late", created_at=later(1)))
        tx.sessions.touch(hash_secret("early"), later(2))

        assert [later(2), later(1)] == [one.last_seen for one in tx.sessions.of_user("ana")]


def test_idle_sessions_are_forgotten(store: Store) -> None:
    """What was not used since a moment goes, what was used at it stays."""
    with store.transaction() as tx:
        tx.sessions.add(a_session("idle"))
        tx.sessions.add(a_session("used"))
        tx.sessions.touch(hash_secret("used"), later(5))

        assert tx.sessions.forget_idle(later(5)) == 1
        assert tx.sessions.by_hash(hash_secret("idle")) is None
        assert tx.sessions.by_hash(hash_secret("used")) is not None


def test_tries_are_counted_from_the_first(store: Store) -> None:
    """Each key counts for itself; the time is that of the first, and the last is taken back."""
    with store.transaction() as tx:
        assert tx.tries.add("ana", NOW, later(-15)) == (1, NOW)
        assert tx.tries.add("ana", later(1), later(-14)) == (2, NOW)
        assert tx.tries.add("ben", later(2), later(-13)) == (1, later(2))
        tx.tries.take_back("ana")
        tx.tries.take_back("unknown")

        assert tx.tries.add("ana", later(3), later(-12)) == (2, NOW)


def test_tries_begin_anew_after_their_time(store: Store) -> None:
    """What began too long ago counts no more, and neither does what was cleared."""
    with store.transaction() as tx:
        for _ in range(3):
            tx.tries.add("ana", NOW, later(-15))
            tx.tries.add("ben", NOW, later(-15))
        tx.tries.clear("ben")

        assert tx.tries.add("ana", later(15), NOW) == (4, NOW)
        assert tx.tries.add("ana", later(16), later(1)) == (1, later(16))
        assert tx.tries.add("ben", later(1), later(-14)) == (1, later(1))


def test_old_tries_are_forgotten(store: Store) -> None:
    """A sweep leaves what is recent."""
    with store.transaction() as tx:
        tx.tries.add("old", NOW, later(-15))
        tx.tries.add("new", later(9), later(-6))

        assert tx.tries.forget(later(9)) == 1
        assert tx.tries.add("new", later(9), later(-6)).made == 2


def test_tries_made_at_once_are_all_counted(store: Store) -> None:
    """Nobody gets more of them by sending many requests at the same moment."""

    def one_more(_: int) -> int:
        with store.transaction() as tx:
            return tx.tries.add("ana", NOW, later(-15)).made

    with ThreadPoolExecutor(8) as pool:
        counted = list(pool.map(one_more, range(40)))

    assert sorted(counted) == list(range(1, 41))
