"""What of a subject and preheader an inbox shows, by client."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

import yaml

from copydesk.briefs import Noun
from copydesk.variants import Copy

ELLIPSIS = "…"
SEPARATOR = " - "
JOINER = "\u200d"


class Client(Noun):
    """A mail client, with the columns that it shows; a wide glyph takes two."""

    client: str
    subject: int
    preheader: int
    line: int | None = None
    """Columns of the one line that both share, where they do."""


class Shown(NamedTuple):
    """A text as far as it is shown."""

    text: str
    is_cut: bool


class Preview(NamedTuple):
    """How one client shows a message in its list."""

    client: str
    subject: Shown
    preheader: Shown


def previews(copy: Copy, fields: Mapping[str, str] | None = None) -> tuple[Preview, ...]:
    """Return how each client shows the copy to a recipient with these merge fields."""
    subject, preheader = copy.subject.render(fields), copy.preheader.render(fields)
    return tuple(_preview(client, subject, preheader) for client in clients())


@cache
def clients() -> tuple[Client, ...]:
    """Return the clients of `inbox.yaml`, with their sources' middle values."""
    source = resources.files("copydesk.review_queue").joinpath("inbox.yaml")
    listed = yaml.safe_load(source.read_text(encoding="utf-8"))
    return tuple(Client.model_validate(client) for client in listed)


def shown(text: str, columns: int) -> Shown:
    """Return the text cut to so many columns, its last one an ellipsis; emoji stay whole."""
    if width(text) <= columns:
        return Shown(text, is_cut=False)
    kept, left = "", columns - width(ELLIPSIS)
    for cluster in _clusters(text):
        left -= width(cluster)
        if left < 0:
            break
        kept += cluster
    return Shown((kept.rstrip() + ELLIPSIS) if columns > 0 else "", is_cut=True)


def width(text: str) -> int:
    """Return how many columns the text takes: two for a wide glyph, none for a combining one."""
    return sum(_cluster_width(cluster) for cluster in _clusters(text))


def _preview(client: Client, subject: str, preheader: str) -> Preview:
    top = shown(subject, client.subject)
    columns = client.preheader
    if client.line is not None:
        columns = min(columns, client.line - width(top.text) - len(SEPARATOR))
    return Preview(client.client, top, shown(preheader, columns))


def _clusters(text: str) -> Iterator[str]:
    cluster = ""
    for char in text:
        if cluster and not _is_zero_width(char) and not cluster.endswith(JOINER):
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


def _cluster_width(cluster: str) -> int:
    return max(_char_width(char) for char in cluster)


def _char_width(char: str) -> int:
    if _is_zero_width(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _is_zero_width(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Me", "Cf"} or "\U0001f3fb" <= char <= "\U0001f3ff"
