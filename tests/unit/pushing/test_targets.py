"""The file of targets: what is wrong in it is told, and where nothing may be sent nothing is."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from copydesk.errors import InputError, SettingsError, Undelivered
from copydesk.publishing.annotations import annotations_of
from copydesk.pushing import Targets
from copydesk.pushing.build import build_tools
from copydesk.pushing.mail import body_of, page_of
from copydesk.pushing.pace import Pace
from copydesk.pushing.rest import Rest
from copydesk.pushing.tools.listmonk import ListmonkTool
from tests.factories import BRIEF, NOW, a_brief
from tests.unit.pushing.bench import a_parcel, a_row, targets_at
from tests.unit.pushing.twin import twin_of

LISTMONK = {"tool": "listmonk", "url": "https://list.example", "user": "desk", "lists": [1]}
SFMC = {
    "tool": "sfmc",
    "url": "https://x.rest.example",
    "auth_url": "https://x.auth.example",
    "client_id": "c",
    "data_extension": "copydesk",
}


def targets(**one: Any) -> Targets:
    return Targets.model_validate({"targets": {"news": one}})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"url": "http://list.example"}, "use https"),
        ({"url": "https://user:word@list.example"}, "leave out user"),
        ({"url": "https://2130706433/"}, "by its name"),
        ({"lists": []}, "at least 1"),
        ({"tool": "pigeon"}, "listmonk"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_what_is_wrong_in_the_file_is_refused(change: dict[str, Any], told: str) -> None:
    """Addresses as for webhooks, lists that are empty, tools and fields that are not known."""
    with pytest.raises(ValidationError, match=told):
        targets(**{**LISTMONK, **change})


def test_the_address_of_tokens_is_judged_like_the_other() -> None:
    """Marketing Cloud's second address gets the client secret: it must be https, too."""
    assert targets(**SFMC).targets["news"].tool == "sfmc"
    with pytest.raises(ValidationError, match="auth_url"):
        targets(**{**SFMC, "auth_url": "http://x.auth.example"})


def test_a_file_is_read_with_its_lines(tmp_path: Path) -> None:
    """A mistake is told with file and line; without a file there are no targets."""
    file = tmp_path / "targets.yaml"
    file.write_text("targets:\n  news:\n    tool: listmonk\n    url: ftp://x\n", encoding="utf-8")

    assert Targets.load(None).targets == {}
    with pytest.raises(InputError, match=r"targets\.yaml"):
        Targets.load(file)


def test_secrets_and_targets_must_fit_each_other() -> None:
    """One without the other is told by its setting; so is a dialect that is not known."""
    one = targets(**{**LISTMONK, "dialect": "liquid"})
    with pytest.raises(SettingsError, match=r"push_secrets\.news"):
        build_tools(one, {})
    with pytest.raises(SettingsError, match=r"(?s)push_secrets\.news.*push_secrets\.list"):
        build_tools(Targets(targets={**one.targets, "list": one.targets["news"]}), {})
    with pytest.raises(SettingsError, match="no such target: there are news"):
        build_tools(one, {"news": ["s"], "olds": ["s"]})
    with pytest.raises(SettingsError, match="dialect"):
        build_tools(targets(**{**LISTMONK, "dialect": "pigeon"}), {"news": ["s"]})
    assert list(build_tools(one, {"news": ["s"]})) == ["news"]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fd00::1"])
def test_nothing_is_sent_to_an_address_inside(address: str) -> None:
    """A name that leads to loopback, a private or a metadata address gets no copy and no key."""
    target = targets(**LISTMONK).targets["news"]
    tool = ListmonkTool(target, "s", lambda _host, _port: [address])  # type: ignore[arg-type]

    with pytest.raises(Undelivered, match="no public address") as caught:
        tool.put(a_parcel())
    assert caught.value.for_good


def test_html_holds_the_approved_words_and_what_the_law_asks() -> None:
    """Paragraphs and tags come through, markup does not; the head has the mark and the offer."""
    row = a_row(
        body='Hi {{ first_name | fallback: "there" }},\n\n<b>20%</b> & more\nuntil Sunday',
        annotations=annotations_of(a_brief()),
    )
    page = page_of(row)

    assert '<p>Hi {{ first_name | fallback: "there" }},</p>' in page
    assert "<p>&lt;b&gt;20%&lt;/b&gt; &amp; more<br>\nuntil Sunday</p>" in page
    assert 'content="http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"' in page
    assert str(BRIEF["offer"]["code"]) in page.partition("</head>")[0]
    assert row.preheader in body_of(row)
    assert row.preheader not in body_of(row, preheader=False)


def test_a_pace_has_room_again_when_its_rest_is_over() -> None:
    """A target that asked for peace is not called meanwhile; another one is."""
    now: datetime = NOW
    pace = Pace({"news": 10, "shop": 10}, lambda: now)
    pace.rest("news", 30)

    assert (pace.take("news"), pace.take("shop")) == (False, True)
    now += timedelta(seconds=31)
    assert pace.take("news")


def test_a_secret_with_a_line_break_is_not_told() -> None:
    """What HTTP cannot send is refused for good, in words without the secret."""
    with twin_of("klaviyo") as twin:
        secret = "the-secret\r\nx-more: 1"
        place = targets_at(twin).targets["news"]
        with pytest.raises(Undelivered) as told:
            Rest(place, {"authorization": f"Key {secret}"}, (secret,)).call("GET", "/")

    assert "line break" in told.value.message
    assert "the-secret" not in repr(told.value)
    assert told.value.__cause__ is None
    assert told.value.for_good
