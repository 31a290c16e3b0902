"""Approved copy as HTML, for tools that want it so: paragraphs, and nothing that was not approved.

Merge tags come through as the dialect wrote them: only what HTML would read as markup is escaped.
"""

from __future__ import annotations

import html
import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from copydesk.publishing.annotations import as_json_ld
from copydesk.publishing.exporting import ExportRow

PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")


def body_of(row: ExportRow, *, preheader: bool = True) -> str:
    """Return the body as a piece of HTML; with `preheader`, that stands before it, unseen."""
    paragraphs = [_escaped(one) for one in PARAGRAPHS.split(row.body.strip())]
    lines = [one.replace("\n", "<br>\n") for one in paragraphs]
    shown = _escaped(row.preheader) if preheader else ""
    return _template("body.html.jinja", paragraphs=lines, preheader=shown)


def page_of(row: ExportRow, *, preheader: bool = True) -> str:
    """Return a whole page: with the mark of its origin, and Gmail's annotations, in its head."""
    return _template(
        "page.html.jinja",
        locale=row.locale,
        subject=_escaped(row.subject),
        source_type=row.mark.source_type,
        annotations=as_json_ld(row.annotations) if row.annotations else "",
        body=body_of(row, preheader=preheader),
    )


def _escaped(text: str) -> str:
    # Quotes stay: outside of attributes they mean nothing, and merge tags are full of them.
    return html.escape(text, quote=False)


def _template(name: str, **values: object) -> str:
    return _environment().get_template(name).render(**values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("copydesk.pushing", "."),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - what is put in was escaped above, merge tags must not be
        trim_blocks=True,
        lstrip_blocks=True,
    )
