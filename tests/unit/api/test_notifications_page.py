"""The page of notifications: channels, messages, and trying again what was given up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from copydesk.api.app import create_app
from copydesk.bootstrap import bootstrap
from copydesk.generation.scripted import ScriptedModel
from copydesk.settings import Settings
from copydesk.storage.memory import MemoryStore
from tests.contract.test_outbox import a_notice
from tests.unit.api.browsing import Browser
from tests.unit.api.office import OPERATOR, Clock, Office, two_drafts
from tests.unit.notifications.receivers import SECRET, Receiver, answers, mail_server, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Refuse the first message for good, and take all others."""
    with receiving(answers(410, b"<b>gone</b>\xe2\x80\xae"), answers(200)) as receiver:
        yield receiver


def an_office(folder: Path, receiver: Receiver, mail_port: int = 1) -> Office:
    """Open an office that tells a program and people."""
    program = {"kind": "webhook", "url": receiver.url, "allow_http": True, "allow_private": True}
    place = {"kind": "email", "host": "localhost", "port": mail_port, "security": "none"}
    mail = {**place, "from": "desk@example.com"}
    rule = {"channel": "ops", "events": ["review.waiting"]}
    file = folder / "notifications.yaml"
    file.write_text(json.dumps({"channels": {"ops": program, "mail": mail}, "rules": [rule]}))
    secrets = {"ops": SECRET}
    settings = Settings.model_validate(
        {"database_url": "memory://", "notifications": file, "notification_secrets": secrets}
    )
    clock = Clock()
    desk = bootstrap(settings, store=MemoryStore(), model=ScriptedModel(two_drafts), clock=clock)
    office = Office(desk, TestClient(create_app(desk), raise_server_exceptions=False), clock)
    office.let_in()
    return office


def one_round(office: Office) -> None:
    for try_id in office.desk.notifying.round():
        office.desk.notifying.run(try_id)


def test_what_was_given_up_is_shown_and_tried_again(tmp_path: Path, receiver: Receiver) -> None:
    """The reason as it was said, harmless; a button; and then it got through."""
    office = an_office(tmp_path, receiver)
    with office.desk.store.transaction() as tx:
        tx.outbox.add(a_notice(event="review.waiting", at=office.clock()))
    one_round(office)
    root = Browser(office, "root")
    page = root.open("/notifications?failed=true")

    assert "answered 410: <b>gone</b>U+202E" in page.text
    assert "<b>gone" not in page.html
    (retry,) = [action for action in page.forms if action.endswith("/retry")]
    page = root.send(retry)
    assert "It will be tried again at once." in page.text
    one_round(office)
    assert "1 message sent, 0 under way" in root.open("/notifications").text


def test_a_channel_is_tried_from_the_page(tmp_path: Path, receiver: Receiver) -> None:
    """What the receiver said is on the page, whether it took it or not."""
    office = an_office(tmp_path, receiver)
    root = Browser(office, "root")
    root.open("/notifications")

    assert "did not get through" in root.send("/notifications/test", channel="ops").text
    root.open("/notifications")
    assert "It got through" in root.send("/notifications/test", channel="ops").text


def test_a_mail_is_tried_from_the_page(tmp_path: Path, receiver: Receiver) -> None:
    """To whoever is named; without a name nothing goes."""
    with mail_server() as server:
        office = an_office(tmp_path, receiver, server.port)
        root = Browser(office, "root")
        root.open("/notifications")
        nobody = root.send("/notifications/test", channel="mail", to="")
        root.open("/notifications")
        somebody = root.send("/notifications/test", channel="mail", to="bo@example.com")

    assert "name an e-mail address" in nobody.text
    assert "localhost took it for bo@example.com" in somebody.text
    assert len(server.post.letters) == 1


def test_the_address_of_a_hook_is_shown_without_its_secret_part(
    tmp_path: Path, receiver: Receiver
) -> None:
    """Some receivers keep a password in the path: the page shows the place alone."""
    page = Browser(an_office(tmp_path, receiver), "root").open("/notifications")

    assert f"127.0.0.1:{receiver.port}" in page.text
    assert "hooks/copydesk" not in page.html


@pytest.mark.parametrize("who", ["ada", "rex", "bea"])
def test_only_admins_see_the_page(tmp_path: Path, receiver: Receiver, who: str) -> None:
    """It tells who does what; nobody else finds a link to it."""
    browser = Browser(an_office(tmp_path, receiver), who)

    assert browser.open("/notifications").status == 403
    assert "/notifications" not in browser.open("/library").links


def test_without_a_channel_the_page_says_what_to_do(office: Office) -> None:
    """An empty page teaches the setting."""
    assert "Nobody is told of anything yet" in Browser(office, "root").open("/notifications").text
    assert office.desk.notifying.deliveries(OPERATOR) == []
