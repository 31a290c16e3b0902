"""Which addresses are public: the guard that keeps messages from going inside."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import Undelivered
from copydesk.notifications.addresses import is_public, public_addresses, resolve

INSIDE_4 = [
    ip_network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/29", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
INSIDE_6 = [
    IPv6Network(one)
    for one in ("::/128", "::1/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
                "2001:db8::/32", "100::/64", "64:ff9b:1::/48", "::/96")
]  # fmt: skip


@st.composite
def inside_4(draw: st.DrawFn) -> IPv4Address:
    network = draw(st.sampled_from(INSIDE_4))
    return IPv4Address(
        draw(st.integers(int(network.network_address), int(network.broadcast_address)))
    )


@st.composite
def inside_6(draw: st.DrawFn) -> IPv6Address:
    network = draw(st.sampled_from(INSIDE_6))
    last = int(network.broadcast_address)
    return IPv6Address(draw(st.integers(int(network.network_address), last)))


@given(inside_4())
def test_no_inner_ipv4_address_is_public_in_any_writing(ip: IPv4Address) -> None:
    """Plain, mapped, translated by NAT64, tunnelled by 6to4: it stays inside."""
    inner = int(ip)
    assert not is_public(str(ip))
    assert not is_public(f"::ffff:{ip}")
    assert not is_public(str(IPv6Address(int(IPv6Address("64:ff9b::")) | inner)))
    assert not is_public(str(IPv6Address(int(IPv6Address("2002::")) | inner << 80)))
    assert not is_public(str(IPv6Address(inner)))


@given(inside_6())
def test_no_inner_ipv6_address_is_public(ip: IPv6Address) -> None:
    """Loopback, local, multicast, for documents: none is public, with a zone or without."""
    assert not is_public(str(ip))
    assert not is_public(f"{ip}%eth0")


@given(st.ip_addresses(v=4))
def test_what_is_public_is_global_by_the_registry(ip: IPv4Address) -> None:
    """Nothing is let through that the registry of special addresses does not call global."""
    if is_public(str(ip)):
        assert ip.is_global
        assert not any(ip in network for network in INSIDE_4)
        assert is_public(f"::ffff:{ip}")


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    """Those of well-known servers are, or nobody would ever be told anything."""
    assert is_public(address)


@pytest.mark.parametrize("address", ["", "localhost", "8.8.8", "fe80::1%1", "169.254.169.254"])
def test_what_is_no_public_address_is_refused(address: str) -> None:
    """Neither names, nor halves of addresses, nor that of a cloud's metadata."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0", "localhost", "[::1]", "127.0.0.1"]
)
def test_hosts_in_disguise_lead_inside(host: str) -> None:
    """Whatever the resolver makes of decimal, octal and short writings is judged, not the text."""
    with pytest.raises(Undelivered):
        public_addresses(host.strip("[]"), 80, resolve)


def test_one_inner_address_among_public_ones_is_enough() -> None:
    """A name that leads outside and inside is refused for good; one that leads out is not."""

    def both(_: str, __: int) -> Sequence[str]:
        return ["8.8.8.8", "10.0.0.1"]

    with pytest.raises(Undelivered, match=r"10\.0\.0\.1") as refused:
        public_addresses("rebind.example", 443, both)
    assert refused.value.for_good
    assert public_addresses("fine.example", 443, lambda _, __: ["8.8.8.8"]) == ["8.8.8.8"]


def test_an_unknown_name_may_be_known_later() -> None:
    """A resolver that fails, or finds nothing, stops this try and no other."""

    def fails(_: str, __: int) -> Sequence[str]:
        raise OSError("no such name")

    def finds_nothing(_: str, __: int) -> Sequence[str]:
        return []

    for resolver in (fails, finds_nothing):
        with pytest.raises(Undelivered) as error:
            public_addresses("nowhere.example", 443, resolver)
        assert not error.value.for_good
