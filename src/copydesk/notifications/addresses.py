"""Which addresses of the network are public: only those are told anything, unless it is allowed."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from copydesk.errors import Undelivered

Ip = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""Returns the addresses of a host. Raises OSError."""

NAT64 = IPv6Network("64:ff9b::/96")
UNICAST = IPv6Network("2000::/3")
"""All IPv6 addresses that anybody on the Internet was ever given."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, in the order in which to try them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def public_addresses(host: str, port: int, resolver: Resolve = resolve) -> Sequence[str]:
    """Return the addresses of a host. The caller connects to one of these and asks no resolver.

    Raises:
        Undelivered: the host is not known; or one of its addresses is not public, and then for
            good: a name that leads inside as well as outside is made to get inside.
    """
    addresses = addresses_of(host, port, resolver)
    inside = [address for address in addresses if not is_public(address)]
    if inside:
        raise Undelivered(
            f"{host} leads to {inside[0]}, which is no public address: nothing was sent. For a "
            "receiver inside, say `allow_private: true`.",
            for_good=True,
        )
    return addresses


def addresses_of(host: str, port: int, resolver: Resolve = resolve) -> Sequence[str]:
    """Return the addresses of a host, of whatever kind. Raises Undelivered."""
    try:
        addresses = resolver(host, port)
    except (OSError, UnicodeError) as error:
        raise Undelivered(f"{host}: the name is not known ({error}).") from error
    if not addresses:
        raise Undelivered(f"{host}: the name has no address.")
    return addresses


def is_public(address: str) -> bool:
    """Return whether anybody on the Internet could be reached there, and nobody inside."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return _is_given_to_somebody(ip)
    held = _held(ip)
    if ip.scope_id is not None or not all(map(_is_given_to_somebody, held)):
        return False
    stands_for_another = ip.ipv4_mapped is not None or ip in NAT64
    return stands_for_another or (ip in UNICAST and _is_given_to_somebody(ip))


def _is_given_to_somebody(ip: Ip) -> bool:
    special = ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_link_local
    return ip.is_global and not special and not ip.is_private


def _held(ip: IPv6Address) -> list[IPv4Address]:
    """Return the IPv4 addresses to which an IPv6 one leads: mapped, translated or tunnelled."""
    tunnelled = ip.teredo or ()
    translated = IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None
    return [one for one in (ip.ipv4_mapped, ip.sixtofour, translated, *tunnelled) if one]
