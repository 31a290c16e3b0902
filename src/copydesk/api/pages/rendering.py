"""Turning templates into pages: escaped always, and failing loudly on a name that is not there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from copydesk.access import Role
from copydesk.api.pages.scoring import by_slot, is_learned
from copydesk.api.pages.visits import Visit
from copydesk.variants import MergeTag, Text

BACKTICKS = re.compile("`([^`]*)`")
DONE = {
    "claim": "claimed it",
    "approve": "approved it",
    "edit": "changed it",
    "reject": "rejected it",
    "escalate": "escalated it",
    "release": "gave it back",
    "approve_with_edit": "approved it with this edit",
    "request_changes": "asked for changes",
    "answer": "answered",
    "dismiss": "dismissed a finding",
    "undo": "undid it",
    "recheck": "had it checked again",
}
BLANKS = {"\n": ("new line", "\n"), "\t": ("tab", "\t"), "\u00a0": ("fixed space", "\u00a0")}
"""How space is named that an edit put in or took out, and what stands behind its name."""
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def page(
    visit: Visit | None,
    template: str,
    status: int = HTTPStatus.OK,
    **context: Any,  # noqa: ANN401 - whatever the template names
) -> HTMLResponse:
    """Return a page; `visit` is None where nobody is signed in."""
    text = _environment.get_template(template).render(visit=visit, Role=Role, **context)
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})


def rendered(
    template: str,
    **context: Any,  # noqa: ANN401 - whatever the template names
) -> str:
    """Return what a template says, without the frame of our pages."""
    return _environment.get_template(template).render(**context)


def age(since: datetime, now: datetime) -> str:
    """Write how long ago, in one unit, as `3 min`."""
    seconds = int((now - since) / timedelta(seconds=1))
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    return f"{seconds // HOUR} h" if seconds < 2 * DAY else f"{seconds // DAY} days"


def moment(at: datetime) -> str:
    """Write a time, as `6 Mar 2026, 12:00 UTC`."""
    return f"{at.day} {at:%b %Y, %H:%M} {at.tzname() or ''}".rstrip()


def words(name: str) -> str:
    """Write a code as words, as `off_brand` or `legal.free_claim`."""
    if name == "bogo":
        return "buy one, get one"
    return name.replace("_", " ").replace(".", ": ")


def past(act: str) -> str:
    """Write an act as what was done, as `approved it`."""
    return DONE.get(act, words(act))


def plural(count: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun, as `1 finding` or `3 findings`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def ticks(text: str) -> Markup:
    """Write a sentence of ours: what stands between backticks is quoted from copy or code."""
    return Markup(BACKTICKS.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


def chips(source: str) -> Markup:
    """Write a stretch of copy: merge tags as chips, characters that hide as what they are."""
    parts = [
        _chip(node) if isinstance(node, MergeTag) else seen(node.text)
        for node in Text(source).nodes
    ]
    return Markup().join(parts)


def _chip(tag: MergeTag) -> Markup:
    fallback = "no fallback" if tag.fallback is None else f"or “{tag.fallback}”"
    label = Markup('<span class="chip" title="{}"><b>{}</b> {}</span>')
    return label.format(str(tag), tag.name, fallback)


def changed(source: str) -> Markup:
    """Write a stretch of copy that an edit changed: space, which nobody sees, as what it is."""
    if source.strip():
        return chips(source)
    marks = Markup('<span class="unseen">{}</span>{}')
    return Markup().join(marks.format(*BLANKS.get(char, ("space", char))) for char in source)


def seen(text: str) -> Markup:
    """Write text with the characters that hide or turn it around shown as what they are."""
    escaped = str(escape(text))
    return Markup("".join(UNSEEN.get(ord(char), char) for char in escaped))  # noqa: S704 - escaped


def _code_point(point: int, name: str) -> str:
    return f'<span class="unseen" title="U+{point:04X} {name}">U+{point:04X}</span>'


UNSEEN: Mapping[int, str] = {
    point: _code_point(point, name)
    for point, name in {
        0x00AD: "soft hyphen",
        0x200B: "zero-width space",
        0x200C: "zero-width non-joiner",
        0x2060: "word joiner",
        0xFEFF: "zero-width no-break space",
        0x202A: "left-to-right embedding",
        0x202B: "right-to-left embedding",
        0x202C: "pop directional formatting",
        0x202D: "left-to-right override",
        0x202E: "right-to-left override",
        0x2066: "left-to-right isolate",
        0x2067: "right-to-left isolate",
        0x2068: "first strong isolate",
        0x2069: "pop directional isolate",
        0x200E: "left-to-right mark",
        0x200F: "right-to-left mark",
        0x061C: "Arabic letter mark",
        0x180E: "Mongolian vowel separator",
        0x2061: "function application",
        0x2062: "invisible times",
        0x2063: "invisible separator",
        0x2064: "invisible plus",
        0x2028: "line separator",
        0x2029: "paragraph separator",
        0x3164: "Hangul filler",
        0xFFA0: "half-width Hangul filler",
    }.items()
}
"""Characters that hide or turn text around: a reviewer must see that they are there."""


def _make_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("copydesk.api.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "age": age,
        "moment": moment,
        "words": words,
        "past": past,
        "plural": plural,
        "chips": chips,
        "changed": changed,
        "seen": seen,
        "ticks": ticks,
        "by_slot": by_slot,
    }
    environment.tests["learned"] = is_learned
    return environment


_environment = _make_environment()
