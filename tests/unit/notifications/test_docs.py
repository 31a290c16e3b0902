"""What is written about notifications is so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from copydesk.notifications import Book, Event
from copydesk.notifications.book import WebhookChannel
from copydesk.notifications.sending import words
from copydesk.notifications.webhooks import Message, WebhookCarrier
from tests.contract.test_outbox import a_notice
from tests.unit.notifications.receivers import OLD_SECRET, SECRET

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "howto" / "notifications.md").read_text(encoding="utf-8")
SCHEMA = ROOT / "docs" / "howto" / "notification.schema.json"


def test_the_schema_is_that_of_the_messages() -> None:
    """The file of the schema is what the code says; `python -m json.tool` wrote it."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == Message.model_json_schema()


def test_the_example_can_be_used() -> None:
    """The file that the page starts from loads, and tells of most events."""
    book = Book.load(ROOT / "examples" / "notifications" / "notifications.yaml")

    assert {*book.channels} == {"ops", "mail"}
    told = {event for rule in book.rules for event in rule.events}
    assert told >= {*Event} - {Event.TEST, Event.RECHECKED}


def test_every_event_is_on_the_page_and_has_its_words() -> None:
    """Nobody meets an event that is explained nowhere."""
    assert [one for one in Event if one is not Event.TEST and f"`{one.value}`" not in PAGE] == []
    assert {*words()} == {*Event}


def test_the_receiver_on_the_page_believes_only_what_is_signed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its code as it stands there: takes a signed message once, refuses any other."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    monkeypatch.setenv("COPYDESK_WEBHOOK_SECRET", SECRET)
    built: dict[str, Any] = {}
    exec(compile(code, "receiver.py", "exec"), built)
    client = TestClient(built["app"])
    statuses = [_post(client, secret) for secret in (SECRET, SECRET, OLD_SECRET)]

    assert statuses == [204, 204, 401]
    assert capsys.readouterr().out.count("review.approved rob approved it.") == 1


def _post(client: TestClient, secret: str) -> int:
    channel = WebhookChannel(kind="webhook", url="https://testserver/copydesk")
    carrier = WebhookCarrier("ops", channel, [secret])
    body = carrier.body(a_notice()).encode()
    answer = client.post("/copydesk", content=body, headers=carrier._headers("ntc_1", body))
    status: int = answer.status_code
    return status
