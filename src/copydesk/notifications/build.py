"""From the operator's file to what carries messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from copydesk.errors import Problem, SettingsError
from copydesk.notifications.book import Book, MailChannel
from copydesk.notifications.mail import MailCarrier
from copydesk.notifications.sending import Carrier
from copydesk.notifications.webhooks import WebhookCarrier


def build_carriers(
    book: Book, secrets: Mapping[str, Sequence[str]], public_url: str | None
) -> dict[str, Carrier]:
    """Return what carries messages, by channel.

    `secrets` are by channel those that sign a webhook, the newest first, or the password of a mail
    server's user.

    Raises:
        SettingsError: a channel lacks its secret, or there is a secret for no channel.
    """
    settings = {"secrets_in": "notification_secrets", "named_in": "notifications"}
    must_belong(secrets, book.channels, "channel", **settings)
    carriers: dict[str, Carrier] = {}
    for name, channel in book.channels.items():
        own = secrets.get(name, ())
        if isinstance(channel, MailChannel):
            _must_have_password(name, channel, own)
            carriers[name] = MailCarrier(channel, own[0] if own else None, public_url)
        else:
            carriers[name] = WebhookCarrier(name, channel, own, public_url)
    return carriers


def must_belong(
    secrets: Collection[str], named: Collection[str], thing: str, *, secrets_in: str, named_in: str
) -> None:
    """Refuse a secret for a thing that nobody named; the last two are settings, for the message.

    Raises:
        SettingsError: there is one.
    """
    unknown = sorted({*secrets} - {*named})
    if unknown:
        known = ", ".join(named) or f"none in `{named_in}`"
        remedy = f"there is no such {thing}: there are {known}"
        raise SettingsError([Problem(f"{secrets_in}.{unknown[0]}", "", remedy)])


def _must_have_password(name: str, channel: MailChannel, own: Sequence[str]) -> None:
    if channel.user is not None and not own:
        remedy = f"give the password of {channel.user}"
        raise SettingsError([Problem(f"notification_secrets.{name}", "", remedy)])
