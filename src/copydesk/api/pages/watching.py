"""What became of requests: how far each is while it runs, and its variants when it has ended."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, NamedTuple

import yaml
from fastapi import APIRouter, Query, Response

from copydesk.access import Role
from copydesk.api.generations import GenerationId
from copydesk.api.pages.findings import marked
from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import Visit, Visitor
from copydesk.api.parts import Desk
from copydesk.bootstrap import Copydesk
from copydesk.errors import NotFound
from copydesk.generations import Generation, GenerationState, Progress, RoutedVariant, Stage
from copydesk.review_queue.inbox import previews
from copydesk.review_queue.signing import seen_by
from copydesk.storage import Transaction

RUNNING = {GenerationState.QUEUED, GenerationState.RUNNING}
Seen = Annotated[str, Query(pattern=r"^[a-z]{0,20}$")]

router = APIRouter(include_in_schema=False)


class Whereabouts(NamedTuple):
    """Where a variant is now, which may be further than where it was routed."""

    state: str
    """Of its review item; `approved` or `blocked` where there is none."""
    review_id: str | None = None
    holder: str | None = None


@router.get("/generations")
def generations(desk: Desk, visit: Visitor) -> Response:
    """List what was asked for, newest first, and before it what waits for an answer."""
    found = desk.asking.latest(visit.actor)
    own = desk.conversing.to_answer(visit.actor) if visit.may(Role.REQUESTER) else ()
    return page(visit, "generations.html", generations=found, to_answer=own, now=desk.clock())


@router.get("/generations/{generation_id}")
def generation(desk: Desk, visit: Visitor, generation_id: GenerationId) -> Response:
    """Show how far a generation is, and when it has ended its variants, best first."""
    found, progress = desk.asking.progress(generation_id, visit.actor)
    return page(
        visit,
        "generation.html",
        generation=found,
        running=found.state in RUNNING,
        whereabouts=_whereabouts(desk, visit, found),
        seen="",
        advice=_advice().get(found.failure or "", _advice()["other"]),
        marked=marked,
        previews=previews,
        **_told(found, progress, desk.clock()),
    )


@router.get("/generations/{generation_id}/progress")
def progress(desk: Desk, visit: Visitor, generation_id: GenerationId, seen: Seen = "") -> Response:
    """Return the piece of the page that tells how far it is; the last one fetches what came of it.

    `seen` is the stage that was told last: only another one is announced.
    """
    found, noted = desk.asking.progress(generation_id, visit.actor)
    return page(
        visit,
        "progress.html",
        generation=found,
        running=found.state in RUNNING,
        seen=seen,
        **_told(found, noted, desk.clock()),
    )


def _told(found: Generation, noted: Progress | None, now: datetime) -> dict[str, Any]:
    began = noted.started_at if noted else found.created_at
    return {
        "progress": noted,
        "stages": [one.value for one in Stage],
        "waited": int((began - found.created_at).total_seconds()),
        "elapsed": int(((found.finished_at or now) - found.created_at).total_seconds()),
        "now": now,
    }


def _whereabouts(desk: Copydesk, visit: Visit, found: Generation) -> dict[str, Whereabouts]:
    """Return where each variant is now, by its id."""
    with desk.store.transaction() as tx:
        return {one.variant.id: _whereabout(tx, one, visit.actor.name) for one in found.variants}


def _whereabout(tx: Transaction, one: RoutedVariant, reader: str) -> Whereabouts:
    if one.review_id is None:
        return Whereabouts(one.route.value)
    try:
        item = seen_by(reader, tx.reviews.get(one.review_id))
    except NotFound:
        return Whereabouts(one.route.value)
    return Whereabouts(item.state.value, item.id, item.holder)


@cache
def _advice() -> dict[str, str]:
    text = files("copydesk.api.pages").joinpath("advice.yaml").read_text(encoding="utf-8")
    told: dict[str, str] = yaml.safe_load(text)
    return told
