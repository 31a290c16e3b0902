"""Keys of recipients, over their generations."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from copydesk.publishing.keyring import Keyring
from copydesk.publishing.recipients import recipient_key
from tests.factories import NOW

SECRET = b"0123456789abcdef"
ROTATED = Keyring(SECRET, 2, {0: NOW, 1: NOW + timedelta(days=7)})


@given(st.text(max_size=40), st.integers(0, 4))
def test_keys_of_every_generation_are_one_person(recipient: str, newest: int) -> None:
    """Whatever generation a key is of, the recipient is kept under one and the same."""
    key = Keyring(SECRET, newest).key_for(recipient)

    assert Keyring(SECRET, 4).person(key).key == recipient_key(SECRET, recipient)
    assert Keyring(SECRET, newest).key_for(recipient) == key


def test_a_generation_ends_with_its_overlap() -> None:
    """Until then it is taken, afterwards it is told when it ended."""
    key = Keyring(SECRET, 1).key_for("4711")

    before, after = (ROTATED.person(key, NOW + timedelta(days=days)) for days in (6, 8))

    assert before.key == recipient_key(SECRET, "4711")
    assert after.key is None
    assert "until 2026-03-13" in str(after.unknown_because)


def test_outcomes_are_taken_by_keys_of_any_age() -> None:
    """Without a moment no generation has ended: what is reported late is still about somebody."""
    assert ROTATED.person(recipient_key(SECRET, "4711")).key == recipient_key(SECRET, "4711")


def test_a_key_that_was_made_up_is_nobodys() -> None:
    """One digit changed, a generation to come, or another installation's key: none is taken."""
    key = ROTATED.key_for("4711")
    changed = key[:-1] + ("0" if key[-1] != "0" else "1")
    others = Keyring(b"another secret", 2).key_for("4711")

    for wrong in (changed, others, key.replace("k2.", "k9.")):
        assert ROTATED.person(wrong, NOW).key is None


def test_a_callers_own_names_stay_as_they_are() -> None:
    """What is in no form of ours is kept as it came, whatever was rotated."""
    assert ROTATED.person("reader-1", NOW).key == "reader-1"


def test_keys_of_two_generations_have_nothing_in_common() -> None:
    """Who holds keys of before learns nothing about those of now."""
    keys = {Keyring(SECRET, newest).key_for("4711")[3:] for newest in (1, 2, 3)}

    assert len(keys) == 3
