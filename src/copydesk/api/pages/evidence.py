"""An evidence pack as one page that needs nothing beside itself, to print or to keep."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from copydesk.api.pages.rendering import rendered
from copydesk.api.pages.visits import Visitor
from copydesk.api.parts import Desk
from copydesk.api.reviews import ItemId
from copydesk.desk.evidence import EvidencePack

SAID_ELSEWHERE = {"prompt", "prompt_sha256", "engines"}

router = APIRouter(include_in_schema=False)


@router.get("/reviews/{item_id}/evidence")
def evidence_page(desk: Desk, visit: Visitor, item_id: ItemId) -> HTMLResponse:
    """Show all that is known of the copy under review."""
    return answer(desk.explaining.evidence(item_id, visit.actor))


def answer(pack: EvidencePack) -> HTMLResponse:
    """Return the page, with the policy that lets its own style in and nothing else."""
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": f"{csp()}; {NO_FRAMES}"}
    return HTMLResponse(html(pack), HTTPStatus.OK, headers)


def html(pack: EvidencePack) -> str:
    """Return the page: all of it escaped, no script, no outside resource."""
    made = pack.provenance.model_dump(mode="json", exclude=SAID_ELSEWHERE, exclude_defaults=True)
    given = {"pack": pack, "provenance": made, "filled": filled}
    return rendered("evidence.html", **given, css=css(), csp=csp())


def filled(content: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return the content without what says nothing: null, and what is empty."""
    if isinstance(content, dict):
        kept = {name: filled(one) for name, one in content.items()}
        return {name: one for name, one in kept.items() if one not in (None, "", {}, [])}
    return [filled(one) for one in content] if isinstance(content, list) else content


NO_FRAMES = "frame-ancestors 'none'"


@cache
def css() -> Markup:
    """Return the style of the page."""
    sheet = files("copydesk.api.pages").joinpath("templates", "evidence.css")
    return Markup(sheet.read_text(encoding="utf-8"))  # noqa: S704 - a file of ours


@cache
def csp() -> str:
    """Return the policy of the page: nothing is loaded, and no style but the one by its hash."""
    digest = base64.b64encode(hashlib.sha256(css().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
