"""A whole Copydesk behind its API: real parts on the in-memory store, with a scripted model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient

from copydesk.access import Actor, Role
from copydesk.api.app import create_app
from copydesk.bootstrap import Copydesk, bootstrap
from copydesk.generation import Draft, DraftRequest
from copydesk.generation.scripted import ScriptedModel
from copydesk.settings import Settings
from copydesk.storage import Store
from copydesk.storage.memory import MemoryStore
from tests.factories import AUDIENCE, BRAND, BRIEF, COPY, NOW

Answer = Any
"""A response of the test client, which is httpx's or httpx2's, as Starlette finds them."""
PASSWORD = "a long enough passphrase"
PEOPLE = {
    "ada": (Role.REQUESTER,),
    "rex": (Role.REVIEWER,),
    "bea": (Role.REVIEWER, Role.APPROVER),
    "olu": (Role.REQUESTER, Role.APPROVER),
    "root": (Role.ADMIN,),
    "mailer": (Role.PULLER,),
}
OPERATOR = Actor("operator:local", frozenset({Role.ADMIN}))
OTHER_COPY = {
    "subject": "Mud season: 20% off trail shoes",
    "preheader": "Through March 8 with code TRAIL20, one per order",
    "body": (
        "The Ridgeline has a 6 mm heel-to-toe drop, and runners have rated it 4.6 out of 5. "
        "Code TRAIL20 takes 20% off full-price trail shoes, one per order, through March 8. "
        "Shop trail shoes: https://northpeak.example/trail"
    ),
}
FALSE_COPY = {**COPY, "preheader": "Rated 4.9 stars by runners everywhere"}
HOSTILE_COPY = {
    "subject": '<script>document.title="owned"</script> 20% off\u202e trail\u200b shoes',
    "preheader": "{{constructor.constructor('alert(1)')()}} {% raise %}",
    "body": '<img src=x onerror=alert(1)> Hi {{ first_name }}, "><b>bold</b> ${7*7} [[ %%x%% ]]',
}


@dataclass
class Clock:
    """Shows the time that it is set to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def draft(copy: Mapping[str, str], angle: str = "news") -> Draft:
    return Draft(angle=angle, **copy)


def two_drafts(request: DraftRequest) -> list[Draft]:
    return [draft(COPY), draft(OTHER_COPY, "proof")][: request.n]


def asked_for(**changes: Any) -> dict[str, Any]:
    """Return a request for two variants; its audience is sensitive, so a person decides."""
    audience = {**AUDIENCE, "sensitive": True}
    wanted = {"brief": BRIEF, "audience": audience, "brand": BRAND, "n": 2, "campaign": "spring"}
    return {**wanted, **changes}


@dataclass
class Office:
    """The app, a client of it, and a key for each person."""

    desk: Copydesk
    client: TestClient
    clock: Clock
    keys: dict[str, str] = field(default_factory=dict)

    @classmethod
    def opened(cls, store: Store | None = None, script: Any = two_drafts, **given: Any) -> Office:
        clock = Clock()
        settings = Settings(database_url="memory://", **given)
        model = ScriptedModel(script)
        desk = bootstrap(settings, store=store or MemoryStore(), model=model, clock=clock)
        client = TestClient(create_app(desk), raise_server_exceptions=False)
        return cls(desk, client, clock)

    def let_in(self) -> None:
        for name, roles in PEOPLE.items():
            self.desk.access.add_user(name, roles, None, OPERATOR)
            self.keys[name] = self.desk.access.add_key(name, roles, "", OPERATOR).secret

    def call(self, who: str | None, method: str, path: str, **sent: Any) -> Answer:
        """Send a request with the key of `who`; `version` becomes If-Match."""
        headers = dict(sent.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.keys[who]}"
        if "version" in sent:
            headers["If-Match"] = f'"{sent.pop("version")}"'
        return self.client.request(method, path, headers=headers, **sent)

    def get(self, who: str | None, path: str, **sent: Any) -> Answer:
        return self.call(who, "GET", path, **sent)

    def post(self, who: str | None, path: str, **sent: Any) -> Answer:
        return self.call(who, "POST", path, **sent)

    def generate(self, **changes: Any) -> dict[str, Any]:
        """Have ada ask, and return the finished generation."""
        answer = self.post("ada", "/v1/generations?wait=30", json=asked_for(**changes))
        finished: dict[str, Any] = answer.json()
        assert answer.status_code == 200, finished
        return finished

    def item(self, **changes: Any) -> dict[str, Any]:
        """Have ada ask, and return the item of COPY that waits for a person."""
        self.generate(**changes)
        items: list[dict[str, Any]] = self.get("rex", "/v1/reviews").json()["items"]
        return next(item for item in items if item["copy_now"] == COPY)

    def act(self, who: str, act: str, item: Mapping[str, Any], **body: Any) -> Answer:
        path = f"/v1/reviews/{item['id']}/{act}"
        return self.post(who, path, version=item["version"], json=body or None)
