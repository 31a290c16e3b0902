"""A real HTTP server on loopback that answers as scripted: providers in every mood."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Behaviour = Callable[["Call"], None]


class Call(BaseHTTPRequestHandler):
    """One request that the server got, and the ways to answer it."""

    protocol_version = "HTTP/1.1"
    server: _Listener
    sent: dict[str, Any]

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length)
        self.sent = json.loads(body or b"{}")
        with self.server.lock:
            self.server.got.append(f"{self.requestline}\n{self.headers}".encode() + body)
            self.server.requests.append(self.sent)
            turn = min(len(self.server.requests), len(self.server.script)) - 1
        self.server.script[turn](self)

    def do_GET(self) -> None:
        self.server.lists(self)

    def reply(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        self.reply_bytes(status, text.encode(), headers or {})

    def reply_bytes(
        self, status: int, body: bytes, headers: dict[str, str], length: int | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep test output quiet."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, script: Sequence[Behaviour], lists: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Call)
        self.script = tuple(script)
        self.lists = lists
        self.requests: list[dict[str, Any]] = []
        self.got: list[bytes] = []
        self.lock = threading.Lock()
        self.closing = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """Expect clients to hang up on slow answers."""


class FaultServer:
    """Plays its behaviours in order, one for each request, and the last one for all further.

    `lists` is played for every request for the list of models.
    """

    def __init__(self, *script: Behaviour, lists: Behaviour | None = None) -> None:
        self._listener = _Listener(script, lists or has_models("tiny"))
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.server_port}/v1"

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Bodies of the requests, oldest first."""
        return self._listener.requests

    @property
    def got(self) -> list[bytes]:
        """Every byte of the requests: line, headers and body, oldest first."""
        return self._listener.got

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.closing.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()


def completion(content: str | None, **choice: Any) -> dict[str, Any]:
    """Return a chat completion that says `content`."""
    said = {"role": "assistant", "content": content, "refusal": choice.pop("refusal", None)}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "tiny",
        "choices": [{"index": 0, "finish_reason": "stop", "message": said, **choice}],
        "usage": {"prompt_tokens": 1200, "completion_tokens": 240, "total_tokens": 1440},
    }


def says(content: str | None, **choice: Any) -> Behaviour:
    return lambda call: call.reply(200, completion(content, **choice))


def replies(status: int, body: object, headers: dict[str, str] | None = None) -> Behaviour:
    return lambda call: call.reply(status, body, headers)


def has_models(*names: str) -> Behaviour:
    return replies(200, {"object": "list", "data": [{"id": name} for name in names]})


def refuses(message: str, status: int = 400, **error: Any) -> Behaviour:
    return replies(status, {"error": {"message": message, **error}})


def refuses_option(option: str, otherwise: Behaviour) -> Behaviour:
    """Refuse requests that hold the option, as OpenAI does for models without it."""

    def behave(call: Call) -> None:
        if option in call.sent:
            words = f"Unsupported parameter: '{option}' is not supported with this model."
            refuses(words, param=option)(call)
        else:
            otherwise(call)

    return behave


def refuses_format(kind: str, otherwise: Behaviour) -> Behaviour:
    """Refuse one type of response format, in words that name no option."""

    def behave(call: Call) -> None:
        if call.sent.get("response_format", {}).get("type") == kind:
            refuses("Bad request.")(call)
        else:
            otherwise(call)

    return behave


def cuts_off(content: str) -> Behaviour:
    """Promise a longer body than is sent, then hang up."""

    def behave(call: Call) -> None:
        body = json.dumps(completion(content)).encode()
        call.reply_bytes(200, body, {"connection": "close"}, length=len(body) + 100)
        call.close_connection = True

    return behave


def waits(seconds: float, then: Behaviour) -> Behaviour:
    """Answer late, or never where the server closes before."""

    def behave(call: Call) -> None:
        if not call.server.closing.wait(seconds):
            then(call)

    return behave


def drips(every: float) -> Behaviour:
    """Send a byte at a time and never come to an end: each read succeeds, the answer never does."""

    def behave(call: Call) -> None:
        call.reply_bytes(200, b"{", {}, length=1_000_000)
        while not call.server.closing.wait(every):
            call.wfile.write(b" ")

    return behave
