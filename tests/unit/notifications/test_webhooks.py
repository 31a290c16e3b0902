"""Webhooks against a real server on loopback: signed, pinned, bounded, and never led elsewhere."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from copydesk.errors import SettingsError, Undelivered
from copydesk.notifications.addresses import Resolve, resolve
from copydesk.notifications.book import WebhookChannel
from copydesk.notifications.webhooks import Message, WebhookCarrier
from tests.contract.test_outbox import a_notice
from tests.unit.notifications.receivers import (
    OLD_SECRET,
    PUBLIC_URL,
    SECRET,
    Authority,
    a_parcel,
    answers,
    drips,
    receiving,
)


def a_channel(url: str, **changes: Any) -> WebhookChannel:
    given = {"kind": "webhook", "url": url, "allow_http": True, "allow_private": True}
    return WebhookChannel.model_validate({**given, **changes})


def a_carrier(
    url: str, secrets: Sequence[str] = (SECRET,), resolver: Resolve = resolve, **changes: Any
) -> WebhookCarrier:
    channel = a_channel(url, **changes)
    return WebhookCarrier("ops", channel, secrets, PUBLIC_URL, resolver=resolver)


def test_a_receiver_can_verify_who_sent_it() -> None:
    """The library of Standard Webhooks accepts the signature, and refuses a changed body."""
    with receiving() as receiver:
        said = a_carrier(receiver.url).carry(a_parcel())

    (got,) = receiver.got
    assert said == f"127.0.0.1:{receiver.port} answered 200"
    assert got.path == "/hooks/copydesk?from=desk"
    assert got.headers["webhook-id"] == "ntc_1"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    told = Webhook(SECRET).verify(got.body, got.headers)
    assert (told["type"], told["data"]["item"]) == ("review.approved", "rev_1")
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(got.body.replace(b"rob", b"bob"), got.headers)


def test_while_a_secret_is_replaced_both_are_good() -> None:
    """Signed by the new and the old one, so a receiver that knows either accepts it."""
    with receiving() as receiver:
        a_carrier(receiver.url, [SECRET, OLD_SECRET]).carry(a_parcel())

    for secret in (SECRET, OLD_SECRET):
        assert Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)


def test_a_message_says_what_happened_and_not_the_copy() -> None:
    """Ids, state, link and reason; the copy only where the channel says so; the same every time."""
    notice = a_notice(state="approved", version=3, concerns=("ana",))
    plain = json.loads(a_carrier("http://a.example/").body(notice))
    full = json.loads(a_carrier("http://a.example/", include_copy=True).body(notice))

    assert plain["data"] == {
        "why": "rob approved it.",
        "actor": "rob",
        "item": "rev_1",
        "campaign": "spring",
        "brand": "",
        "kind": "",
        "audience": "",
        "state": "approved",
        "version": 3,
        "late_hours": None,
        "concerns": ["ana"],
        "link": f"{PUBLIC_URL}/reviews/rev_1",
    }
    assert full["data"]["copy"] == notice.model_dump(mode="json")["copy"]
    assert Message.model_validate(full).data.copy_ == notice.copy_


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    """Whoever answers with another place, inside or outside, is told to nobody."""
    with receiving() as inside:
        moved = answers(status, location=f"http://127.0.0.1:{inside.port}/admin")
        with receiving(moved) as receiver, pytest.raises(Undelivered, match="go elsewhere"):
            a_carrier(receiver.url).carry(a_parcel())

    assert inside.got == []


def test_an_error_is_told_with_the_beginning_of_the_answer() -> None:
    """A huge answer is read no further than a bound, and quoted no longer than a line."""
    huge = b"no such hook " * 1_000_000
    with receiving(answers(500, huge)) as receiver, pytest.raises(Undelivered) as error:
        a_carrier(receiver.url).carry(a_parcel())

    assert "answered 500: no such hook" in error.value.message
    assert len(error.value.message) < 300
    assert (error.value.for_good, error.value.wait_s) == (False, None)


def test_a_receiver_that_is_gone_is_gone_for_good() -> None:
    """410 says that no later try is wanted."""
    with receiving(answers(410)) as receiver, pytest.raises(Undelivered) as error:
        a_carrier(receiver.url).carry(a_parcel())

    assert error.value.for_good


def test_a_receiver_may_ask_to_be_left_alone_for_a_while() -> None:
    """`Retry-After` counts in seconds and as a date."""
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    script = [answers(503, Retry_After="17"), answers(429, Retry_After=soon), answers(503)]
    waits = []
    with receiving(*script) as receiver:
        for _ in script:
            with pytest.raises(Undelivered) as error:
                a_carrier(receiver.url).carry(a_parcel())
            waits.append(error.value.wait_s)

    assert waits[0] == 17
    assert waits[1] == pytest.approx(90, abs=5)
    assert waits[2] is None


def test_a_receiver_that_drips_is_left_when_the_time_is_over() -> None:
    """Each byte comes in time and the whole never would: one limit holds over all of it."""
    began = time.monotonic()
    with receiving(drips) as receiver, pytest.raises(Undelivered):
        a_carrier(receiver.url, timeout_s=0.5).carry(a_parcel())

    assert time.monotonic() - began < 3


def test_without_leave_nothing_is_sent_inside() -> None:
    """An address that is not public is refused for good, however its name is written."""
    with receiving() as receiver:
        for host in ("127.0.0.1", "localhost"):
            url = f"http://{host}:{receiver.port}/"
            with pytest.raises(Undelivered, match="no public address") as error:
                a_carrier(url, allow_private=False).carry(a_parcel())
            assert error.value.for_good

    assert receiver.got == []


def test_a_name_is_resolved_once_and_that_address_is_used() -> None:
    """A resolver that changes its mind between two questions is asked only one."""
    with receiving() as receiver:
        asked: list[str] = []

        def rebinding(host: str, _: int) -> Sequence[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

        url = f"http://hooks.example:{receiver.port}/"
        a_carrier(url, resolver=rebinding).carry(a_parcel())

    assert asked == ["hooks.example"]
    assert receiver.got[0].headers["host"] == f"hooks.example:{receiver.port}"


def test_a_name_that_leads_inside_is_refused_by_what_it_leads_to() -> None:
    """The name says nothing: its address decides."""
    with receiving() as receiver:
        url = f"http://hooks.example:{receiver.port}/"
        carrier = a_carrier(url, resolver=lambda _, __: ["127.0.0.1"], allow_private=False)
        with pytest.raises(Undelivered, match="no public address"):
            carrier.carry(a_parcel())

    assert receiver.got == []


def test_tls_asks_for_the_certificate_of_the_name(tmp_path: Path) -> None:
    """Connected by address, verified by name: the right name passes, another does not."""
    authority = Authority(tmp_path, "hooks.example")
    told: dict[str, Any] = {
        "ca_file": authority.ca_file,
        "allow_http": False,
        "resolver": lambda _, __: ["127.0.0.1"],
    }
    with receiving(tls=authority.context) as receiver:
        a_carrier(f"https://hooks.example:{receiver.port}/", **told).carry(a_parcel())
        with pytest.raises(Undelivered, match="certificate"):
            a_carrier(f"https://other.example:{receiver.port}/", **told).carry(a_parcel())

    assert len(receiver.got) == 1


def test_nobody_there_is_told_as_such() -> None:
    """A refused connection and an unknown name are reasons to try again."""
    with receiving() as receiver:
        url = receiver.url
    for gone in (url, "http://no-such-host.invalid/"):
        with pytest.raises(Undelivered) as error:
            a_carrier(gone).carry(a_parcel())
        assert not error.value.for_good


@pytest.mark.parametrize("secrets", [(), ("whsec_",), ("whsec_short",), ("whsec_ümlaut",)])
def test_a_secret_that_protects_nothing_is_refused(secrets: Sequence[str]) -> None:
    """None, an empty one, a short one, or what is no base64: said when Copydesk starts."""
    with pytest.raises(SettingsError, match=r"notification_secrets\.ops.*openssl rand"):
        a_carrier("https://a.example/", secrets)
