"""How often a password may be tried."""

from __future__ import annotations

import pytest

from copydesk.desk.sessions import STRANGER
from copydesk.desk.throttling import (
    FOR_ADDRESS,
    FOR_NAME,
    FOR_PLACE,
    Origin,
    Throttle,
    network_of,
)
from copydesk.errors import TooManyRequests
from tests.unit.desk.world import SECRET, World

HOME = Origin("192.0.2.1")


class Door(World):
    """A world with tries at its door."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.throttle = Throttle(self.store, lambda: self.now, SECRET)

    def take(self, name: str = "axel", origin: Origin = HOME, times: int = 1) -> None:
        for _ in range(times):
            self.throttle.take(name, origin)

    def is_shut(self, name: str = "axel", origin: Origin = HOME) -> bool:
        try:
            self.throttle.take(name, origin)
        except TooManyRequests:
            return True
        return False


def test_tries_under_one_name_from_one_place_end() -> None:
    """Ten are taken; the next is refused in words that say when to try again."""
    door = Door()
    door.take(times=FOR_PLACE)
    door.later(minutes=5)

    with pytest.raises(TooManyRequests, match="wait 10 minutes, then try again") as caught:
        door.take()

    assert (caught.value.status, caught.value.retry_after_s) == (429, 600)
    assert caught.value.headers == {"Retry-After": "600"}


def test_the_words_are_the_same_for_every_name() -> None:
    """A name that nobody has is counted like any other."""
    said = []
    for name in ("axel", "nobody", "", "\ud800"):
        door = Door()
        door.take(name, times=FOR_PLACE)
        with pytest.raises(TooManyRequests) as caught:
            door.take(name)
        said.append(caught.value.message)

    assert len(set(said)) == 1


def test_nobody_is_kept_out_for_longer_than_the_window() -> None:
    """Tries while the door is shut do not keep it shut."""
    door = Door()
    door.take(times=FOR_PLACE)
    for _ in range(14):
        door.later(minutes=1)
        assert door.is_shut()
    door.later(minutes=1, seconds=1)

    assert not door.is_shut()


def test_failing_from_one_place_leaves_the_name_open_elsewhere() -> None:
    """However often an attacker tries from one address, others are still let try."""
    door = Door()
    for _ in range(FOR_NAME * 3):
        door.is_shut()

    assert not door.is_shut(origin=Origin("198.51.100.9"))


def test_failing_from_everywhere_shuts_the_name_for_strangers_only() -> None:
    """A browser that has signed in under the name before counts for itself."""
    door = Door()
    for number in range(FOR_NAME):
        door.take(origin=Origin(f"198.51.100.{number}"))

    assert door.is_shut(origin=Origin("203.0.113.1"))
    assert not door.is_shut("bea", Origin("203.0.113.1"))
    assert not door.is_shut(origin=Origin("203.0.113.1", device="laptop"))


def test_a_known_browser_has_its_own_limit() -> None:
    """Who has somebody's browser cannot guess for ever either."""
    door = Door()
    laptop = Origin("192.0.2.1", device="laptop")
    door.take(origin=laptop, times=FOR_PLACE)

    assert door.is_shut(origin=laptop)
    assert not door.is_shut(origin=Origin("192.0.2.1", device="phone"))


def test_trying_many_names_from_one_address_ends() -> None:
    """One password for all names is a way to guess, too; an IPv6 /64 is one address."""
    door = Door()
    for number in range(FOR_ADDRESS):
        door.take(f"user{number}", Origin(f"2001:db8::{number:x}"))

    assert door.is_shut("another", Origin("2001:db8::ffff"))
    assert not door.is_shut("another", Origin("2001:db8:0:1::1"))


def test_a_good_try_does_not_count() -> None:
    """Signing in twenty times is no attack."""
    door = Door()
    for _ in range(FOR_ADDRESS * 2):
        door.take()
        door.throttle.give_back("axel", HOME)

    assert not door.is_shut()


def test_the_record_tells_of_it_once() -> None:
    """However often is tried after that: nobody can fill the record."""
    door = Door()
    for _ in range(FOR_PLACE * 3):
        door.is_shut()

    assert door.acts(STRANGER) == [("session.throttled", "nobody")]


def test_what_was_typed_as_a_name_is_not_kept() -> None:
    """It may have been a password; and old counts are swept out."""
    door = Door()
    door.take("my secret password")
    with door.store.transaction() as tx:
        rows = tx.tries._rows.items()
    assert rows
    assert "secret" not in str(rows)

    door.later(minutes=16)
    door.take("axel")
    with door.store.transaction() as tx:
        assert len(tx.tries._rows.items()) == 3


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "unknown"),
        ("", "unknown"),
    ],
)
def test_what_counts_as_one_address(address: str, network: str) -> None:
    """IPv4 by address, IPv6 by customer, and what is neither together."""
    assert network_of(address) == network
