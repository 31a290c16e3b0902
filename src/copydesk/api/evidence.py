"""`/v1/reviews/{id}/evidence` and `/v1/variants/{id}/evidence`: why a line was shipped."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response

from copydesk.api.pages.evidence import answer
from copydesk.api.parts import Desk, MayReadRecord
from copydesk.api.problems import responses
from copydesk.api.reviews import ITEM_ID, ItemId
from copydesk.desk.evidence import EvidencePack

router = APIRouter(prefix="/v1", tags=["reviews"], responses=responses(401, 403, 422))

FOUND: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The pack, as JSON or as a page to print",
        "content": {"text/html": {"schema": {"type": "string"}}},
    },
    **responses(404),
}
HTML, JSON = "text/html", "application/json"


class Format(StrEnum):
    """How a pack is written."""

    JSON = "json"
    HTML = "html"


VariantId = Annotated[
    str,
    Path(
        pattern=ITEM_ID,
        description="As `var_...`: the `variant_id` of a pull, or a variant of a generation.",
    ),
]
Wanted = Annotated[
    Format | None,
    Query(alias="format", description="Left out, what `Accept` prefers; JSON where it does not."),
]
Accept = Annotated[str, Header(include_in_schema=False)]
Whole = Annotated[
    bool,
    Query(
        description="Walk the whole record, not only what stands around the events of this copy: "
        "three seconds for a hundred thousand events."
    ),
]


@router.get("/reviews/{item_id}/evidence", responses=FOUND, response_model=EvidencePack)
def of_review(
    desk: Desk,
    caller: MayReadRecord,
    item_id: ItemId,
    wanted: Wanted = None,
    accept: Accept = "",
    *,
    whole: Whole = False,
) -> Response:
    """Return all that is known of the copy under review, and whether the record of it holds."""
    return _written(desk.explaining.evidence(item_id, caller, whole=whole), wanted, accept)


@router.get("/variants/{variant_id}/evidence", responses=FOUND, response_model=EvidencePack)
def of_variant(
    desk: Desk,
    caller: MayReadRecord,
    variant_id: VariantId,
    wanted: Wanted = None,
    accept: Accept = "",
    *,
    whole: Whole = False,
) -> Response:
    """Return all that is known of copy that was written, and whether the record of it holds."""
    return _written(desk.explaining.evidence(variant_id, caller, whole=whole), wanted, accept)


def _written(pack: EvidencePack, wanted: Format | None, accept: str) -> Response:
    if wanted is Format.HTML or (wanted is None and _weight(accept, HTML) > _weight(accept, JSON)):
        return answer(pack)
    return Response(pack.model_dump_json(), media_type=JSON, headers={"Cache-Control": "no-store"})


def _weight(accept: str, kind: str) -> float:
    """Return how much the header wants this type, by the most precise range that names it."""
    ranges = (kind, f"{kind.partition('/')[0]}/*", "*/*")
    weights = dict(map(_range, accept.split(",")))
    return next((weights[one] for one in ranges if one in weights), 0.0)


def _range(text: str) -> tuple[str, float]:
    kind, *parameters = (part.strip().lower() for part in text.split(";"))
    given = next((one[2:] for one in parameters if one.startswith("q=")), "1")
    try:
        return kind, float(given)
    except ValueError:
        return kind, 0.0
