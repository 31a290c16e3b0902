"""A request as the fields of a form, and back: what is typed is written down, not judged.

A field is named as errors name it, `brief.offer.value` or `brief.facts[2].text`, so whatever the
models refuse is told beside the field that holds it. An empty field is one that was left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

from copydesk.briefs import Jurisdiction
from copydesk.errors import Problem
from copydesk.publishing import DIALECTS

TEXTS = (
    "brief.goal", "brief.product.name", "brief.offer.conditions", "brief.cta",
    "audience.description",
)  # fmt: skip
"""Kept as they are typed: space and line ends in them may be meant."""
WORDS = (
    "brief.kind", "brief.sector", "brief.locale", "brief.product.currency", "brief.product.url",
    "brief.offer.kind", "brief.offer.code", "audience.id", "audience.consent",
    "audience.recipient", "campaign",
)  # fmt: skip
NUMBERS = (
    "brief.product.price", "brief.offer.value", "brief.offer.regular_price",
    "brief.offer.lowest_price_30d", "brief.offer.stock", "n", "seed",
)  # fmt: skip
MOMENTS = ("brief.send_at", "brief.offer.starts", "brief.offer.ends")
FLAGS = ("brief.offer.extendable", "audience.sensitive")
WHERE: tuple[str, ...] = get_args(Jurisdiction)
TOOLS: tuple[str, ...] = tuple(sorted(DIALECTS))
TICKS: Mapping[str, tuple[str, ...]] = {"brief.jurisdictions": WHERE, "dialects": TOOLS}
"""What is chosen by ticks, and what there is to choose from."""
ROWS: Mapping[str, tuple[str, ...]] = {
    "brief.facts": (".id", ".text", ".evidence"),
    "brief.links": ("",),
    "audience.signals": (".name", ".value"),
    "audience.fields": (".name", ".value"),
}
"""What may be there several times, and the fields of one row."""
ROW = re.compile(r"(.+)\[([0-9]{1,4})\](.*)")
WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
OFFSET = re.compile(r"[+-][0-9]{2}:[0-9]{2}")

Fields = Mapping[str, str]


class Typed(NamedTuple):
    """What a form says, as plain data, with what could not be written down."""

    document: dict[str, Any]
    problems: tuple[Problem, ...]


def fields_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields that hold what a document says: a request, or a part of one."""
    fields = dict(_leaves("", document))
    for name in MOMENTS:
        if name in fields:
            fields[name], fields[f"{name}.zone"] = _split(fields[name])
    return fields


def document_of(fields: Fields) -> Typed:
    """Return what the fields say as plain data, for the models to judge."""
    document: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in _values(fields, problems):
        _put(document, name, value)
    return Typed(document, tuple(problems))


def compact(fields: Fields) -> dict[str, str]:
    """Return the fields without rows in which nothing is typed, the others numbered anew."""
    plain = {name: value for name, value in fields.items() if not _row_of(name)}
    for group, parts in ROWS.items():
        kept = [row for row in _rows(fields, group) if any(row.values())]
        for number, row in enumerate(kept):
            plain |= {f"{group}[{number}]{part}": row[part] for part in parts}
    return plain


def ticked(fields: Fields, group: str) -> list[str]:
    """Return what is ticked of a group, in the order of the numbers that the ticks send."""
    places = {
        one: _place(told, at)
        for at, one in enumerate(TICKS[group])
        if (told := fields.get(f"{group}.{one}"))
    }
    return sorted(places, key=places.__getitem__)


def rows(fields: Fields, group: str) -> int:
    """Return how many rows a group has, those without content included."""
    found = [place for name in fields if (place := _row_of(name)) and place[0] == group]
    return max((number + 1 for _, number, _ in found), default=0)


def with_row(fields: Fields, group: str) -> dict[str, str]:
    """Return the fields with one more row, empty, at the end of a group."""
    number = rows(fields, group)
    return {**fields, **{f"{group}[{number}]{part}": "" for part in ROWS[group]}}


def without_row(fields: Fields, group: str, number: int) -> dict[str, str]:
    """Return the fields without one row of a group."""
    kept = [row for at, row in enumerate(_rows(fields, group)) if at != number]
    others = {n: v for n, v in fields.items() if not (p := _row_of(n)) or p[0] != group}
    for at, row in enumerate(kept):
        others |= {f"{group}[{at}]{part}": value for part, value in row.items()}
    return others


def scalar_of(text: str) -> str | int | float | bool:
    """Return a signal's value: numbers, true and false as such, what stands in quotes as text."""
    try:
        value = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, str | int | float) else text


def scalar_text(value: str | float | bool) -> str:
    """Return what to type for a signal's value: text that would read as a number in quotes."""
    if isinstance(value, str) and value == value.strip() and scalar_of(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - plain data
    if path in TICKS:
        # Numbered: their order is part of the request.
        yield from ((f"{path}.{one}", str(place)) for place, one in enumerate(value))
    elif path in ROWS and isinstance(value, dict):
        for number, (name, one) in enumerate(value.items()):
            yield f"{path}[{number}].name", name
            yield f"{path}[{number}].value", scalar_text(one) if path.endswith("signals") else one
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(f"{path}.{name}".lstrip("."), one)
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from _leaves(f"{path}[{number}]", one)
    elif value is not None and value is not False:
        yield path, _text(value)


def _text(value: object) -> str:
    if value is True:
        return "true"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)


def _split(moment: str) -> tuple[str, str]:
    """Return the local time and the zone of a moment."""
    at = datetime.fromisoformat(moment)
    to_the_minute = "minutes" if not (at.second or at.microsecond) else "auto"
    zone = "UTC" if at.utcoffset() == UTC.utcoffset(at) else at.isoformat()[-6:]
    return at.replace(tzinfo=None).isoformat(timespec=to_the_minute), zone


def _values(fields: Fields, problems: list[Problem]) -> Iterator[tuple[str, object]]:
    yield from ((name, fields[name]) for name in TEXTS if fields.get(name, "").strip())
    yield from ((name, text) for name in WORDS if (text := fields.get(name, "").strip()))
    yield from ((n, _number(text)) for n in NUMBERS if (text := fields.get(n, "").strip()))
    yield from ((name, True) for name in FLAGS if fields.get(name))
    yield from ((name, at) for name in MOMENTS if (at := _moment(fields, name, problems)))
    for group in TICKS:
        if chosen := ticked(fields, group):
            yield group, chosen
    if facts := [_fact(row) for row in _rows(fields, "brief.facts") if any(row.values())]:
        yield "brief.facts", facts
    if links := [row[""].strip() for row in _rows(fields, "brief.links") if row[""].strip()]:
        yield "brief.links", links
    for group, read in (("audience.signals", scalar_of), ("audience.fields", str)):
        if pairs := _pairs(fields, group, problems):
            yield group, {name: read(value) for name, value in pairs.items()}


def _place(told: str, at: int) -> tuple[int, int]:
    return (int(told) if WHOLE.fullmatch(told) else at), at


def _number(text: str) -> float | str:
    """Return a number, or the text as it is, for the model to refuse."""
    if WHOLE.fullmatch(text):
        return int(text)
    try:
        return float(text)
    except ValueError:
        return text


def _moment(fields: Fields, name: str, problems: list[Problem]) -> str:
    local, zone = fields.get(name, "").strip(), fields.get(f"{name}.zone", "").strip()
    if not local or not zone:
        return local
    if zone.upper() in {"UTC", "Z"}:
        return f"{local}Z"
    if OFFSET.fullmatch(zone):
        return f"{local}{zone}"
    try:
        return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).isoformat()
    except (ValueError, OSError, KeyError):
        remedy = "name the time zone as UTC, +01:00 or Europe/Berlin"
        problems.append(Problem(f"{name}.zone", repr(zone), remedy))
        return f"{local}Z"


def _fact(row: Mapping[str, str]) -> dict[str, str]:
    fact = {part[1:]: text for part, text in row.items() if text.strip()}
    return fact | ({"id": fact["id"].strip()} if "id" in fact else {})


def _pairs(fields: Fields, group: str, problems: list[Problem]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for number, row in enumerate(_rows(fields, group)):
        name, value = row[".name"].strip(), row[".value"]
        place = f"{group}[{number}].name"
        if not name and value.strip():
            problems.append(Problem(place, "", "name it: the value alone says nothing"))
        elif name in pairs:
            problems.append(Problem(place, repr(name), "given twice: keep one of the two"))
        elif name:
            pairs[name] = value
    return pairs


def _rows(fields: Fields, group: str) -> list[dict[str, str]]:
    parts = ROWS[group]
    return [
        {part: fields.get(f"{group}[{number}]{part}", "") for part in parts}
        for number in range(rows(fields, group))
    ]


def _row_of(name: str) -> tuple[str, int, str] | None:
    found = ROW.fullmatch(name)
    if not found or found[1] not in ROWS or found[3] not in ROWS[found[1]]:
        return None
    return found[1], int(found[2]), found[3]


def _put(document: dict[str, Any], path: str, value: object) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        document = document.setdefault(parent, {})
    document[last] = value


def place_of(field: str, known: Iterable[str]) -> str | None:
    """Return which of the known fields and groups shows what is wrong with `field`, or None."""
    names = set(known)
    while field:
        if field in names:
            return field
        field = re.sub(r"(\.[^.\[]*|\[[0-9]+\])$", "", field) if re.search(r"[.\[]", field) else ""
    return None
