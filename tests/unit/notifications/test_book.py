"""The file of channels, people and rules: what it says, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from copydesk.errors import InputError, SettingsError
from copydesk.notifications import Book, Event
from copydesk.notifications.book import Quiet, Retries
from copydesk.notifications.build import build_carriers
from copydesk.notifications.retrying import wait_s
from tests.contract.test_outbox import a_notice
from tests.unit.notifications.receivers import SECRET

BOOK = """\
channels:
  ops:
    kind: webhook
    url: https://hooks.example.com/copydesk
  mail:
    kind: email
    host: smtp.example.com
    user: copydesk
    from: Copydesk <copydesk@example.com>
    digest_minutes: 15
people:
  maria: maria@example.com
rules:
  - channel: ops
    events: [review.waiting, review.late]
    brands: [Northpeak]
    priority_at_least: 20
  - channel: mail
    events: [review.changes_requested]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "notifications.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_says_who_is_told_of_what(tmp_path: Path) -> None:
    """A rule fits when all that it gives is true; without a file nobody is told of anything."""
    book = Book.load(written(tmp_path, BOOK))
    late = a_notice(event=Event.LATE, brand="Northpeak")

    assert [rule.channel for rule in book.rules_for(late, 30)] == ["ops"]
    assert list(book.rules_for(late, 10)) == []
    assert list(book.rules_for(late, None)) == []
    assert list(book.rules_for(late.model_copy(update={"brand": "Larkfell"}), 30)) == []
    asked = a_notice(event=Event.CHANGES_REQUESTED)
    assert [rule.channel for rule in book.rules_for(asked, None)] == ["mail"]
    assert Book.load(None) == Book()


def test_a_person_is_written_to_where_the_file_says_or_the_name_is(tmp_path: Path) -> None:
    """A user whose name is an address needs no entry; any other without one has none."""
    book = Book.load(written(tmp_path, BOOK))

    assert book.address_of("maria") == "maria@example.com"
    assert book.address_of("bea@example.com") == "bea@example.com"
    assert book.address_of("rex") is None


@pytest.mark.parametrize(
    ("was", "becomes", "line", "says"),
    [
        ("https://hooks", "http://hooks", 2, "use https://"),
        ("https://hooks.example.com", "https://u:p@hooks.example.com", 2, "leave out user"),
        ("https://hooks.example.com", "https://2130706433", 2, "host by its name"),
        ("https://hooks.example.com", "https://0x7f.1", 2, "host by its name"),
        ("https://hooks.example.com/copydesk", "hooks", 2, "whole address"),
        ("https://hooks.example.com", "https://hooks.example.com:99999", 2, "cannot be read"),
        ("kind: email", "kind: pigeon", 5, "email"),
        ("copydesk@example.com>", "nobody>", 9, "write an address"),
        ("maria@example.com", "maria", 12, "e-mail address"),
        ("[review.changes_requested]", "[review.changed]", 19, "review.waiting"),
        ("[review.changes_requested]", "[]", 19, "at least 1"),
        ("digest_minutes: 15", "digest_minute: 15", 10, "no such field"),
        ("user: copydesk", "user: copydesk\n    security: none", 5, "a password is sent only"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, was: str, becomes: str, line: int, says: str
) -> None:
    """File, line and what would be right."""
    with pytest.raises(InputError) as error:
        Book.load(written(tmp_path, BOOK.replace(was, becomes)))

    assert says in error.value.message
    assert f"notifications.yaml:{line}:" in error.value.message


def test_a_rule_names_a_channel_that_there_is(tmp_path: Path) -> None:
    """A slip in a name is told with the names that there are."""
    with pytest.raises(InputError, match="there are ops, mail"):
        Book.load(written(tmp_path, BOOK.replace("channel: mail", "channel: post")))


def test_a_rule_names_people_who_can_be_written_to(tmp_path: Path) -> None:
    """A slip in a name would be silence: it is told with those who are known."""
    book = BOOK + "    to: [reviewer]\n"
    with pytest.raises(InputError, match=r"'reviewer'.*reviewers, approvers, admins, maria"):
        Book.load(written(tmp_path, book))

    named = "    to: [reviewers, maria, bo@example.com]\n"
    assert Book.load(written(tmp_path, BOOK + named)).rules[1].to[1] == "maria"


@pytest.mark.parametrize(
    "address",
    [
        "maria",
        "a@b@c",
        "a b@example.com",
        "a..b@example.com",
        "x\r\nBcc: y@z.com",
        "<a@b.com>",
        "@",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """Nothing that a header could be broken with is an address."""
    with pytest.raises(ValueError, match="e-mail address"):
        Book(people={"maria": address})


@pytest.mark.parametrize(
    ("secrets", "says"),
    [
        ({"ops": [SECRET]}, "give the password of copydesk"),
        ({"mail": ["pw"]}, "the channel has no secret to sign with"),
        ({"ops": [SECRET], "mail": ["pw"], "old": ["x"]}, "there are ops, mail"),
    ],
)
def test_every_channel_has_its_secret(tmp_path: Path, secrets: Any, says: str) -> None:
    """One that is missing, and one for no channel, stop Copydesk when it starts."""
    book = Book.load(written(tmp_path, BOOK))
    with pytest.raises(SettingsError, match=says):
        build_carriers(book, secrets, None)

    assert set(build_carriers(book, {"ops": [SECRET], "mail": ["pw"]}, None)) == {"ops", "mail"}


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-03-06T19:30Z", "2026-03-07T06:00Z"),
        ("2026-03-06T05:59Z", "2026-03-06T06:00Z"),
        ("2026-03-06T06:00Z", "2026-03-06T06:00Z"),
        ("2026-03-06T12:00Z", "2026-03-06T12:00Z"),
        ("2026-03-28T20:00Z", "2026-03-29T05:00Z"),
    ],
)
def test_quiet_hours_go_over_midnight_and_over_a_change_of_clocks(at: str, until: str) -> None:
    """Berlin is quiet from 20:00 to 07:00; its clocks go forward on 29 March 2026."""
    quiet = Quiet.model_validate({"from": "20:00", "to": "07:00", "zone": "Europe/Berlin"})

    assert quiet.after(_at(at)) == _at(until)


def _at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)


def test_waits_grow_fourfold_within_a_bound_and_differ_a_little() -> None:
    """Ten seconds, forty, and so on to six hours; a fifth more or less by chance."""
    retries = Retries()
    middle = [wait_s(retries, tries, 0.5) for tries in (1, 2, 3, 9, 500)]

    assert middle == [10, 40, 160, 21_600, 21_600]
    assert (wait_s(retries, 1, 0.0), wait_s(retries, 1, 1.0)) == pytest.approx((8, 12))


def test_a_receiver_that_asks_for_more_time_gets_it() -> None:
    """Up to a day, and never less than we would wait by ourselves."""
    assert wait_s(Retries(), 1, 0.5, 300) == 300
    assert wait_s(Retries(), 1, 0.5, 2) == 10
    assert wait_s(Retries(), 1, 0.5, -5) == 10
    assert wait_s(Retries(), 1, 0.5, 10**9) == 86_400
