"""Who is told of what, and by which channel: a YAML file of the operator's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)

from copydesk import documents
from copydesk.briefs import UNQUOTED, Kind, Line, Noun, Slug
from copydesk.notifications.notices import Event, Notice

DAY_MINUTES = 1_440
LAST_PORT = 65_535
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
PLAIN_ADDRESS = re.compile(rf"{ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})*")
CONCERNED = "concerned"
GROUPS = ("reviewers", "approvers", "admins")


def _an_address(address: str) -> str:
    if not PLAIN_ADDRESS.fullmatch(address):
        raise ValueError("write an e-mail address, as maria@example.com")
    return address


def _a_sender(sender: str) -> str:
    name, address = parseaddr(sender)
    unclean = any(not char.isprintable() for char in sender)
    if (
        unclean
        or not PLAIN_ADDRESS.fullmatch(address)
        or (name and not sender.startswith((name, '"')))
    ):
        raise ValueError("write an address, or a name with it: Copydesk <copydesk@example.com>")
    return sender


def _a_clock_time(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('write the time in quotes, as "19:30"')
    return value


def _a_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("name a time zone, as Europe/Berlin") from error
    return name


Address = Annotated[str, StringConstraints(max_length=254), AfterValidator(_an_address)]
ClockTime = Annotated[str, AfterValidator(_a_clock_time)]


class Place(Noun):
    """A server outside that is called by HTTP."""

    url: Annotated[str, StringConstraints(max_length=2_000)]
    allow_http: StrictBool = False
    """Whether the address may be a plain `http://` one."""
    allow_private: StrictBool = False
    """Whether it may lead to an address that is not public: loopback, private, link-local."""
    timeout_s: Annotated[float, Field(gt=0, le=60), UNQUOTED] = 10
    """Longest time of one try, from the first byte sent to the last one read."""
    ca_file: Path | None = None
    """Certificates to trust in place of the system's, as PEM."""

    @property
    def place(self) -> str:
        """Where it goes, without path and query: they may hold a secret of the receiver."""
        return urlsplit(self.url).netloc

    @model_validator(mode="after")
    def _url_can_be_used(self) -> Self:
        try:
            parts = urlsplit(self.url)
            host, port = parts.hostname or "", parts.port or 443
        except ValueError as error:
            raise ValueError(f"`url` cannot be read: {error}") from error
        if not self.url.isascii() or not self.url.isprintable() or " " in self.url or not host:
            raise ValueError("`url`: write the whole address, as https://example.com/copydesk")
        if parts.scheme != "https" and not (parts.scheme == "http" and self.allow_http):
            raise ValueError("`url`: use https://, or say `allow_http: true` with http://")
        if parts.username is not None or parts.fragment:
            raise ValueError("`url`: leave out user, password and #fragment")
        if _is_number(host) or not 0 < port <= LAST_PORT:
            raise ValueError("`url`: write the host by its name, or its address as 203.0.113.7")
        return self


class WebhookChannel(Place):
    """A program that is told by HTTP, signed by Standard Webhooks."""

    kind: Literal["webhook"]
    include_copy: StrictBool = False
    """Whether the message holds the copy itself."""


class Quiet(Noun):
    """Hours of the day in which nobody is written to."""

    starts: ClockTime = Field(alias="from")
    ends: ClockTime = Field(alias="to")
    zone: Annotated[str, AfterValidator(_a_zone)] = "UTC"

    def after(self, at: datetime) -> datetime:
        """Return the first time from `at` on that is not quiet."""
        local = at.astimezone(ZoneInfo(self.zone))
        starts, ends = time.fromisoformat(self.starts), time.fromisoformat(self.ends)
        now = local.time()
        over_midnight = ends <= starts
        is_quiet = now >= starts or now < ends if over_midnight else starts <= now < ends
        if not is_quiet:
            return at
        end = local.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
        if end <= local:
            end = (end.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=local.tzinfo)
        return end.astimezone(at.tzinfo)


class MailChannel(Noun):
    """People who are written to, through a mail server."""

    kind: Literal["email"]
    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:-]{1,253}$")]
    port: Annotated[StrictInt, Field(ge=1, le=LAST_PORT)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls` on port 587, `tls` on 465; `none` only to a server of this machine's own network.
    """
    user: Line | None = None
    """With the channel's secret as password; without it nobody signs in."""
    sender: Annotated[str, StringConstraints(max_length=320), AfterValidator(_a_sender)] = Field(
        alias="from"
    )
    digest_minutes: Annotated[StrictInt, Field(ge=0, le=DAY_MINUTES)] = 0
    """At most one mail in so many minutes to one person: what happens meanwhile is gathered."""
    quiet: Quiet | None = None
    timeout_s: Annotated[float, Field(gt=0, le=120), UNQUOTED] = 20
    ca_file: Path | None = None
    """Certificates to trust in place of the system's, as PEM."""

    @model_validator(mode="after")
    def _password_is_safe(self) -> MailChannel:
        if self.user is not None and self.security == "none":
            raise ValueError("`user`: a password is sent only with `security: starttls` or `tls`")
        return self


Channel = Annotated[WebhookChannel | MailChannel, Field(discriminator="kind")]


class TellRule(Noun):
    """Of what a channel tells; all that is given must be true."""

    channel: Slug
    events: Annotated[tuple[Event, ...], Field(min_length=1)]
    to: Annotated[tuple[Line, ...], Field(min_length=1)] = (CONCERNED,)
    """For mail: `concerned`, `reviewers`, `approvers`, `admins`, names of users, or addresses."""
    brands: tuple[Line, ...] = ()
    kinds: tuple[Kind, ...] = ()
    audiences: tuple[Slug, ...] = ()
    priority_at_least: Annotated[float, UNQUOTED] | None = None
    """Points of priority that the item has when it happens."""

    def fits(self, notice: Notice, points: float | None) -> bool:
        """Return whether this rule tells of the notice; `points` are its item's priority."""
        if self.priority_at_least is not None and (points or 0) < self.priority_at_least:
            return False
        return (
            notice.event in self.events
            and (not self.brands or notice.brand in self.brands)
            and (not self.kinds or notice.kind in self.kinds)
            and (not self.audiences or notice.audience in self.audiences)
        )


class Retries(Noun):
    """How long a message that does not get through is tried."""

    first_s: Annotated[float, Field(gt=0, le=3_600), UNQUOTED] = 10
    """Before the second try; four times as long after each further one."""
    longest_h: Annotated[float, Field(gt=0, le=24), UNQUOTED] = 6
    """No wait is longer."""
    give_up_days: Annotated[float, Field(gt=0, le=30), UNQUOTED] = 3


class Book(Noun):
    """Channels, people and rules."""

    channels: dict[Slug, Channel] = {}
    people: dict[Annotated[str, StringConstraints(min_length=1, max_length=64)], Address] = {}
    """E-mail address of each user by name; a user whose name is an address needs none."""
    rules: tuple[TellRule, ...] = ()
    late_hours: tuple[Annotated[StrictInt, Field(ge=0, le=168)], ...] = (0,)
    """Hours past due at which an item is late, once for each."""
    retries: Retries = Retries()
    keep_days: Annotated[StrictInt, Field(ge=1, le=365)] = 30
    """How long the outbox remembers what was sent."""

    @classmethod
    def load(cls, path: Path | None) -> Book:
        """Read the file; an empty book without a path.

        Raises:
            InputError: something in it cannot be used; with file and line.
        """
        return documents.load(path, cls) if path is not None else cls()

    @model_validator(mode="after")
    def _rules_name_channels(self) -> Book:
        for number, rule in enumerate(self.rules):
            if rule.channel not in self.channels:
                known = ", ".join(self.channels) or "none yet"
                raise ValueError(
                    f"rules[{number}] names the channel `{rule.channel}`, and there is no such "
                    f"channel: there are {known}"
                )
        return self

    @model_validator(mode="after")
    def _everybody_can_be_written_to(self) -> Book:
        for number, rule in enumerate(self.rules):
            for name in rule.to:
                if name not in {CONCERNED, *GROUPS} and self.address_of(name) is None:
                    known = ", ".join((CONCERNED, *GROUPS, *self.people))
                    raise ValueError(
                        f"rules[{number}].to names {name!r}, whom nobody knows: write an address, "
                        f"a name under `people`, or one of {known}"
                    )
        return self

    def rules_for(self, notice: Notice, points: float | None) -> Iterable[TellRule]:
        """Return the rules that tell of a notice."""
        return [rule for rule in self.rules if rule.fits(notice, points)]

    def address_of(self, person: str) -> str | None:
        """Return where a person is written to, or None where nobody knows."""
        known = self.people.get(person)
        return known or (person if PLAIN_ADDRESS.fullmatch(person) else None)


def _is_number(host: str) -> bool:
    """Return whether a host is a number in disguise: 2130706433, 0x7f.1, 0177.0.0.1."""
    try:
        ip_address(host)
    except ValueError:
        return bool(re.fullmatch(r"(0x[0-9a-f]*|\d+)", host.rstrip(".").rpartition(".")[2].lower()))
    return False
