"""A batch API on loopback, of the documented shape: files, batches, and the file of answers."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

Answer = Callable[[dict[str, Any]], dict[str, Any] | None]
"""From one line of the file to the line that answers it; None answers nothing."""


class _Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        with self.server.lock:
            said = self.server.batches.post(urlsplit(self.path).path, body)
        self._say(said)

    def do_GET(self) -> None:
        with self.server.lock:
            said = self.server.batches.get(urlsplit(self.path).path)
        self._say(said)

    def _say(self, said: tuple[int, Any]) -> None:
        status, answer = said
        text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep test output quiet."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, batches: BatchServer) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.batches = batches
        self.lock = threading.Lock()


class BatchServer:
    """Keeps files and batches; a batch ends, as `ends`, when it was looked at `looks` times."""

    def __init__(self, answer: Answer, *, looks: int = 1, ends: str = "completed") -> None:
        self.answer, self.looks, self.ends = answer, looks, ends
        self.files: dict[str, str] = {}
        self.batches: list[dict[str, Any]] = []
        self.single_calls: list[dict[str, Any]] = []
        """Requests that came outside of any batch."""
        self._listener = _Listener(self)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.server_port}/v1"

    @property
    def asked(self) -> list[dict[str, Any]]:
        """Every line of every batch, oldest first."""
        inputs = (self.files[batch["input_file_id"]] for batch in self.batches)
        return [json.loads(line) for file in inputs for line in file.splitlines()]

    def post(self, path: str, body: bytes) -> tuple[int, Any]:
        if path == "/v1/files":
            return 200, self._upload(body)
        if path == "/v1/batches":
            return 200, self._create(json.loads(body))
        if path == "/v1/chat/completions":
            self.single_calls.append(json.loads(body))
            line = self.answer({"custom_id": "", "body": json.loads(body)})
            return (200, line["response"]["body"]) if line else (400, {"error": {"message": "no"}})
        return 404, {"error": {"message": f"no {path}"}}

    def get(self, path: str) -> tuple[int, Any]:
        if path == "/v1/batches":
            newest = [{**batch} for batch in reversed(self.batches)]
            return 200, {"object": "list", "data": newest, "has_more": False}
        if found := re.fullmatch(r"/v1/files/([\w-]+)/content", path):
            return 200, self.files[found[1]].encode()
        found = re.fullmatch(r"/v1/batches/([\w-]+)", path)
        batch = next((one for one in self.batches if found and one["id"] == found[1]), None)
        return (200, self._looked_at(batch)) if batch else (404, {"error": {"message": "none"}})

    def _upload(self, body: bytes) -> dict[str, Any]:
        text = body.decode()
        assert 'name="purpose"\r\n\r\nbatch' in text
        found = re.search(r'filename="[^"]+"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', text, re.DOTALL)
        assert found
        name = f"file-{len(self.files)}"
        self.files[name] = found[1]
        return {
            "id": name,
            "object": "file",
            "bytes": len(found[1]),
            "created_at": 0,
            "filename": "copydesk.jsonl",
            "purpose": "batch",
            "status": "processed",
        }

    def _create(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        batch = {
            "id": f"batch-{len(self.batches)}",
            "object": "batch",
            "created_at": 0,
            "status": "validating",
            "looked_at": 0,
            **asked,
        }
        self.batches.append(batch)
        return batch

    def _looked_at(self, batch: dict[str, Any]) -> dict[str, Any]:
        batch["looked_at"] += 1
        batch["status"] = "in_progress"
        if batch["looked_at"] >= self.looks:
            batch["status"] = self.ends
            batch["output_file_id"] = self._answers(self.files[batch["input_file_id"]])
            batch["errors"] = {"data": [{"message": "line 1 is too long"}]}
        return batch

    def _answers(self, asked: str) -> str:
        lines = [self.answer(json.loads(line)) for line in asked.splitlines()]
        name = f"file-{len(self.files)}"
        self.files[name] = "\n".join(json.dumps(line) for line in lines if line is not None)
        return name

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()
