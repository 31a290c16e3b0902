"""From what a tool reported to outcomes, by the tool's file: nothing is asked of anybody."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from copydesk.errors import InputError, Problem
from copydesk.feedback.judging import SAID_NO, SAID_YES, by_agent, verdict
from copydesk.feedback.outcomes import MONEY_PLACES, NOWHERE, Outcome, OutcomeKind
from copydesk.feedback.redaction import KEYED
from copydesk.feedback.tools import Tool

Event = Mapping[str, Any]

VARIANT_PARAMETER, CAMPAIGN_PARAMETER = "cd_v", "cd_c"
"""Parameters of a link that carry the variant and the campaign through tools that carry nothing."""
MILLISECONDS = 100_000_000_000
"""As seconds this is the year 5138, as milliseconds 1973."""
TEXT_MAX, URL_MAX = 200, 2_000
EVENTS_MAX = 100_000
"""Of one delivery: so many that say anything fill what a delivery may hold."""
MONEY_MAX = 10**12
SPACED_ZONE = re.compile(r"\s+(?=(?:[+-]\d\d:?\d\d|Z|UTC)$)")


class Defaults(NamedTuple):
    """What a file does not say of its rows."""

    kind: OutcomeKind | None = None
    campaign: str = NOWHERE
    variant: str | None = None


NOTHING_SAID = Defaults()


def events_in(tool: Tool, body: object) -> list[dict[str, Any]]:
    """Return the events of what a tool delivered. Raises InputError when it is in another shape."""
    reported = _grouped(body) if tool.grouped else _listed(tool, body)
    every = (event for one in reported for event in opened(tool, one))
    events = list(islice(every, EVENTS_MAX + 1))
    if len(events) > EVENTS_MAX:
        raise InputError([Problem("", "", f"send at most {EVENTS_MAX:,} events at once")])
    return events


def opened(tool: Tool, event: object) -> Iterator[dict[str, Any]]:
    """Yield the events that one object stands for, flat; what is no object, as one that says so."""
    if not isinstance(event, dict):
        yield {"not an object": _short(event)}
        return
    flat = _flat(tool, event)
    if tool.each and isinstance(flat.get(tool.each), list):
        rest = {name: value for name, value in flat.items() if name != tool.each}
        yield from ({**rest, **item} for item in flat[tool.each] if isinstance(item, dict))
    elif tool.wide:
        told = [(name, found(flat, (name,))) for name in tool.wide]
        yield from ({**flat, "type": name, "at": at} for name, at in told if at is not None)
    else:
        yield flat


def outcome_of(tool: Tool, event: Event, said: Defaults = NOTHING_SAID) -> Outcome | None:
    """Return the outcome that an event tells, None where it tells none.

    The event is one that `Redactor.event` returned.

    Raises:
        InputError: a field that it must have is missing or wrong, with its name.
    """
    kind = _kind(tool, event, said)
    if kind is None or any(found(event, (path,)) != value for path, value in tool.only.items()):
        return None
    url = text_at(event, tool.url, URL_MAX)
    carried = _carried(url)
    reasons = _reasons(tool, event, kind)
    return Outcome(
        event_id=_event_id(tool, event, kind),
        source=tool.tool if tool.tool != "own" else text_at(event, ("source",)) or "api",
        kind=kind,
        at=_at(tool, event),
        recipient_key=_recipient(tool, event),
        variant_id=text_at(event, tool.variant) or carried.get(VARIANT_PARAMETER) or said.variant,
        campaign=text_at(event, tool.campaign) or carried.get(CAMPAIGN_PARAMETER) or said.campaign,
        url=url,
        human=verdict(reasons),
        reasons=reasons,
        message=text_at(event, tool.message),
        tool_campaign=text_at(event, tool.tool_campaign),
        **_brought(tool, event, kind),
    )


def found(event: Event, paths: Sequence[str]) -> Any:  # noqa: ANN401 - any JSON
    """Return what the first of these paths that holds something holds, or None."""
    for path in paths:
        value = event.get(path)
        if value is None and "." in path:
            value = _descend(event, path.split("."))
        if value is not None and value != "":
            return value
    return None


def text_at(event: Event, paths: Sequence[str], longest: int = TEXT_MAX) -> str | None:
    """Return it as text, cut at the longest that is kept."""
    value = found(event, paths)
    if value is None or isinstance(value, (dict, list)):
        return None
    return _storable(str(value))[:longest] or None


def _storable(text: str) -> str:
    """Return text that every store can keep: without NUL, and without halves of characters."""
    if not text.isascii():
        text = text.encode(errors="replace").decode()
    return text.replace("\x00", "")


def _descend(event: Any, names: Sequence[str]) -> Any:  # noqa: ANN401 - any JSON
    for name in names:
        if not isinstance(event, dict):
            return None
        event = event.get(name)
    return event


def _listed(tool: Tool, body: object) -> list[Any]:
    if tool.events and isinstance(body, dict) and tool.events in body:
        body = body[tool.events]
    if isinstance(body, dict):
        return [body]
    if not isinstance(body, list):
        raise InputError([Problem(tool.events, _short(body), "send a list of events")])
    return body


def _grouped(body: object) -> Iterator[Any]:
    if not isinstance(body, dict):
        raise InputError([Problem("", _short(body), "send an object of lists of events by type")])
    return (
        {"type": name, **(one if isinstance(one, dict) else {"not an object": _short(one)})}
        for name, events in body.items()
        for one in (events if isinstance(events, list) else [events])
    )


def _flat(tool: Tool, event: dict[str, Any]) -> dict[str, Any]:
    for name in tool.flatten:
        inner = event.get(name)
        if isinstance(inner, str):
            inner = _parsed(inner)
        if isinstance(inner, dict):
            rest = {key: value for key, value in event.items() if key != name}
            event = {**inner, **rest}
    return event


def _parsed(text: str) -> object:
    """Return what a column that holds JSON says."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _kind(tool: Tool, event: Event, said: Defaults) -> OutcomeKind | None:
    if tool.wide:
        return tool.wide.get(str(event.get("type")))
    if not tool.kind:
        if said.kind is None:
            raise InputError("These rows do not say what happened: say it with --kind.")
        return said.kind
    name = found(event, tool.kind)
    if name is None:
        if said.kind is not None:
            return said.kind
        raise _missing(tool.kind, "say what happened")
    return tool.kinds.get(str(name).casefold())


def _event_id(tool: Tool, event: Event, kind: str) -> str:
    own = found(event, tool.event_id)
    if own is not None:
        name = _storable(str(own)) or "_"
        return name if len(name) <= TEXT_MAX else _hash(name)
    if not tool.identity:
        raise _missing(tool.event_id, "give the event's id")
    told = [found(event, (path,)) for path in tool.identity]
    if all(one is None for one in told):
        raise _missing(tool.identity, "give what tells events apart")
    return _hash(json.dumps([kind, *told], sort_keys=True, ensure_ascii=True))


def _hash(text: str) -> str:
    return "h_" + hashlib.sha256(text.encode()).hexdigest()[:40]


def _at(tool: Tool, event: Event) -> datetime:
    value = found(event, tool.at)
    if value is None:
        raise _missing(tool.at, "say when it happened")
    try:
        at = moment(value)
    except (ValueError, OverflowError, OSError) as error:
        remedy = "write a time as 2026-03-07T09:12:00Z, or in seconds since 1970"
        raise InputError([Problem(tool.at[0], _short(value), remedy)]) from error
    if at.tzinfo is None:
        if not tool.naive_utc:
            remedy = "give the time its zone, as 2026-03-07T09:12:00Z"
            raise InputError([Problem(tool.at[0], _short(value), remedy)])
        at = at.replace(tzinfo=UTC)
    return at


def moment(value: Any) -> datetime:  # noqa: ANN401 - any JSON
    """Return a time told in seconds or milliseconds since 1970, or as ISO 8601.

    Raises ValueError, OverflowError or OSError for what is no time.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and not re.fullmatch(r"\d+(?:\.\d+)?", value):
        return datetime.fromisoformat(SPACED_ZONE.sub("", value.strip()).replace("UTC", "Z"))
    number = float(str(value))
    return datetime.fromtimestamp(number / 1_000 if number > MILLISECONDS else number, UTC)


def _brought(tool: Tool, event: Event, kind: str) -> dict[str, Any]:
    """Return what a conversion brought, if it is told. Raises InputError for what is no sum."""
    told = text_at(event, tool.value)
    if kind != "conversion" or told is None:
        return {}
    value = _sum(told)
    if value is None:
        remedy = "write a sum with a point for decimals and no separators, as 129.90"
        raise InputError([Problem(tool.value[0], _short(told), remedy)])
    currency = text_at(event, tool.currency)
    if currency is not None and not re.fullmatch(r"[A-Za-z]{3}", currency):
        remedy = "name the currency by its three letters, as EUR"
        raise InputError([Problem(tool.currency[0], _short(currency), remedy)])
    return {"value": value, "currency": currency.upper() if currency else None}


def _sum(told: str) -> Decimal | None:
    """Return the sum that a text tells, or None for what tells none that can be kept."""
    try:
        value = round(Decimal(told), MONEY_PLACES)
        fits = 0 <= value < MONEY_MAX
    except InvalidOperation:  # no number, or one without an order
        return None
    return value if fits else None


def _recipient(tool: Tool, event: Event) -> str | None:
    given = text_at(event, tool.recipient_key, 128)
    if given is not None:
        return given.removeprefix(KEYED)
    keyed = text_at(event, tool.recipient)
    # An id that is no keyed hash was not redacted: it is not kept.
    return keyed.removeprefix(KEYED) if keyed and keyed.startswith(KEYED) else None


def _carried(url: str | None) -> dict[str, str]:
    if url is None or VARIANT_PARAMETER[:3] not in url:
        return {}
    try:
        query = parse_qs(urlsplit(url).query, max_num_fields=200)
    except ValueError:
        return {}
    wanted = (VARIANT_PARAMETER, CAMPAIGN_PARAMETER)
    return {name: _storable(query[name][0])[:TEXT_MAX] for name in wanted if name in query}


def _reasons(tool: Tool, event: Event, kind: OutcomeKind) -> tuple[str, ...]:
    flags = tuple(
        one.field.rpartition(".")[2]
        for one in tool.says
        if _is(found(event, (one.field,)), one.is_)
    )
    said = {"yes": SAID_YES, "no": SAID_NO}.get(text_at(event, tool.human) or "")
    agent = text_at(event, tool.agent, URL_MAX)
    named = by_agent(kind, agent) if agent else ()
    return (*dict.fromkeys(flags), *((said,) if said else ()), *named)


def _is(value: object, wanted: str | bool) -> bool:
    """Return whether a field holds this; in a file of text a truth is a word."""
    return value is not None and str(value).casefold() == str(wanted).casefold()


def _missing(paths: Sequence[str], remedy: str) -> InputError:
    return InputError([Problem(paths[0], "", f"{remedy}, in {' or '.join(paths)}")])


def _short(value: object, limit: int = 60) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= limit else text[: limit - 1] + "…"
