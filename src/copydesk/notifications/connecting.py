"""Connecting to exactly the address that was judged, with one time limit over all of it.

The name is resolved once, here: to judge one answer of the resolver and connect by another is how
rebinding gets past a guard. The connection is made to the address, while TLS still asks for and
verifies the certificate of the name.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore2 as http

from copydesk.errors import Undelivered
from copydesk.notifications.addresses import (
    Resolve,
    addresses_of,
    is_public,
    public_addresses,
    resolve,
)

SocketOption = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)


class Guarded(http.NetworkBackend):
    """Connects to public addresses only, and never for longer than until a deadline."""

    def __init__(
        self, until: float, *, allow_private: bool = False, resolver: Resolve = resolve
    ) -> None:
        """Take the deadline by `time.monotonic`."""
        self._until = until
        self._allow_private = allow_private
        self._resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> http.NetworkStream:
        """Connect to the first address of the host that answers. Raises Undelivered."""
        error: Exception | None = None
        for address in self._addresses(host, port):
            try:
                stream = http.SyncBackend().connect_tcp(
                    address, port, left(self._until, timeout), local_address, socket_options
                )
            except (http.NetworkError, http.TimeoutException) as failed:
                error = failed
                continue
            self._must_be_there(stream)
            return Timed(stream, self._until)
        raise error or http.ConnectError(f"{host} cannot be reached")

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        if self._allow_private:
            return addresses_of(host, port, self._resolver)
        return public_addresses(host, port, self._resolver)

    def _must_be_there(self, stream: http.NetworkStream) -> None:
        """Look again, at the connection itself."""
        peer = stream.get_extra_info("server_addr")
        if not self._allow_private and not is_public(str(peer[0])):
            stream.close()
            raise Undelivered(
                f"The connection led to {peer[0]}, which is not public.", for_good=True
            )


class Timed(http.NetworkStream):
    """A stream whose every wait ends at one deadline: a byte now and then keeps nobody."""

    def __init__(self, stream: http.NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes."""
        return self._stream.read(max_bytes, left(self._until, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes."""
        self._stream.write(buffer, left(self._until, timeout))

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> http.NetworkStream:
        """Speak TLS from here on, to whoever proves to be the host by its name."""
        secured = self._stream.start_tls(ssl_context, server_hostname, left(self._until, timeout))
        return Timed(secured, self._until)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore2 has it
        """Return what is known of the connection."""
        return self._stream.get_extra_info(info)


def left(until: float, timeout: float | None = None) -> float:
    """Return the seconds until a deadline, at most `timeout`. Raises ReadTimeout after it."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise http.ReadTimeout("the time for it was over")
    return seconds if timeout is None else min(seconds, timeout)
