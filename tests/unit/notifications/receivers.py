"""Real receivers on loopback: a program that takes webhooks, and a mail server, with TLS."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from copydesk.notifications import Event, Notice, Parcel
from tests.contract.test_outbox import a_delivery, a_notice

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwUx9Jt3Pq"
OLD_SECRET = "whsec_" + "b2xkIHNlY3JldCBvZiB0d2VudHktZm91ciBieXRlcyAh"
PUBLIC_URL = "https://copydesk.example"

Answers = Callable[["Request"], None]


class Got(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


class Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.server.lock:
            self.server.got.append(Got(self.path, headers, body))
            turn = min(len(self.server.got), len(self.server.script)) - 1
        self.server.script[turn](self)

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep test output quiet."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, script: Sequence[Answers]) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.script = tuple(script)
        self.got: list[Got] = []
        self.lock = threading.Lock()
        self.closing = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """Expect clients to hang up."""


def answers(status: int, body: bytes = b"", **headers: str) -> Answers:
    return lambda request: request.reply(status, body, **headers)


def drips(request: Request) -> None:
    """Send a byte of the answer now and then, and never come to an end."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
    while not request.server.closing.wait(0.05):
        request.wfile.write(b"a")


class Receiver(NamedTuple):
    port: int
    got: list[Got]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/copydesk?from=desk"


@contextmanager
def receiving(*script: Answers, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Play the answers in order, one for each request, and the last one for all further."""
    listener = _Listener(script or (answers(200),))
    if tls is not None:
        listener.socket = tls.wrap_socket(listener.socket, server_side=True)
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Receiver(listener.server_port, listener.got)
    finally:
        listener.closing.set()
        listener.shutdown()
        listener.server_close()
        thread.join()


class Authority:
    """A certificate authority, and a server certificate for a name."""

    def __init__(self, folder: Path, *names: str) -> None:
        authority = trustme.CA()
        self.ca_file = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*(names or ("localhost",))).configure_cert(self.context)


@dataclass
class Post:
    """Mail that a server took, and how it is told to answer."""

    letters: list[Envelope] = field(default_factory=list)
    refusal: str | None = None

    async def handle_DATA(  # noqa: N802 - as aiosmtpd calls it
        self, _: SMTP, __: Any, envelope: Envelope
    ) -> str:
        if self.refusal is not None:
            return self.refusal
        self.letters.append(envelope)
        return "250 taken"


class MailServer(NamedTuple):
    port: int
    post: Post


class _OnAnyPort(Controller):
    """A controller that takes the port that the system gives it."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server(
    tls: ssl.SSLContext | None = None, *, at_once: bool = False, password: str | None = None
) -> Iterator[MailServer]:
    """Take mail on loopback: with STARTTLS where `tls` is given, or TLS from the first byte."""

    def knows(_: object, __: object, ___: object, ____: object, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password == (password or "").encode()
        return AuthResult(success=right, handled=False)

    post = Post()
    controller = _OnAnyPort(
        post,
        hostname="127.0.0.1",
        port=0,
        server_hostname="localhost",
        ssl_context=tls if at_once else None,
        tls_context=None if at_once else tls,
        require_starttls=tls is not None and not at_once,
        authenticator=knows,
        auth_required=password is not None and not at_once,
        auth_require_tls=not at_once,
    )
    controller.start()
    try:
        yield MailServer(controller.port, post)
    finally:
        controller.stop()


def a_parcel(notice: Notice | None = None, *more: Notice, address: str | None = None) -> Parcel:
    notices = [notice or a_notice(), *more]
    ids = tuple(one.id for one in notices)
    return Parcel(a_delivery(event=Event(notices[0].event), notices=ids), notices, address)
