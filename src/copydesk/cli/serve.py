"""`copydesk serve`: the API under /v1 and the review pages under /, in one process or several."""

from __future__ import annotations

import gc
import socket
import sys
from pathlib import Path

import click
import uvicorn

from copydesk.access import Role
from copydesk.api.app import create_app
from copydesk.api.oidc import oidc_config
from copydesk.bootstrap import Copydesk, posts_of
from copydesk.cli.desk import opened
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.output import note
from copydesk.cli.workers import stop_at_hang_up, stop_with, supervise, tell_ready
from copydesk.errors import InputError
from copydesk.jobs import open_jobs
from copydesk.jobs.durable import CONCURRENCY
from copydesk.settings import Settings

END_WITHIN_S = 15
"""Time for requests under way to end once the server is told to stop."""


@example(
    "copydesk serve",
    "COPYDESK_DATABASE_URL=postgresql+psycopg://copydesk@db/copydesk copydesk serve --workers 4",
)
@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 picks one.",
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, help="Processes; PostgreSQL only."
)
@click.option(
    "--fd",
    type=click.IntRange(0),
    help="Listening socket that was handed over, as 3 by systemd: --host and --port are not used.",
)
@click.option("--parent", type=int, hidden=True)
@click.option("--ready", type=int, hidden=True)
@click.pass_context
def serve(
    ctx: click.Context,
    host: str,
    port: int,
    workers: int,
    fd: int | None,
    parent: int | None,
    ready: int | None,
) -> None:
    """Serve the API (/v1), the review pages (/), /openapi.json, /healthz, /readyz and /metrics.

    Generations that were accepted are seen to their end, also when the process was killed in
    between. With several workers SIGUSR2 starts them anew, one by one, and refuses no connection;
    so does SIGHUP where there is no terminal. A terminal that closes stops the server.
    """
    settings = the_settings(ctx.obj)
    if workers > 1 and not settings.database_url.startswith("postgresql"):
        raise InputError("--workers: several processes need PostgreSQL: set COPYDESK_DATABASE_URL")
    oidc_config(settings)  # what is wrong there is told once, and not by every worker
    listening = _handed(fd) if fd is not None else _listen(host, port)
    if workers > 1:
        ctx.exit(supervise(_worker_command(ctx.obj), listening, workers, settings.worker))
    if parent is not None:
        stop_with(parent)
    else:
        stop_at_hang_up()
    _serve(settings, listening, ready)


class _Server(uvicorn.Server):
    """Says when it takes requests."""

    def __init__(self, config: uvicorn.Config, ready: int | None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self._ready is not None:
            tell_ready(self._ready)


def _serve(settings: Settings, listening: socket.socket, ready: int | None) -> None:
    with opened(settings) as desk:
        jobs = open_jobs(
            desk.asking.run,
            desk.asking.unfinished,
            settings.database_url,
            settings.worker,
            concurrency=max(CONCURRENCY, settings.openai_concurrency),
            post=posts_of(desk),
        )
        _greet(desk, listening)
        config = uvicorn.Config(
            create_app(desk, jobs=jobs),
            log_level="info",
            access_log=False,
            timeout_graceful_shutdown=END_WITHIN_S,
        )
        # Rules, models and routes stay for good: walked by every full collection, they would hold
        # up whatever request is answered then by a tenth of a second.
        gc.collect()
        gc.freeze()
        _Server(config, ready).run(sockets=[listening])


def _handed(fd: int) -> socket.socket:
    try:
        return socket.socket(fileno=fd)
    except OSError as error:
        raise InputError(f"--fd {fd}: {error.strerror}: hand over a listening socket") from error


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise InputError(
            f"{host}:{port}: {error.strerror}: choose another --host or --port"
        ) from error
    listening.listen()
    return listening


def _worker_command(settings_file: Path) -> list[str]:
    named = ["--settings", str(settings_file)] if settings_file.exists() else []
    return [sys.executable, "-m", "copydesk", *named, "serve"]


def _greet(desk: Copydesk, listening: socket.socket) -> None:
    host, port = listening.getsockname()[:2]
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    note(f"Copydesk on http://{place} ({desk.model.name} writes). Stop it with Ctrl-C.")
    if not desk.access.users(at_the_keyboard(None, Role.ADMIN)):
        note("No users yet: `copydesk users add NAME --role ROLE` makes one.")
