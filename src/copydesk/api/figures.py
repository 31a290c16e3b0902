"""`/v1/figures`: what was decided in a period, how fast, what was found, and what it cost."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from copydesk.api.figures_csv import as_csv
from copydesk.api.parts import Desk, MayReadRecord
from copydesk.api.problems import responses
from copydesk.desk.measuring import Asked, Figures

router = APIRouter(prefix="/v1", tags=["operation"], responses=responses(401, 403, 422))

CSV = "text/csv; charset=utf-8"


@router.get("/figures")
def figures(desk: Desk, caller: MayReadRecord, wanted: Annotated[Asked, Query()]) -> Figures:
    """Tell the figures of a period: decisions, times, queue, findings, requests, cost and pulls.

    Counted when asked for, over whole days of UTC of which today is the last, and over the brands
    that you may read. Each share comes with the interval that holds it in 95 of 100 cases.
    """
    return desk.measuring.figures(caller, wanted)


@router.get(
    "/figures.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def figures_csv(desk: Desk, caller: MayReadRecord, wanted: Annotated[Asked, Query()]) -> Response:
    """Tell the same figures as a table: which figure, of what, on which day, and its value."""
    return csv_of(desk.measuring.figures(caller, wanted))


def csv_of(told: Figures) -> Response:
    """Return the figures as a file to keep."""
    name = f"copydesk-{told.period.first}-{told.period.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(as_csv(told), media_type=CSV, headers=headers)
