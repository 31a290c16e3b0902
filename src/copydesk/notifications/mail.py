"""Telling people, by e-mail: what happened and where to look, and no copy beyond its subject."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from copydesk.errors import Undelivered
from copydesk.notifications.book import MailChannel
from copydesk.notifications.notices import Event, Notice
from copydesk.notifications.sending import Parcel, link_to, neutral, words
from copydesk.notifications.webhooks import context_of

LISTED = 50
"""Things that one mail tells in full; of more it tells the number."""
REFUSED = 500
"""From this code on a mail server means it for good."""
PASSWORD_CODES = frozenset({530, 534, 535, 538})
"""About signing in: another password may help, so a later try may, too."""


class MailCarrier:
    """Sends through one mail server."""

    def __init__(
        self, channel: MailChannel, password: str | None = None, public_url: str | None = None
    ) -> None:
        self._channel = channel
        self._password = password
        self._public_url = public_url

    def carry(self, parcel: Parcel) -> str:
        """Send one mail, and return who took it. Raises Undelivered."""
        message = self.message(parcel)
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _refused(code, said) from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            place = f"{self._channel.host}:{self._channel.port}"
            raise Undelivered(f"{place}: {str(error) or type(error).__name__}") from error
        return f"{self._channel.host} took it for {parcel.address}"

    def message(self, parcel: Parcel) -> EmailMessage:
        """Return the mail: text, and the same as simple HTML."""
        if parcel.address is None:
            raise Undelivered(
                f"Nobody knows the address of {parcel.delivery.person}.", for_good=True
            )
        told = [_told(notice, self._public_url) for notice in parcel.notices[:LISTED]]
        message = EmailMessage(policy=SMTP)
        message["Subject"] = subject_of(parcel)
        message["From"] = _address(self._channel.sender)
        message["To"] = _address(parcel.address)
        message["Date"] = format_datetime(parcel.delivery.next_at)
        message["Message-ID"] = f"<{parcel.delivery.id}@{self._domain}>"
        message["List-Id"] = f"Copydesk <copydesk.{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        given = {"told": told, "more": len(parcel.notices) - len(told)}
        message.set_content(_environment.get_template("mail.txt.jinja").render(given))
        html = _environment.get_template("mail.html.jinja").render(given)
        message.add_alternative(html, subtype="html")
        return message

    @property
    def _domain(self) -> str:
        return parseaddr(self._channel.sender)[1].rpartition("@")[2]

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        channel = self._channel
        place = (channel.host, channel.port)
        server = (
            smtplib.SMTP_SSL(*place, timeout=channel.timeout_s, context=self._context())
            if channel.security == "tls"
            else smtplib.SMTP(*place, timeout=channel.timeout_s)
        )
        with server:
            if channel.security == "starttls":
                # Without it the server is refused, never trusted: smtplib raises.
                server.starttls(context=self._context())
            if channel.user is not None:
                server.login(channel.user, self._password or "")
            yield server

    def _context(self) -> ssl.SSLContext:
        return context_of(self._channel.ca_file)


def subject_of(parcel: Parcel) -> str:
    """Return the subject: what happened to which copy, or how much happened."""
    first = parcel.notices[0]
    if len(parcel.notices) > 1:
        return f"Copydesk: {len(parcel.notices)} things happened"
    title = _title(first)
    short = words()[first.event].short
    return neutral(f"{short}: {title}" if title else f"{short} · Copydesk")


def _told(notice: Notice, public_url: str | None) -> dict[str, str | None]:
    return {
        "short": words()[notice.event].short,
        "long": words()[notice.event].long,
        "title": _title(notice),
        "why": neutral(notice.why, 600),
        "who": "" if notice.event is Event.TEST else neutral(notice.actor),
        "where": neutral(" · ".join(filter(None, (notice.brand, notice.campaign)))),
        "at": f"{notice.at.day} {notice.at:%b %Y, %H:%M} UTC",
        "link": link_to(notice, public_url),
    }


def _title(notice: Notice) -> str:
    return neutral(str(notice.copy_.subject)) if notice.copy_ is not None else ""


def _address(written: str) -> Address:
    name, address = parseaddr(written)
    return Address(display_name=neutral(name), addr_spec=address)


def _refused(code: int, said: bytes | str) -> Undelivered:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    for_good = code >= REFUSED and code not in PASSWORD_CODES
    return Undelivered(f"The mail server answered {code}: {neutral(text, 200)}", for_good=for_good)


_environment = Environment(
    loader=PackageLoader("copydesk.notifications"),
    autoescape=select_autoescape(["html.jinja"], default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
