"""Letting people and programs in, and keeping them out again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from copydesk.access import Actor, Role
from copydesk.desk.sign_in import SignIn
from copydesk.desk.throttling import FOR_PLACE, Origin
from copydesk.errors import (
    Conflict,
    Forbidden,
    InputError,
    NotFound,
    TooManyRequests,
    Unauthenticated,
)
from tests.unit.desk.world import ADA, AXEL, MARA, SECRET, World

PASSWORD = "correct horse battery"
ROLES = (Role.REVIEWER, Role.APPROVER)


def with_users(password: str | None = None) -> World:
    world = World()
    world.access.add_user("ada", [Role.ADMIN], None, ADA)
    world.access.add_user("axel", ROLES, password, ADA)
    return world


def test_a_session_opens_with_the_password_and_ends_by_itself() -> None:
    """Signed in, the user acts in their roles for twelve hours and not a second longer."""
    world = with_users(PASSWORD)
    session_id, session = world.access.sign_in("axel", PASSWORD)

    assert world.access.actor_of_session(session_id) == (Actor("axel", frozenset(ROLES)), session)
    world.later(hours=12)
    assert world.access.actor_of_session(session_id) is None
    assert world.acts("user:axel") == [("user.added", "ada"), ("session.opened", "axel")]


def test_the_session_id_is_nowhere_in_the_store() -> None:
    """The store holds a hash: who reads it cannot take over a session."""
    session_id, session = with_users(PASSWORD).access.sign_in("axel", PASSWORD)

    assert session_id not in session.model_dump_json()


def test_signing_out_ends_the_session() -> None:
    """The session id is worth nothing afterwards, and signing out again is no error."""
    world = with_users(PASSWORD)
    session_id, _ = world.access.sign_in("axel", PASSWORD)
    world.access.sign_out(session_id)
    world.access.sign_out(session_id)

    assert world.access.actor_of_session(session_id) is None


@pytest.mark.parametrize(
    ("name", "password"), [("axel", "wrong password"), ("nobody", PASSWORD), ("tool", PASSWORD)]
)
def test_a_refused_sign_in_says_the_same_whatever_was_wrong(name: str, password: str) -> None:
    """A wrong password, an unknown name and a user without a password are told alike."""
    world = with_users(PASSWORD)
    world.access.add_user("tool", [Role.PULLER], None, ADA)

    with pytest.raises(Unauthenticated, match=r"^The name or the password is wrong\.$"):
        world.access.sign_in(name, password)


def test_refusals_are_on_the_record_of_known_users_only() -> None:
    """Invented names cannot fill the record."""
    world = with_users(PASSWORD)
    for name in ("axel", "nobody"):
        with pytest.raises(Unauthenticated):
            world.access.sign_in(name, "wrong password")

    assert ("session.refused", "axel") in world.acts("user:axel")
    assert world.acts("user:nobody") == []


def test_a_disabled_user_is_out_at_once_and_can_be_let_in_again() -> None:
    """Session, key and password stop working together, and work again together."""
    world = with_users(PASSWORD)
    session_id, _ = world.access.sign_in("axel", PASSWORD)
    secret = world.access.add_key("axel", ROLES, "cli", ADA).secret
    world.access.disable_user("axel", ADA)

    assert world.access.actor_of_session(session_id) is None
    with pytest.raises(Unauthenticated, match="axel, is disabled"):
        world.access.actor_of_key(secret)
    with pytest.raises(Unauthenticated):
        world.access.sign_in("axel", PASSWORD)
    world.access.enable_user("axel", ADA)
    assert world.access.actor_of_key(secret).name == "axel"


def test_a_key_has_the_roles_it_was_given_and_the_user_still_has() -> None:
    """A role taken from the user is gone from the key, one given later is not in it."""
    world = with_users()
    secret = world.access.add_key("axel", [Role.APPROVER], "ci", ADA).secret
    assert world.access.actor_of_key(secret).roles == {Role.APPROVER}

    world.access.set_roles("axel", [Role.REVIEWER], ADA)
    assert world.access.actor_of_key(secret).roles == frozenset()


def test_a_revoked_or_invented_key_is_refused_alike() -> None:
    """The answer does not tell whether the key ever was one."""
    world = with_users()
    key = world.access.add_key("axel", ROLES, "ci", ADA)
    world.access.revoke_key(key.stored.id, ADA)

    for secret in (key.secret, "cdk_invented"):
        with pytest.raises(Unauthenticated, match="not known, or was revoked"):
            world.access.actor_of_key(secret)
    assert world.acts(f"key:{key.stored.id}") == [("key.added", "ada"), ("key.revoked", "ada")]


def test_no_key_has_more_than_its_user() -> None:
    """A role that the user does not have is refused by name."""
    with pytest.raises(Forbidden, match="axel does not have the role admin"):
        with_users().access.add_key("axel", [Role.ADMIN], "", ADA)


def test_a_disabled_user_gets_no_key() -> None:
    """First the user is let in again, then there is a key."""
    world = with_users()
    world.access.disable_user("axel", ADA)

    with pytest.raises(Conflict, match="axel is disabled"):
        world.access.add_key("axel", ROLES, "", ADA)


def test_the_last_admin_stays() -> None:
    """Neither disabling nor another role takes the last admin; with a second one both do."""
    world = with_users()
    with pytest.raises(Conflict, match="ada is the last admin"):
        world.access.disable_user("ada", ADA)
    with pytest.raises(Conflict, match="ada is the last admin"):
        world.access.set_roles("ada", [Role.REVIEWER], ADA)

    world.access.set_roles("axel", [Role.ADMIN], ADA)
    assert world.access.disable_user("ada", ADA).disabled


def test_a_disabled_admin_does_not_count_as_one() -> None:
    """Two admins of whom one is disabled are one admin."""
    world = with_users()
    world.access.set_roles("axel", [Role.ADMIN], ADA)
    world.access.disable_user("axel", ADA)

    with pytest.raises(Conflict):
        world.access.disable_user("ada", ADA)


def test_a_password_is_changed_by_its_owner_who_knows_it_or_an_admin() -> None:
    """The new one opens, the old one does not; no other user may, nor its owner unasked for it."""
    world = with_users(PASSWORD)
    world.access.change_password(PASSWORD, "another long password", AXEL)

    assert world.access.sign_in("axel", "another long password")
    with pytest.raises(Unauthenticated):
        world.access.sign_in("axel", PASSWORD)
    for name in ("ada", "axel"):
        with pytest.raises(Forbidden):
            world.access.set_password(name, "a password of a stranger", AXEL)
    with pytest.raises(Forbidden, match="at least 12 characters"):
        world.access.set_password("axel", "short", ADA)


@pytest.mark.parametrize("name", ["", "Axel", "a b", "operator:local", "../etc"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    """Names are lower-case letters, digits and a few marks, for they stand in records and URLs."""
    with pytest.raises(InputError) as caught:
        World().access.add_user(name, ROLES, PASSWORD, ADA)

    assert caught.value.problems[0].field == "name"


def test_a_name_is_given_once() -> None:
    """A second user of the same name is a conflict."""
    with pytest.raises(Conflict):
        with_users().access.add_user("axel", ROLES, PASSWORD, ADA)


def test_keys_are_listed_for_their_owner_and_admins() -> None:
    """A user sees their own keys, an admin everybody's, and nobody the secret."""
    world = with_users()
    made = world.access.add_key("axel", ROLES, "ci", ADA)

    for actor in (AXEL, ADA):
        (key,) = world.access.keys("axel", actor)
        assert (key.id, key.label) == (made.stored.id, "ci")
        assert made.secret not in key.model_dump_json()
    with pytest.raises(Forbidden):
        world.access.keys("axel", MARA)


def test_only_an_admin_manages_people() -> None:
    """An approver can do none of it."""
    access = with_users().access

    for manage in (
        lambda: access.users(AXEL),
        lambda: access.add_user("kim", ROLES, None, AXEL),
        lambda: access.set_roles("axel", [Role.ADMIN], AXEL),
        lambda: access.disable_user("ada", AXEL),
        lambda: access.enable_user("ada", AXEL),
        lambda: access.add_key("axel", ROLES, "", AXEL),
        lambda: access.keys("mara", AXEL),
    ):
        with pytest.raises(Forbidden):
            manage()


def test_people_and_keys_that_are_not_there_are_not_found() -> None:
    """Managing an unknown name or key says so."""
    access = with_users().access

    for manage in (
        lambda: access.disable_user("kim", ADA),
        lambda: access.keys("kim", ADA),
        lambda: access.add_key("kim", ROLES, "", ADA),
        lambda: access.revoke_key("cdk_12345678", ADA),
    ):
        with pytest.raises(NotFound):
            manage()


def test_users_are_listed_by_name() -> None:
    """The admin sees everybody, in order."""
    assert [user.name for user in with_users().access.users(ADA)] == ["ada", "axel"]


def test_a_session_ends_when_it_is_not_used() -> None:
    """An hour without use ends it; use within the hour keeps it, up to twelve hours in all."""
    world = with_users(PASSWORD)
    session_id, _ = world.access.sign_in("axel", PASSWORD)
    for _ in range(12):
        world.later(minutes=59)
        assert world.access.actor_of_session(session_id) is not None
    world.later(minutes=12)
    assert world.access.actor_of_session(session_id) is None

    session_id, _ = world.access.sign_in("axel", PASSWORD)
    world.later(hours=1)
    assert world.access.actor_of_session(session_id) is None


def test_a_sessions_use_is_written_down_once_a_minute() -> None:
    """Reading pages fast writes nothing; what nobody clicked for is no use."""
    world = with_users(PASSWORD)
    session_id, opened = world.access.sign_in("axel", PASSWORD)

    def last_seen(*, used: bool = True, **later: int) -> datetime:
        world.later(**later)
        world.access.actor_of_session(session_id, used=used)
        return world.access.sessions("axel", AXEL)[0].last_seen

    start = opened.last_seen
    assert last_seen(seconds=59) == start
    assert last_seen(seconds=1, used=False) == start
    assert last_seen() == start + timedelta(minutes=1)


def test_a_new_password_ends_the_other_sessions() -> None:
    """Whoever knew the old one is out; where it was changed, one stays signed in."""
    world = with_users(PASSWORD)
    here, session = world.access.sign_in("axel", PASSWORD)
    there, _ = world.access.sign_in("axel", PASSWORD)
    world.access.change_password(PASSWORD, "another long password", AXEL, but=session.id_hash)

    assert world.access.actor_of_session(here) is not None
    assert world.access.actor_of_session(there) is None
    world.access.set_password("axel", PASSWORD, ADA)
    assert world.access.actor_of_session(here) is None


def test_sessions_of_a_disabled_user_do_not_come_back() -> None:
    """Let in again, the user signs in again."""
    world = with_users(PASSWORD)
    session_id, _ = world.access.sign_in("axel", PASSWORD)
    world.access.disable_user("axel", ADA)
    world.access.enable_user("axel", ADA)

    assert world.access.actor_of_session(session_id) is None


def test_sessions_are_ended_by_their_owner_or_an_admin() -> None:
    """All at once, on the record; nobody else may, nor see them."""
    world = with_users(PASSWORD)
    for _ in range(3):
        world.access.sign_in("axel", PASSWORD)
    assert len(world.access.sessions("axel", ADA)) == 3

    for act in (world.access.sessions, world.access.sign_out_everywhere):
        with pytest.raises(Forbidden):
            act("axel", MARA)
    assert world.access.sign_out_everywhere("axel", AXEL) == 3
    assert world.access.sign_out_everywhere("axel", ADA) == 0
    assert world.acts("user:axel")[-1] == ("session.ended", "axel")


def test_sessions_that_are_over_are_swept_out() -> None:
    """When somebody signs in, idle and expired sessions of everybody are forgotten."""
    world = with_users(PASSWORD)
    world.access.sign_in("axel", PASSWORD)
    world.later(hours=2)
    world.access.sign_in("axel", PASSWORD)

    with world.store.transaction() as tx:
        assert len(tx.sessions.of_user("axel")) == 1


def test_guessing_the_password_of_now_ends() -> None:
    """Who found an open session cannot guess its owner's password at leisure."""
    world = with_users(PASSWORD)
    door = SignIn(world.store, lambda: world.now, world.access, SECRET)
    _, session = world.access.sign_in("axel", PASSWORD)
    here = Origin("192.0.2.1")
    for _ in range(FOR_PLACE):
        with pytest.raises(Forbidden):
            door.change_password("wrong password", "another long password", AXEL, session, here)

    with pytest.raises(TooManyRequests):
        door.change_password(PASSWORD, "another long password", AXEL, session, here)
