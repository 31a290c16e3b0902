"""An evidence pack as one page that needs nothing beside itself, to print or to keep."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from copydesk.api.pages.rendering import rendered
from copydesk.api.pages.visits import Visitor
from copydesk.api.parts import Desk
from copydesk.api.reviews import ITEM_ID, ItemId
from copydesk.desk.evidence import EvidencePack

SAID_ELSEWHERE = {"prompt", "prompt_sha256", "engines"}

router = APIRouter(include_in_schema=False)


Download = Literal["json", "html"]
VariantId = Annotated[str, Path(pattern=ITEM_ID)]


@router.get("/reviews/{item_id}/evidence")
def of_review(
    desk: Desk,
    visit: Visitor,
    item_id: ItemId,
    download: Download | None = None,
    *,
    whole: bool = False,
) -> Response:
    """Show all that is known of the copy under review, or send it as a file."""
    return _shown(desk.explaining.evidence(item_id, visit.actor, whole=whole), download)


@router.get("/variants/{variant_id}/evidence")
def of_variant(
    desk: Desk,
    visit: Visitor,
    variant_id: VariantId,
    download: Download | None = None,
    *,
    whole: bool = False,
) -> Response:
    """Show all that is known of copy that was written, blocked copy too, or send it as a file."""
    return _shown(desk.explaining.evidence(variant_id, visit.actor, whole=whole), download)


def answer(pack: EvidencePack, *, on_desk: bool = False) -> HTMLResponse:
    """Return the page, with the policy that lets its own style in and nothing else."""
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": f"{csp()}; {NO_FRAMES}"}
    return HTMLResponse(html(pack, on_desk=on_desk), HTTPStatus.OK, headers)


def html(pack: EvidencePack, *, on_desk: bool = False) -> str:
    """Return the page: all of it escaped, no script, no outside resource.

    `on_desk` adds the ways back and to the files, which a page that is kept or sent has no use for.
    """
    made = pack.provenance.model_dump(mode="json", exclude=SAID_ELSEWHERE, exclude_defaults=True)
    given = {"pack": pack, "provenance": made, "filled": filled, "on_desk": on_desk}
    return rendered("evidence.html", **given, css=css(), csp=csp())


def _shown(pack: EvidencePack, download: Download | None) -> Response:
    if download is None:
        return answer(pack, on_desk=True)
    if download == "html":
        sent: Response = answer(pack)
    else:
        text = pack.model_dump_json(indent=2)
        sent = Response(text, media_type="application/json", headers={"Cache-Control": "no-store"})
    name = f"evidence-{pack.variant_id}.{download}"
    sent.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return sent


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
