"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

from http import HTTPStatus
from importlib.util import find_spec
from typing import Any, Literal

from fastapi import APIRouter, Response

from copydesk import __version__
from copydesk.api.parts import Desk
from copydesk.bootstrap import Copydesk
from copydesk.briefs import Noun
from copydesk.errors import StoreUnavailable
from copydesk.storage.rounds import RoundState

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
    push_targets: tuple[str, ...] = ()
    """Where approved copy can be pushed to, by name."""
    triggers: int = 0
    """Rules by which events call copy."""
    webhooks: tuple[str, ...] = ()
    """Campaign tools whose deliveries are taken: they have a secret here."""
    kafka: str = "off"
    """`off`; `installed` or `not installed`, where brokers are set."""
    rounds: dict[str, str] = {}
    """What is done again and again: `ok`, `not yet`, or how often in a row it failed."""


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
        push_targets=tuple(sorted(desk.pushing.targets.targets)),
        triggers=len(desk.triggering.book.triggers),
        kafka=_kafka(desk),
        **({} if trouble else _kept(desk)),
    )


def _kafka(desk: Copydesk) -> str:
    if not desk.settings.kafka:
        return "off"
    return "not installed" if find_spec("confluent_kafka") is None else "installed"


def _kept(desk: Copydesk) -> dict[str, Any]:
    """Return what only the store knows."""
    now = desk.clock()
    with desk.store.transaction() as tx:
        secrets, states = tx.webhook_secrets.all(), tx.rounds.all()
    good = {one.tool for one in secrets if one.ends_at is None or one.ends_at > now}
    tools = tuple(sorted(good | desk.settings.webhook_keys.keys()))
    return {"webhooks": tools, "rounds": {one.name: _round(one) for one in states}}


def _round(state: RoundState) -> str:
    if state.failures:
        return f"failed {state.failures} times in a row"
    return "ok" if state.ended_at is not None else "not yet"


def _trouble(desk: Copydesk) -> str | None:
    try:
        desk.store.ping()
    except StoreUnavailable as error:
        return error.message
    return None
