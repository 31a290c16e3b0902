"""A tool's API on loopback, as its documentation has it: what does not conform is refused.

`shapes/TOOL.yaml` holds the requests and answers, written after the documentation, with invented
values. The twin keeps what is made, so finding, changing and deleting it work as they do there.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import jsonschema_rs
import yaml

SHAPES = Path(__file__).with_name("shapes")
SLOW_S = 3.0

Json = Any


class Call(NamedTuple):
    """What came in, and which exchange of the shapes it was."""

    does: str
    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: Json


class NotConforming(Exception):
    """The request is none of those in the documentation."""


@dataclass
class Twin:
    """One tool, with what was put there."""

    tool: str
    port: int = 0
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By id: the `name` and `body` of what is there."""
    calls: list[Call] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Why requests did not conform."""
    faults: list[str] = field(default_factory=list)
    """What befalls the next calls: `429`, `500`, `drop`, `slow`; `lost` drops after the work."""
    made: int = 0

    def __post_init__(self) -> None:
        self.shape = yaml.safe_load((SHAPES / f"{self.tool}.yaml").read_text(encoding="utf-8"))
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def names(self) -> list[str]:
        return sorted(thing["name"] for thing in self.things.values())

    def did(self) -> list[str]:
        return [call.does for call in self.calls]

    def answer(self, request: _Request) -> tuple[int, Json, dict[str, str]]:
        with self._lock:
            return self._answer(request)

    def _answer(self, request: _Request) -> tuple[int, Json, dict[str, str]]:
        parts = urlsplit(request.path)
        query = dict(parse_qsl(parts.query))
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            exchange, found = self._exchange(request.command, parts.path, query)
            body = _read(request.content, headers, exchange)
            self._must_conform(exchange, headers, body)
        except NotConforming as error:
            self.wrong.append(str(error))
            return 400, self.shape["error"], {}
        does = str(exchange["does"])
        self.calls.append(Call(does, request.command, parts.path, headers, query, body))
        return self._work(exchange, found, body)

    def _exchange(
        self, method: str, path: str, query: Mapping[str, str]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        for one in self.shape["exchanges"]:
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", one["path"])
            at = re.fullmatch(pattern, path)
            if at is None or one["method"] != method:
                continue
            found = at.groupdict()
            for name, wanted in one.get("query", {}).items():
                fits = re.fullmatch(wanted, query.get(name, ""))
                if fits is None:
                    raise NotConforming(f"{method} {path}: query {name}={query.get(name)!r}")
                found |= fits.groupdict()
            unknown = set(query) - {*one.get("query", {}), *one.get("optional", [])}
            if unknown:
                raise NotConforming(f"{method} {path}: unknown query {sorted(unknown)}")
            return one, found
        raise NotConforming(f"{method} {path}: nothing of that kind is documented")

    def _must_conform(
        self, exchange: dict[str, Any], headers: Mapping[str, str], body: Json
    ) -> None:
        wanted = {**self.shape["headers"], **exchange.get("headers", {})}
        for name, pattern in wanted.items():
            if pattern and not re.fullmatch(pattern, headers.get(name, "")):
                raise NotConforming(f"{exchange['path']}: header {name}: {headers.get(name)!r}")
        if "body" in exchange:
            validator = jsonschema_rs.validator_for(exchange["body"])
            for error in validator.iter_errors(body):
                raise NotConforming(f"{exchange['path']}: {error.message}")

    def _work(
        self, exchange: dict[str, Any], found: Mapping[str, str], body: Json
    ) -> tuple[int, Json, dict[str, str]]:
        does, values = exchange["does"], dict(found)
        if "id" in found and found["id"] not in self.things:
            return 404, self.shape["error"], {}
        if does == "create":
            self.made += 1
            values["id"] = str(4000 + self.made)
            values["name"] = str(_at(body, exchange["name_at"]))
            self.things[values["id"]] = {"name": values["name"], "body": body}
        elif does == "upsert":
            values["id"] = values["name"] = str(_at(body, exchange["name_at"]))
            self.things[values["id"]] = {"name": values["name"], "body": body}
        elif does == "update":
            self.things[values["id"]]["body"] = body
        elif does == "delete":
            del self.things[values["id"]]
        values["status"] = self.things.get(values.get("id", ""), {}).get("status", "draft")
        answer = _filled(exchange.get("answer"), values, self._listed(exchange, found))
        return exchange.get("status", 200), answer, {}

    def _listed(self, exchange: dict[str, Any], found: Mapping[str, str]) -> list[Json]:
        each, only = exchange.get("each"), found.get("name")
        if each is None:
            return []
        things = [(key, one) for key, one in self.things.items() if only in {None, one["name"]}]
        return [_filled(each, {"id": key, "name": one["name"]}, []) for key, one in things]


def _filled(template: Json, values: Mapping[str, str], each: list[Json]) -> Json:
    if template == "$each":
        return each
    if isinstance(template, str) and template.startswith("$"):
        return values.get(template[1:], template)
    if isinstance(template, dict):
        return {name: _filled(one, values, each) for name, one in template.items()}
    if isinstance(template, list):
        return [_filled(one, values, each) for one in template]
    return template


def _read(content: bytes, headers: Mapping[str, str], exchange: Mapping[str, Any]) -> Json:
    if not content:
        return None
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(content.decode(), keep_blank_values=True))
    try:
        return json.loads(content)
    except ValueError as error:
        raise NotConforming(f"{exchange['path']}: no JSON") from error


def _at(body: Json, path: str) -> Json:
    for part in path.split("."):
        body = body[int(part)] if part.isdigit() else body[part]
    return body


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def _serve(self) -> None:
        self.content = self.rfile.read(int(self.headers.get("content-length") or 0))
        twin = self.server.twin
        fault = twin.faults.pop(0) if twin.faults else None
        if fault in {"drop", "slow"}:
            self.close_connection = True
            if fault == "slow":
                self.server.closing.wait(SLOW_S)
            return
        if fault is not None and fault.isdigit():
            after = {"Retry-After": "7"} if fault == "429" else {}
            self._reply(int(fault), twin.shape["error"], after)
            return
        status, body, headers = twin.answer(self)
        if fault == "lost":
            self.close_connection = True
            return
        self._reply(status, body, headers)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - of http.server

    def _reply(self, status: int, body: Json, headers: Mapping[str, str]) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep test output quiet."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, twin: Twin) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.twin = twin
        self.closing = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """Expect clients to hang up."""


@contextmanager
def twin_of(tool: str) -> Iterator[Twin]:
    """Serve one tool on loopback; what did not conform fails the test at the end."""
    twin = Twin(tool)
    listener = _Listener(twin)
    twin.port = listener.server_port
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield twin
    finally:
        listener.closing.set()
        listener.shutdown()
        listener.server_close()
        thread.join()
    assert twin.wrong == []


def wait_until(true: Any, seconds: float = 5.0) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)
