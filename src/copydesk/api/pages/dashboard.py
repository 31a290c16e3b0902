"""The dashboard: how review goes, what is found, and what it costs, in a period."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from copydesk.api.figures import csv_of
from copydesk.api.pages import plots
from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import Visitor
from copydesk.api.parts import Desk
from copydesk.briefs import Kind
from copydesk.desk.measuring import Asked
from copydesk.desk.parts import READERS
from copydesk.documents import shaped
from copydesk.errors import InputError

PERIODS = (7, 30, 90)

router = APIRouter(include_in_schema=False)


@router.get("/dashboard")
def dashboard(desk: Desk, visit: Visitor, request: Request) -> Response:
    """Show the figures of the period that the address asks for."""
    visit.actor.brands(*READERS)
    try:
        asked, error = _asked(request), None
    except InputError as wrong:
        asked, error = Asked(), wrong
    told = desk.measuring.figures(visit.actor, asked)
    given = asked.model_dump(mode="json", exclude_none=True)
    return page(
        visit,
        "dashboard.html",
        error.status if error else HTTPStatus.OK,
        asked=asked,
        told=told,
        plots=plots.plots(told),
        plot=plots,
        periods=sorted({*PERIODS, asked.days}),
        brands=desk.measuring.brands(visit.actor),
        kinds=list(Kind),
        query=urlencode(given),
        trust=desk.policy.trust,
        error=error,
    )


@router.get("/dashboard.csv")
def download(desk: Desk, visit: Visitor, request: Request) -> Response:
    """Give the same figures as a file."""
    return csv_of(desk.measuring.figures(visit.actor, _asked(request)))


def _asked(request: Request) -> Asked:
    """Return what the address asks for; an empty field asks nothing. Raises InputError."""
    given = {name: value for name, value in request.query_params.items() if value.strip()}
    return shaped(given, Asked)
