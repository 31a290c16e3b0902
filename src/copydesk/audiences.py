"""Who it is for: a segment or an individual, and how few of the signals about them are used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from re import Pattern
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

import yaml
from pydantic import Field, StrictBool, WithJsonSchema, field_validator

from copydesk.briefs import Line, Noun, Slug

SIGNALS_AT_MOST = 5
"""More than this singles people out, and no draft gets better for it."""

SignalValue = str | int | float | bool


class Consent(StrEnum):
    """Whether these people agreed to copy written from what is known about them."""

    GIVEN = "given"
    WITHHELD = "withheld"
    OBJECTED = "objected"


CONSENT_SCHEMA = WithJsonSchema({"enum": [*Consent, True, False]}, mode="validation")


def consent_of(value: object) -> object:
    """Return what `true` and `false` stand for; anything else as it is."""
    if isinstance(value, bool):
        return Consent.GIVEN if value else Consent.WITHHELD
    return value


class Audience(Noun):
    """A segment, or with `recipient` an individual."""

    id: Slug
    description: Line
    signals: dict[str, SignalValue] = {}
    """What is known about them, by name: only allowed names reach a model, in coarse steps."""
    sensitive: StrictBool = False
    """True for people whose situation asks for care: their copy always waits for a person."""
    consent: Annotated[Consent, CONSENT_SCHEMA] = Consent.WITHHELD
    """`true` and `false` stand for given and withheld. Without consent the copy is generic."""
    recipient: str | None = None
    """Opaque id of an individual; never sent to a model, never written into copy."""
    fields: dict[str, str] = Field(default={})
    """Values of merge tags, for previews and individual renders; never sent to a model."""

    @field_validator("consent", mode="before")
    @classmethod
    def _yes_and_no(cls, value: object) -> object:
        return consent_of(value)

    def identities(self) -> Pattern[str]:
        """Return a pattern of what says who they are: the recipient's id and values of fields."""
        values = [self.recipient or "", *self.fields.values()]
        words = {re.escape(value.strip()) for value in values if value.strip()}
        longest_first = sorted(words, key=len, reverse=True)
        named = rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)" if words else r"(?!)"
        return re.compile(named, re.IGNORECASE)


class Signal(NamedTuple):
    """One allowed signal, made coarse, with a name that reads as words."""

    name: str
    label: str
    value: str


class SignalUse(NamedTuple):
    """Which signals a model may see, and why the others are kept from it."""

    used: tuple[Signal, ...]
    withheld: dict[str, str]
    generic_because: str | None = None
    """Why nothing known about these people was used, or None where something was."""
    from_history: Mapping[str, str] = MappingProxyType({})
    """Values of signals that no caller gave, and their outcomes told."""


def minimise(audience: Audience) -> SignalUse:
    """Return the allowed signals of this audience, bucketed, at most SIGNALS_AT_MOST of them.

    The allow-list, with its buckets, is `signals.yaml`. Without consent nothing is used.
    """
    if audience.consent is not Consent.GIVEN:
        reason = f"consent is {audience.consent.value}"
        return SignalUse((), dict.fromkeys(audience.signals, reason), reason)
    used: list[Signal] = []
    withheld: dict[str, str] = {}
    identities = audience.identities()
    for name, rule in _allowed().items():
        if name not in audience.signals:
            continue
        value = audience.signals[name]
        if "max_length" in rule and identities.search(str(value)):
            withheld[name] = "it holds the recipient's id or the value of a field"
        else:
            _use(name, value, rule, used, withheld)
    for name in audience.signals:
        if name not in _allowed():
            withheld[name] = "not on the allow-list"
    return SignalUse(tuple(used), withheld, None if used else "no signal that may be used")


def _use(
    name: str,
    value: SignalValue,
    rule: dict[str, Any],
    used: list[Signal],
    withheld: dict[str, str],
) -> None:
    coarse = _bucket(value, rule)
    if coarse is None:
        withheld[name] = rule["refusal"]
    elif len(used) >= SIGNALS_AT_MOST:
        withheld[name] = f"only {SIGNALS_AT_MOST} signals are used"
    else:
        used.append(Signal(name, rule["label"], coarse))


def _bucket(value: SignalValue, rule: dict[str, Any]) -> str | None:
    if "buckets" in rule:
        if isinstance(value, bool | str):
            return None
        return next(
            (b["say"] for b in rule["buckets"] if value < b.get("below", float("inf"))), None
        )
    if "values" in rule:
        return value if isinstance(value, str) and value in rule["values"] else None
    text = str(value).strip()
    return (
        text if 0 < len(text) <= rule["max_length"] and not set(text) & set("@\n\r{}<>") else None
    )


def signal_names() -> tuple[str, ...]:
    """Return the names of the signals that a model may be told of, most useful first."""
    return tuple(_allowed())


@cache
def _allowed() -> dict[str, dict[str, Any]]:
    source = resources.files("copydesk").joinpath("signals.yaml").read_text(encoding="utf-8")
    allowed: dict[str, dict[str, Any]] = yaml.safe_load(source)
    return allowed
