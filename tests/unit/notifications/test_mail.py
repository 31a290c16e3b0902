"""Mail against a real server on loopback: what it says, and what it can never hold."""

from __future__ import annotations

import email
import email.policy
import unicodedata
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import Undelivered
from copydesk.notifications import Event
from copydesk.notifications.book import MailChannel
from copydesk.notifications.mail import MailCarrier
from tests.contract.test_outbox import a_notice
from tests.factories import a_copy
from tests.unit.notifications.receivers import PUBLIC_URL, Authority, Post, a_parcel, mail_server

MARIA = "maria@example.com"
HOSTILE = "Sale\r\nBcc: all@example.com\r\n\r\n<script>x</script>\u202eevil\u200b"


def a_channel(**changes: Any) -> MailChannel:
    given = {
        "kind": "email",
        "host": "localhost",
        "security": "none",
        "from": "Copydesk <desk@example.com>",
    }
    return MailChannel.model_validate({**given, **changes})


def the_letter(post: Post) -> EmailMessage:
    (envelope,) = post.letters
    content = envelope.content
    assert isinstance(content, bytes)
    read = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def texts(letter: EmailMessage) -> tuple[str, str]:
    plain, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def test_a_mail_says_what_happened_and_where_to_look() -> None:
    """Subject, reason and link, in text and in HTML, with headers that stop automatic answers."""
    notice = a_notice(event=Event.CHANGES_REQUESTED, why="rob asks for changes: say until when.")
    with mail_server() as server:
        carrier = MailCarrier(a_channel(port=server.port), None, PUBLIC_URL)
        said = carrier.carry(a_parcel(notice, address=MARIA))
        letter = the_letter(server.post)

    assert said == f"localhost took it for {MARIA}"
    assert letter["Subject"] == "Changes are asked for: 20% off trail shoes through March 8"
    assert (letter["To"], letter["From"]) == (MARIA, "Copydesk <desk@example.com>")
    assert letter["Message-ID"] == "<dlv_1@example.com>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Id"] == "Copydesk <copydesk.example.com>"
    for text in texts(letter):
        assert "say until when." in text
        assert f"{PUBLIC_URL}/reviews/rev_1" in text


def test_a_mail_holds_no_copy_beyond_its_subject() -> None:
    """Body and preheader are read on the page, by those who may."""
    with mail_server() as server:
        carrier = MailCarrier(a_channel(port=server.port), None, PUBLIC_URL)
        carrier.carry(a_parcel(address=MARIA))
        sent = "".join(texts(the_letter(server.post)))

    assert "20% off trail shoes" in sent
    assert "the mud is back" not in sent
    assert "Code TRAIL20, on full-price pairs" not in sent


def test_hostile_copy_adds_no_header_and_turns_nothing_around() -> None:
    """Line ends, markup, bidi and zero-width characters become plain words on one line."""
    notice = a_notice(
        copy=a_copy(subject=HOSTILE), why=HOSTILE, brand=HOSTILE, actor="a\r\nX-Evil: 1"
    )
    with mail_server() as server:
        MailCarrier(a_channel(port=server.port), None, PUBLIC_URL).carry(
            a_parcel(notice, address=MARIA)
        )
        letter = the_letter(server.post)
        (envelope,) = server.post.letters

    assert letter["Subject"] == (
        "Copy was approved: Sale Bcc: all@example.com <script>x</script>evil"
    )
    assert letter["Bcc"] is None
    assert letter["X-Evil"] is None
    assert envelope.rcpt_tos == [MARIA]
    assert "<script>" not in texts(letter)[1]


@given(st.text(max_size=300))
def test_no_text_breaks_a_header(text: str) -> None:
    """Whatever copy, reasons and names hold, the message is made, on one line a header."""
    subject = text.replace("{", "").replace("}", "")
    notice = a_notice(copy=a_copy(subject=subject), why=text, actor=text, campaign=text)
    letter = MailCarrier(a_channel()).message(a_parcel(notice, address=MARIA))

    shown = str(letter["Subject"])
    assert len(shown) <= 120
    assert {unicodedata.category(char) for char in shown}.isdisjoint({"Cc", "Cf", "Zl", "Zp"})
    assert set(letter.keys()) == {
        "Subject", "From", "To", "Date", "Message-ID", "List-Id", "Auto-Submitted",
        "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert b"\nBcc:" not in letter.as_bytes().split(b"\r\n\r\n")[0]


def test_several_things_are_one_mail() -> None:
    """A digest lists each with its link, and says in the subject how many there are."""
    other = a_notice("ntc_2", event=Event.LATE, item="rev_2", why="It was due on Monday.")
    letter = MailCarrier(a_channel(), None, PUBLIC_URL).message(
        a_parcel(a_notice(), other, address=MARIA)
    )

    assert letter["Subject"] == "Copydesk: 2 things happened"
    for text in texts(letter):
        assert "/reviews/rev_1" in text
        assert "/reviews/rev_2" in text
        assert "It was due on Monday." in text


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_way_there_is_encrypted_and_the_server_verified(tmp_path: Path, security: str) -> None:
    """With STARTTLS or TLS, and the password only after it; by the server's name."""
    authority = Authority(tmp_path, "localhost")
    given: dict[str, Any] = {"security": security, "user": "copydesk"}
    at_once = security == "tls"
    with mail_server(authority.context, at_once=at_once, password="right") as server:
        channel = a_channel(port=server.port, ca_file=authority.ca_file, **given)
        MailCarrier(channel, "right").carry(a_parcel(address=MARIA))
        with pytest.raises(Undelivered, match="535") as wrong:
            MailCarrier(channel, "wrong").carry(a_parcel(address=MARIA))
        unknown = a_channel(port=server.port, **given)
        with pytest.raises(Undelivered, match="certificate"):
            MailCarrier(unknown, "right").carry(a_parcel(address=MARIA))

    assert len(server.post.letters) == 1
    assert not wrong.value.for_good


def test_a_server_without_encryption_gets_nothing_that_asks_for_it() -> None:
    """Where STARTTLS is set and not offered, the mail is not sent in the clear instead."""
    with mail_server() as server, pytest.raises(Undelivered, match="STARTTLS"):
        MailCarrier(a_channel(port=server.port, security="starttls")).carry(a_parcel(address=MARIA))

    assert server.post.letters == []


@pytest.mark.parametrize(
    ("refusal", "for_good"),
    [("550 no such mailbox", True), ("451 try later", False), ("554 \u202espam", True)],
)
def test_a_refusal_for_good_is_not_tried_again(refusal: str, *, for_good: bool) -> None:
    """5xx means it, 4xx does not; what the server said is kept, without what hides."""
    with mail_server() as server:
        server.post.refusal = refusal
        with pytest.raises(Undelivered, match=refusal[:3]) as error:
            MailCarrier(a_channel(port=server.port)).carry(a_parcel(address=MARIA))

    assert error.value.for_good is for_good
    assert "\u202e" not in error.value.message


def test_nobody_there_and_nobody_known() -> None:
    """A server that is down may come back; a person without an address stays without one."""
    with mail_server() as server:
        port = server.port
    with pytest.raises(Undelivered) as down:
        MailCarrier(a_channel(port=port)).carry(a_parcel(address=MARIA))
    with pytest.raises(Undelivered, match="address") as unknown:
        MailCarrier(a_channel(port=port)).carry(a_parcel())

    assert not down.value.for_good
    assert unknown.value.for_good


def test_a_long_digest_is_cut_with_the_number_of_the_rest() -> None:
    """Fifty things in full, and how many more there are."""
    many = [a_notice(f"ntc_{number}", item=f"rev_{number}") for number in range(53)]
    letter = MailCarrier(a_channel(), None, PUBLIC_URL).message(a_parcel(*many, address=MARIA))

    for text in texts(letter):
        assert text.count("/reviews/rev_") == 50
        assert "And 3 more." in text
