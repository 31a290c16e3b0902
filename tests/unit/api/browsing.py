"""A browser without scripts: follows links, reads pages, sends the forms that pages hold."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from fastapi.testclient import TestClient

from copydesk.access import Session, hash_secret
from copydesk.api.pages.visits import SESSION_COOKIE
from tests.unit.api.office import Answer, Office

HTML = {"Accept": "text/html"}


class Page(HTMLParser):
    """The text of a page, and its forms by action with their fields."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.status: int = answer.status_code
        self.path: str = answer.url.path
        self.html: str = answer.text
        self.forms: dict[str, dict[str, str]] = {}
        self.links: list[str] = []
        self._words: list[str] = []
        self._action = ""
        self._area: str | None = None
        self._select = ""
        self._unselected = False
        self.feed(self.html)
        self.text = " ".join("".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(named.get("href", ""))
        elif tag == "form":
            self._action = named["action"]
            self.forms[self._action] = {}
        elif tag == "option" and self._select and ("selected" in named or self._unselected):
            self.forms[self._action][self._select] = named.get("value", "")
            self._unselected = False
        elif tag in {"input", "select", "textarea"} and self._action and "name" in named:
            if named.get("type") == "checkbox" and "checked" not in named:
                return
            self.forms[self._action][named["name"]] = named.get("value", "")
            self._area = named["name"] if tag == "textarea" else None
            self._select = named["name"] if tag == "select" else ""
            self._unselected = tag == "select"

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._action = ""
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.forms[self._action][self._area] += data.removeprefix("\n")
        self._words.append(data)


def a_session(office: Office, name: str) -> str:
    """Sign in without a password, which takes its time on purpose; return the session's id."""
    session = Session(
        id_hash=hash_secret(f"session of {name}"),
        user=name,
        csrf=f"token of {name}",
        created_at=office.clock(),
        expires_at=office.clock() + timedelta(days=9),
    )
    with office.desk.store.transaction() as tx:
        tx.sessions.add(session)
    return f"session of {name}"


class Browser:
    """One person's browser."""

    def __init__(self, office: Office, name: str | None = None) -> None:
        self.client = TestClient(office.client.app, headers=HTML)
        if name is not None:
            self.client.cookies.set(SESSION_COOKIE, a_session(office, name))
        self.page = self.open("/login")

    def open(self, path: str) -> Page:
        self.page = Page(self.client.get(path))
        return self.page

    def send(self, action: str, **typed: Any) -> Page:
        """Fill in and send the form of the open page that goes to `action`."""
        fields = {**self.page.forms[action], **typed}
        self.page = Page(self.client.post(action, data=fields))
        return self.page
