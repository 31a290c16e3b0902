"""The store, and its transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    TimeoutError,  # noqa: A004 - of waiting for a connection from the pool
)

from copydesk.errors import StoreUnavailable
from copydesk.review_queue.placing import Placer
from copydesk.storage.alone import OneATime
from copydesk.storage.queued import shipped_placer
from copydesk.storage.sql.access import SqlKeys, SqlSessions, SqlSignInTries, SqlUsers
from copydesk.storage.sql.audit import SqlAudit
from copydesk.storage.sql.brands import SqlBrands
from copydesk.storage.sql.engine import engine_for, parsed
from copydesk.storage.sql.experiments import SqlExperiments
from copydesk.storage.sql.figures import SqlFigures
from copydesk.storage.sql.inbox import SqlInbox, SqlWebhookSecrets
from copydesk.storage.sql.library import SqlLibrary
from copydesk.storage.sql.migrate import require_newest, upgrade
from copydesk.storage.sql.model_calls import SqlModelCalls
from copydesk.storage.sql.objections import SqlObjections
from copydesk.storage.sql.outbox import SqlOutbox
from copydesk.storage.sql.outcomes import SqlOutcomes
from copydesk.storage.sql.publishing import SqlCampaigns, SqlPulls
from copydesk.storage.sql.pushes import SqlPushes
from copydesk.storage.sql.queue import SqlQueue, SqlViews
from copydesk.storage.sql.rankers import SqlRankers
from copydesk.storage.sql.reviewing import SqlGenerations, SqlReviews
from copydesk.storage.sql.rounds import SqlRounds
from copydesk.storage.sql.standings import SqlHabits, SqlStandings
from copydesk.storage.sql.talk import SqlComments, SqlLinks
from copydesk.storage.sql.trust import SqlTrust

OUR_MISTAKES = (IntegrityError, ProgrammingError, DataError, NotSupportedError)
"""What a database answers to a wrong statement: no trouble of its own."""


class SqlTransaction:
    """All repositories, on one connection."""

    def __init__(self, connection: Connection, placer: Placer) -> None:
        self.figures = SqlFigures(connection, placer)
        self.generations = SqlGenerations(connection, self.figures)
        self.queue = SqlQueue(connection, placer)
        self.reviews = SqlReviews(connection, self.queue, self.figures)
        self.views = SqlViews(connection)
        self.audit = SqlAudit(connection)
        self.comments = SqlComments(connection)
        self.links = SqlLinks(connection)
        self.campaigns = SqlCampaigns(connection)
        self.brands = SqlBrands(connection)
        self.library = SqlLibrary(connection)
        self.outcomes = SqlOutcomes(connection)
        self.inbox = SqlInbox(connection)
        self.webhook_secrets = SqlWebhookSecrets(connection)
        self.experiments = SqlExperiments(connection)
        self.standings = SqlStandings(connection)
        self.habits = SqlHabits(connection)
        self.objections = SqlObjections(connection)
        self.pulls = SqlPulls(connection)
        self.pushes = SqlPushes(connection)
        self.rankers = SqlRankers(connection)
        self.rounds = SqlRounds(connection)
        self.trust = SqlTrust(connection)
        self.users = SqlUsers(connection)
        self.keys = SqlKeys(connection)
        self.sessions = SqlSessions(connection)
        self.tries = SqlSignInTries(connection)
        self.model_calls = SqlModelCalls(connection)
        self.outbox = SqlOutbox(connection)


class SqlStore:
    """Keeps everything in SQLite or PostgreSQL.

    A transaction sees what others committed, statement by statement (READ COMMITTED, on both);
    versions and unique keys keep two writers apart.

    Raises:
        SettingsError: the URL cannot be used.
    """

    def __init__(self, url: str) -> None:
        self._url = parsed(url)
        self._engine = engine_for(self._url)
        self._alone = OneATime()
        self._placer: Placer | None = None

    @property
    def url(self) -> str:
        """Where it is, without a password."""
        return self._url.render_as_string(hide_password=True)

    def migrate(self) -> None:
        """Bring the tables to the newest migration; safe when several processes do it at once.

        Raises:
            StoreUnavailable: the database cannot be reached, or belongs to a newer Copydesk.
        """
        with self._reported():
            upgrade(self._engine)

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """Open a transaction: committed when the block ends, rolled back when it raises.

        Raises:
            StoreUnavailable: the database cannot be reached, or did not answer in time.
            RuntimeError: this thread has a transaction open already.
        """
        with self._alone.entered(), self._reported(), self._engine.begin() as connection:
            transaction = SqlTransaction(connection, self._placer or shipped_placer())
            yield transaction
            transaction.audit.flush()

    def place_by(self, placer: Placer) -> None:
        """Place items of the queue by these weights from now on."""
        self._placer = placer

    def ping(self) -> None:
        """Raise StoreUnavailable when it cannot be reached or is not at the newest migration."""
        with self._reported(), self._engine.connect() as connection:
            require_newest(connection)

    def close(self) -> None:
        """Let go of connections."""
        self._engine.dispose()

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except OUR_MISTAKES:
            raise
        except (DBAPIError, TimeoutError) as error:
            reason = str(getattr(error, "orig", error)).strip() or "no answer"
            raise StoreUnavailable(f"{self.url}: {reason}") from error
