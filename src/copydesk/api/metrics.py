"""What Prometheus scrapes: each app has a registry of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from time import perf_counter

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copydesk.api.model_metrics import ModelCounts
from copydesk.errors import StoreUnavailable
from copydesk.generation.hosted import Meter
from copydesk.generations import Generation
from copydesk.storage import Store, Transaction

GENERATION_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160)
"""A phrase book answers within the first two; a hosted model between 2.5 and 40."""

LOOK_BACK = 200
"""So many generations may end between two scrapes and all be counted."""

router = APIRouter()


class Metrics:
    """The counters of one app."""

    def __init__(self, store: Store, since: datetime, meter: Meter) -> None:
        self.registry = CollectorRegistry()
        self._ended = EndedGenerations(store, since)
        self.requests = Counter(
            "copydesk_http_requests",
            "Requests, by route template, method and status.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "copydesk_http_request_seconds",
            "Time from a request's first byte to its answer's last, by route template.",
            ("route",),
            registry=self.registry,
        )
        self.pulls = Counter(
            "copydesk_pulls",
            "Pull requests, by what was served: approved copy, the fallback, or nothing.",
            ("source",),
            registry=self.registry,
        )
        self.generation_seconds = Histogram(
            "copydesk_generation_seconds",
            "Time from acceptance to end of the generations that ended since this process started.",
            ("state",),
            buckets=GENERATION_SECONDS,
            registry=self.registry,
        )
        self._noting: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._pulled: dict[str, Counter] = {}
        self.registry.register(_QueueCounts(store))
        self.registry.register(_DeliveryCounts(store))
        self.registry.register(_RoundStates(store))
        self.registry.register(ModelCounts(meter))

    def note(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request and its time."""
        key = (route, method, status)
        found = self._noting.get(key)
        if found is None:
            found = self.requests.labels(*key), self.request_seconds.labels(route)
            self._noting[key] = found
        count, times = found
        count.inc()
        times.observe(seconds)

    def note_pull(self, source: str) -> None:
        """Count a pull by what was served, or by why nothing was."""
        if source not in self._pulled:
            self._pulled[source] = self.pulls.labels(source)
        self._pulled[source].inc()

    def scrape(self) -> bytes:
        """Return everything in Prometheus' text format."""
        for generation in self._ended.new():
            ended = generation.finished_at or generation.created_at
            seconds = (ended - generation.created_at).total_seconds()
            self.generation_seconds.labels(generation.state.value).observe(seconds)
        return generate_latest(self.registry)


class EndedGenerations:
    """Finds generations that ended, whichever process ran them; each is returned once."""

    def __init__(self, store: Store, since: datetime) -> None:
        self._store = store
        self._since = since
        self._seen: frozenset[str] = frozenset()

    def new(self) -> Sequence[Generation]:
        """Return those that ended since the last call; none while the store cannot be reached."""
        try:
            with self._store.transaction() as tx:
                latest = tx.generations.latest(limit=LOOK_BACK)
        except StoreUnavailable:
            return ()
        ended = [one for one in latest if one.finished_at and one.finished_at >= self._since]
        fresh = [one for one in ended if one.id not in self._seen]
        self._seen = frozenset(one.id for one in ended)
        return fresh


class _Stored(Collector):
    """Reads the store when scraped, so that every process tells the same."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def describe(self) -> Iterator[GaugeMetricFamily]:
        yield from self.gauges()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        gauges = self.gauges()
        try:
            with self._store.transaction() as tx:
                self.read(tx, *gauges)
        except StoreUnavailable:  # a scrape goes on without the store: /readyz says that it is gone
            return
        yield from gauges

    def gauges(self) -> Sequence[GaugeMetricFamily]:
        """Return what is told, empty."""
        raise NotImplementedError

    def read(self, tx: Transaction, *gauges: GaugeMetricFamily) -> None:
        """Add to the gauges what the store says."""
        raise NotImplementedError


class _QueueCounts(_Stored):
    """Counts review items."""

    def gauges(self) -> Sequence[GaugeMetricFamily]:
        about = "Review items, by state."
        return (GaugeMetricFamily("copydesk_review_items", about, labels=["state"]),)

    def read(self, tx: Transaction, *gauges: GaugeMetricFamily) -> None:
        for state, count in tx.reviews.count().items():
            gauges[0].add_metric([state.value], count)


class _DeliveryCounts(_Stored):
    """Counts what campaign tools delivered and nobody has read, or could read."""

    def gauges(self) -> Sequence[GaugeMetricFamily]:
        waiting = "Deliveries of campaign tools that wait to be read, by tool."
        unread = "Events of campaign tools that could not be read, by tool."
        return (
            GaugeMetricFamily("copydesk_deliveries_waiting", waiting, labels=["tool"]),
            GaugeMetricFamily("copydesk_outcomes_unread", unread, labels=["tool"]),
        )

    def read(self, tx: Transaction, *gauges: GaugeMetricFamily) -> None:
        waiting, unread = gauges
        for tool, count in tx.inbox.counts().items():
            waiting.add_metric([tool], count.waiting)
            unread.add_metric([tool], count.unread)


class _RoundStates(_Stored):
    """Tells when each round last ended well, and how often it failed since, whoever made it."""

    def gauges(self) -> Sequence[GaugeMetricFamily]:
        ended = "When each round last ended well, in seconds since 1970."
        failures = "How often in a row each round failed."
        return (
            GaugeMetricFamily("copydesk_round_ended_timestamp_seconds", ended, labels=["round"]),
            GaugeMetricFamily("copydesk_round_failures", failures, labels=["round"]),
        )

    def read(self, tx: Transaction, *gauges: GaugeMetricFamily) -> None:
        ended, failures = gauges
        for state in tx.rounds.all():
            failures.add_metric([state.name], state.failures)
            if state.ended_at is not None:
                ended.add_metric([state.name], state.ended_at.timestamp())


class Metered:
    """Counts and times every request under its route template; unknown paths share one label."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = perf_counter(), 500

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        finally:
            self._note(scope, status, perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        method = scope["method"] if scope["method"] in KNOWN_METHODS else "OTHER"
        self.metrics.note(route, method, status, seconds)


KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """Answer a scrape."""
    known: Metrics = request.app.state.parts.metrics
    return Response(known.scrape(), media_type=CONTENT_TYPE_LATEST)
