"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Response

from copydesk import __version__
from copydesk.api.parts import Desk
from copydesk.bootstrap import Copydesk
from copydesk.briefs import Noun
from copydesk.errors import StoreUnavailable

router = APIRouter(tags=["operation"])


class Health(Noun):
    """The process lives."""

    status: Literal["ok"] = "ok"
    version: str = __version__


class Readiness(Noun):
    """Whether requests can be served, and with which engines."""

    status: Literal["ready", "not ready"]
    store: str
    """`ok`, or why it cannot be used."""
    model: str
    """Who writes, as `openai:gpt-5-mini`."""
    ranker: str
    notifications: str
    """`ok`, `off`, or how many messages were given up."""
    engines: dict[str, str]
    """Each check engine with its state: one that is missing is named, never left out."""


@router.get("/healthz")
async def healthz() -> Health:
    """Say that the process lives. Asks nothing else, so it does not fail with the store."""
    return Health()


@router.get(
    "/readyz",
    responses={503: {"model": Readiness, "description": "The store cannot be used"}},
)
def readyz(desk: Desk, response: Response) -> Readiness:
    """Say whether the store answers, and name every engine with its state."""
    trouble = _trouble(desk)
    if trouble:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return Readiness(
        status="not ready" if trouble else "ready",
        store=trouble or "ok",
        model=desk.model.name,
        ranker=desk.ranker.name,
        notifications="unknown" if trouble else desk.notifying.standing().told,
        engines=dict(desk.checker.engines),
    )


def _trouble(desk: Copydesk) -> str | None:
    try:
        desk.store.ping()
    except StoreUnavailable as error:
        return error.message
    return None
