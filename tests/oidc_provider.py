"""A sign-in provider on loopback: conforming, until it is told to answer otherwise."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

Claims = dict[str, Any]
CLIENT_ID, CLIENT_SECRET = "copydesk", "a secret of the client"
ANA = {
    "sub": "account-1",
    "email": "Ana@Northpeak.example",
    "email_verified": True,
    "preferred_username": "ana",
    "groups": ["marketing"],
}


class Provider:
    """What it knows and how it answers. Tests set these."""

    def __init__(self) -> None:
        self.address = ""
        self.person: Claims = dict(ANA)
        self.told_in_id_token = set(ANA)
        self.twist: Callable[[Claims], Claims] = dict
        """Changes the claims of the id token before they are signed."""
        self.signs: Callable[[Provider, Claims], str] = lambda provider, claims: provider.sign(
            claims
        )
        self.metadata: Claims = {}
        """Put over what discovery tells."""
        self.user_info: Claims = {}
        self.key = ECKey.generate_key("P-256", {"kid": "first"})
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def sign(self, claims: Claims, algorithm: str = "ES256") -> str:
        return jwt.encode({"alg": algorithm, "kid": self.key.kid}, claims, self.key)

    def authorize(self, address: str, **answer: str) -> str:
        """Let the person in, as if they had agreed on the page; return where they are sent."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.address}/authorize?")
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT_ID)
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        told = {"code": code, "state": asked["state"], **answer}
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    def discovery(self) -> Claims:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "id_token_signing_alg_values_supported": ["ES256", "none", "HS256"],
            **self.metadata,
        }

    def token(self, sent: Mapping[str, str], authorization: str) -> tuple[int, Claims]:
        """Answer like RFC 6749: a code is good once, for who proves to have asked for it."""
        asked = self._codes.pop(sent.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".replace(" ", "%20").encode())
        plain = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode())
        if authorization not in {f"Basic {basic.decode()}", f"Basic {plain.decode()}"}:
            return 401, {"error": "invalid_client"}
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != proof:
            return 400, {"error": "invalid_grant", "error_description": "no such code"}
        if asked["redirect_uri"] != sent.get("redirect_uri"):
            return 400, {"error": "invalid_grant", "error_description": "another redirect_uri"}
        answer = {"access_token": "access", "token_type": "Bearer", "expires_in": 60}
        return 200, answer | {"id_token": self.signs(self, self._claims(asked))}

    def _claims(self, asked: Mapping[str, str]) -> Claims:
        now = int(time.time())
        told = {name: value for name, value in self.person.items() if name in self.told_in_id_token}
        claims = {"iss": self.address, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        return self.twist({**claims, "nonce": asked["nonce"], **told})

    def answer(self, path: str) -> tuple[int, Claims]:
        if path == "/.well-known/openid-configuration":
            return 200, self.discovery()
        if path == "/keys":
            return 200, dict(KeySet([self.key]).as_dict(private=False))
        if path == "/userinfo":
            return 200, {**self.person, **self.user_info}
        return 404, {}


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Serve a provider from a thread."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(*provider.answer(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            sent = {name: values[0] for name, values in parse_qs(body).items()}
            self._reply(*provider.token(sent, self.headers.get("authorization", "")))

        def _reply(self, status: int, answer: Claims) -> None:
            provider.asked.append(self.path)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep test output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield provider
    server.shutdown()
    thread.join(10)
    server.server_close()
