"""People are told by the real thing: processes, a database, receivers; kill -9 in between."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from standardwebhooks.webhooks import Webhook

from tests.e2e.processes import Desk, call, killable, ready, served
from tests.factories import AUDIENCE, BRAND, BRIEF
from tests.unit.notifications.receivers import SECRET, Receiver, answers, mail_server, receiving

REQUEST = {
    "brief": BRIEF,
    "brand": BRAND,
    "audience": {**AUDIENCE, "sensitive": True},
    "n": 1,
    "campaign": "spring",
}
PATIENCE_S = 30.0


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def telling(desk: Desk, receiver: Receiver, **more: Any) -> None:
    """Set up the desk to tell a program of everything."""
    channel = {"kind": "webhook", "url": receiver.url, "allow_http": True, "allow_private": True}
    events = ["review.waiting", "review.changes_requested", "review.rejected"]
    rules = [{"channel": "ops", "events": events}, *more.pop("rules", ())]
    channels = {"ops": {**channel, "timeout_s": 5}, **more.pop("channels", {})}
    book = {"channels": channels, "rules": rules, "retries": {"first_s": 0.5}, **more}
    (desk.folder / "notifications.yaml").write_text(json.dumps(book), encoding="utf-8")
    desk.environment |= {
        "COPYDESK_NOTIFICATIONS": "notifications.yaml",
        "COPYDESK_NOTIFICATION_SECRETS": json.dumps({"ops": SECRET}),
        "COPYDESK_PUBLIC_URL": "https://copydesk.example",
    }


def asked(address: str, key: str) -> None:
    answer = call("POST", f"{address}/v1/generations?wait=60", key, REQUEST)
    assert (answer.status, answer.body["state"]) == (200, "done")


def test_what_was_written_before_a_kill_is_delivered_after_a_restart(desk: Desk) -> None:
    """A try that fails, kill -9, a start: the same event arrives, signed, and once it is taken."""
    key = desk.key("maria", "requester", "reviewer")
    with receiving(answers(500), answers(500), answers(200)) as receiver:
        telling(desk, receiver)
        with killable(desk) as (address, process):
            ready(address)
            asked(address, key)
            until(lambda: receiver.got)
            os.kill(process.pid, signal.SIGKILL)
        with killable(desk) as (address, process):
            until(lambda: "ok" in ready(address)["notifications"] and len(receiver.got) >= 3)
            until(lambda: ready(address)["notifications"] == "ok")
            os.kill(process.pid, signal.SIGKILL)
        with served(desk) as address:
            ready(address)
            time.sleep(3)
        got = receiver.got

    assert len(got) == 3
    assert len({one.headers["webhook-id"] for one in got}) == 1
    told = [Webhook(SECRET).verify(one.body, one.headers) for one in got]
    assert {one["type"] for one in told} == {"review.waiting"}


def test_a_process_killed_before_it_could_tell_anybody_loses_nothing(desk: Desk) -> None:
    """The act is committed by a process that tells nobody; the next one that serves tells it."""
    with receiving() as receiver:
        key = desk.key("maria", "requester", "reviewer")
        with killable(desk) as (address, process):
            ready(address)
            asked(address, key)
            os.kill(process.pid, signal.SIGKILL)
        telling(desk, receiver)
        with served(desk) as address:
            ready(address)
            until(lambda: receiver.got)

    assert Webhook(SECRET).verify(receiver.got[0].body, receiver.got[0].headers)


def test_a_requester_gets_a_mail_when_changes_are_asked_for(desk: Desk) -> None:
    """From a reviewer's act through the API to a letter in the requester's box."""
    ask, review = desk.key("maria", "requester"), desk.key("rex", "reviewer")
    with receiving() as receiver, mail_server() as server:
        mail = {
            "kind": "email",
            "host": "127.0.0.1",
            "port": server.port,
            "security": "none",
            "from": "desk@example.com",
        }
        rule = {"channel": "mail", "events": ["review.changes_requested"]}
        people = {"maria": "maria@example.com"}
        telling(desk, receiver, channels={"mail": mail}, rules=[rule], people=people)
        assert "answered 200" in desk.ok("notifications", "test", "ops")
        assert "took it" in desk.ok("notifications", "test", "mail", "--to", "maria")
        with served(desk) as address:
            ready(address)
            asked(address, ask)
            (item,) = call("GET", f"{address}/v1/reviews", review).body["items"]
            path = f"{address}/v1/reviews/{item['id']}/request-changes"
            call("POST", path, review, {"note": "Say until when."}, {"If-Match": '"1"'})
            until(lambda: len(server.post.letters) == 2)

    letter = server.post.letters[1]
    assert letter.rcpt_tos == ["maria@example.com"]
    assert b"Say until when." in (letter.content or b"")
    assert "mail: maria" in desk.ok("notifications", "list")


def test_what_was_given_up_is_listed_and_tried_again(desk: Desk) -> None:
    """A receiver that is gone: listed with the reason, in doctor and /readyz, and retried."""
    key = desk.key("maria", "requester", "reviewer")
    with receiving(answers(410, b"no such hook"), answers(200)) as receiver:
        telling(desk, receiver)
        with served(desk) as address:
            ready(address)
            asked(address, key)
            until(lambda: "given up" in ready(address)["notifications"])
            (failed,) = map(json.loads, desk.ok("notifications", "list", "--json").splitlines())
            assert failed["state"] == "failed"
            assert "answered 410: no such hook" in failed["trouble"]
            assert "1 given up" in desk.run("doctor").stdout
            desk.ok("notifications", "retry", failed["id"])
            until(lambda: ready(address)["notifications"] == "ok")

    assert len(receiver.got) == 2
