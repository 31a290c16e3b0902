"""What was reported, without saying about whom: ids and addresses become keyed hashes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import resources
from ipaddress import ip_address
from typing import Any

import yaml

from copydesk.feedback.tools import Tool

KEYED = "key:"
"""What stands before a keyed hash that took the place of an id."""
AT = re.compile(r"@|%40|\\u0040")
MAILBOX = re.compile(r"[\w.+'-]+\Z")
HOST = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
MAILBOX_MAX = 64
IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
LONGEST_IP = 45
AT_SIGNS = ("@", "%40", "\\u0040")


class Redactor:
    """Takes out who it was. The same id always becomes the same hash, so events still add up."""

    def __init__(self, key: Callable[[str], str]) -> None:
        """`key` returns the keyed hash of an id, as pull knows the recipient by it."""
        self._key = key

    def event(self, tool: Tool, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return the event as it may be stored.

        Raises:
            RecursionError: it is nested by the hundred.
        """
        ids = tool.ids
        return {
            name: self._at(ids, name, value)
            for name, value in event.items()
            if _folded(name) not in _dropped()
        }

    def text(self, text: str) -> str:
        """Return text that is in no known shape, without addresses of mail or machines."""
        return IPV4.sub("0.0.0.0", self._without_addresses(text))  # noqa: S104 - a placeholder

    def _at(self, ids: frozenset[str], path: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, str):
            return self._hashed(value) if path in ids else self._cleaned(value)
        if isinstance(value, dict):
            return {
                name: self._at(ids, f"{path}.{name}", one)
                for name, one in value.items()
                if _folded(name) not in _dropped()
            }
        if isinstance(value, list):
            return [self._at(ids, f"{path}[]", one) for one in value]
        is_id = path in ids and value is not None and not isinstance(value, bool)
        return self._hashed(str(value)) if is_id else value

    def _cleaned(self, text: str) -> str:
        if _is_ip(text):
            return ""
        return self._without_addresses(text)

    def _without_addresses(self, text: str) -> str:
        if not any(sign in text for sign in AT_SIGNS):
            return text
        parts, end = [], 0
        for start, until in _addresses(text):
            parts += [text[end:start], self._hashed(_plain(text[start:until]))]
            end = until
        return "".join((*parts, text[end:]))

    def _hashed(self, value: str) -> str:
        if not value or value.startswith(KEYED):
            return value
        return KEYED + self._key(value.casefold() if "@" in value else value)


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield where addresses begin and end, in time proportional to the text: from their signs."""
    end = 0
    for sign in AT.finditer(text):
        host = HOST.match(text, sign.end())
        if host is None or sign.start() < end:
            continue
        begins = max(end, sign.start() - MAILBOX_MAX)
        mailbox = MAILBOX.search(text[begins : sign.start()])
        if mailbox is not None:
            yield begins + mailbox.start(), host.end()
            end = host.end()


def _is_ip(text: str) -> bool:
    if len(text) > LONGEST_IP or not ("." in text or ":" in text):
        return False
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _plain(address: str) -> str:
    for sign in AT_SIGNS[1:]:
        address = address.replace(sign, "@")
    return address


@cache
def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


@cache
def _dropped() -> frozenset[str]:
    source = resources.files("copydesk.feedback").joinpath("personal.yaml")
    return frozenset(yaml.safe_load(source.read_text(encoding="utf-8"))["dropped"])
