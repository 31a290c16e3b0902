"""The application: routes, what every request passes through, and errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from http import HTTPStatus

from anyio import create_task_group
from anyio.to_thread import run_sync
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from copydesk.access import Role
from copydesk.api import (
    campaigns,
    checks,
    events,
    evidence,
    experiments,
    exports,
    figures,
    generations,
    health,
    metrics,
    objections,
    openapi,
    outcomes,
    outside,
    pages,
    people,
    pulls,
    pushes,
    queueing,
    ranker,
    rankings,
    review_acts,
    reviews,
    trust,
)
from copydesk.api.edge import SAFE_HEADERS, BodyLimit, SafeHeaders, clean_json
from copydesk.api.fast_lane import FastLane
from copydesk.api.known_keys import KnownKeys
from copydesk.api.last_resort import LastResort
from copydesk.api.metrics import Metered, Metrics
from copydesk.api.oidc import provider_of
from copydesk.api.parts import Parts
from copydesk.api.problems import as_error, problem_response, responses
from copydesk.api.rates import Rates
from copydesk.bootstrap import Copydesk, posts_of, rounds_of
from copydesk.brand_voice import Brands
from copydesk.desk.queueing import Queueing
from copydesk.errors import CopydeskError, StoreUnavailable
from copydesk.jobs import InlineJobs, Runner

RUN_AT_ONCE = 8
NOUNS = (
    checks,
    generations,
    rankings,
    queueing,
    reviews,
    review_acts,
    outside,
    evidence,
    trust,
    ranker,
    figures,
    campaigns,
    experiments,
    pulls,
    objections,
    exports,
    pushes,
    outcomes,
    events,
    people,
)

ROUTERS = (
    *(noun.router for noun in NOUNS),
    *(outside.outside, outcomes.delivered, pulls.rendering, health.router, metrics.router),
)


class Served(FastAPI):
    """The application, with a short way for pulls that stands before all of it."""

    lane: FastLane | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, as ASGI has it."""
        await (self.lane or super().__call__)(scope, receive, send)

    def the_long_way(self) -> ASGIApp:
        """Return the application without the short way."""
        return super().__call__


def create_app(copydesk: Copydesk, *, jobs: Runner | None = None) -> FastAPI:
    """Return the application: API under /v1, pages under /, /healthz, /readyz and /metrics.

    `jobs` runs accepted generations and is started and stopped with the app; without it they run
    in a thread of this process. `copydesk` stays the caller's to close.
    """
    asking = copydesk.asking
    posts = posts_of(copydesk)
    runner = jobs or InlineJobs(asking.run, asking.unfinished, RUN_AT_ONCE, posts)
    counted = Metrics(copydesk.store, copydesk.clock(), copydesk.provider.meter)
    rates = Rates(copydesk.settings)
    provider = provider_of(copydesk.settings)
    parts = Parts(copydesk, runner, counted, _known_keys(copydesk), rates, provider)
    app = Served(
        **openapi.about(),
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(runner, copydesk),
    )
    app.state.parts = parts
    app.openapi = partial(openapi.describe, app)  # type: ignore[method-assign]
    for noun in NOUNS:
        app.include_router(
            noun.router, dependencies=[Depends(clean_json)], responses=responses(429, 503)
        )
    # Nobody signs in here: the link itself says who may.
    app.include_router(
        outside.outside, dependencies=[Depends(clean_json)], responses=responses(503)
    )
    app.include_router(outcomes.delivered, responses=responses(503))
    app.include_router(pulls.rendering, responses=responses(429, 503))
    for other in (health, metrics):
        app.include_router(other.router)
    pages.add_to(app)
    for kind in (CopydeskError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _answer)
    app.add_middleware(BodyLimit)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Metered, metrics=counted)
    app.add_middleware(LastResort, desk=copydesk, keys=parts.keys, metrics=counted)
    app.lane = FastLane(app.the_long_way(), copydesk, parts.keys, rates.pulls, counted)
    return app


def _known_keys(desk: Copydesk) -> KnownKeys:
    def brands_of(secret: str) -> Brands:
        return desk.access.actor_of_key(secret).brands(Role.PULLER)

    return KnownKeys(desk.store, brands_of)


def _lifespan(
    runner: Runner, desk: Copydesk
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    rounds = rounds_of(desk)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        runner.start()
        await run_sync(desk.watch.start)
        rounds.start()
        async with create_task_group() as beside:
            beside.start_soon(_place, desk.queueing)
            beside.start_soon(outcomes.sort, desk.sorting)
            yield
            beside.cancel_scope.cancel()
        await run_sync(rounds.stop)
        await run_sync(desk.watch.stop)
        await run_sync(runner.stop)

    return lifespan


async def _place(queueing: Queueing) -> None:
    """Bring the queue in the order of this policy, little by little, while requests are served."""
    with suppress(StoreUnavailable):  # /readyz tells of it, and the order of before still stands
        while await run_sync(queueing.place_some):
            pass


async def _answer(request: Request, error: Exception) -> Response:
    """Answer a request that ended in an error: a page for people, problem+json for programs."""
    said = as_error(error, request)
    headers = dict(getattr(error, "headers", None) or {})
    if said.status == HTTPStatus.METHOD_NOT_ALLOWED:
        route = getattr(request.scope.get("route"), "path", "")
        headers["Allow"] = ", ".join(openapi.methods_at(ROUTERS, route)) or headers["Allow"]
    if said.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        headers |= SAFE_HEADERS  # a crash is answered outside of every middleware
    if pages.is_page(request):
        return pages.error_page(request, said, headers)
    return problem_response(said, headers)
