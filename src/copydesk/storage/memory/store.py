"""The store, and its transactions: one at a time, taken back when the block raises."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from copydesk.review_queue.placing import Placer
from copydesk.storage.alone import OneATime
from copydesk.storage.memory.access import (
    MemoryKeys,
    MemorySessions,
    MemorySignInTries,
    MemoryUsers,
)
from copydesk.storage.memory.brands import MemoryBrands
from copydesk.storage.memory.experiments import MemoryExperiments
from copydesk.storage.memory.figures import MemoryFigures
from copydesk.storage.memory.inbox import MemoryInbox, MemoryWebhookSecrets
from copydesk.storage.memory.model_calls import MemoryModelCalls
from copydesk.storage.memory.objections import MemoryObjections
from copydesk.storage.memory.outbox import MemoryOutbox
from copydesk.storage.memory.outcomes import MemoryOutcomes
from copydesk.storage.memory.publishing import (
    MemoryCampaigns,
    MemoryLibrary,
    MemoryPulls,
)
from copydesk.storage.memory.pushes import MemoryPushes
from copydesk.storage.memory.queue import MemoryQueue, MemoryViews
from copydesk.storage.memory.rankers import MemoryRankers
from copydesk.storage.memory.reviewing import MemoryAudit, MemoryGenerations, MemoryReviews
from copydesk.storage.memory.rounds import MemoryRounds
from copydesk.storage.memory.rows import Undo
from copydesk.storage.memory.standings import MemoryHabits, MemoryStandings
from copydesk.storage.memory.talk import MemoryComments, MemoryLinks
from copydesk.storage.memory.trust import MemoryTrust


class MemoryTransaction:
    """All repositories, on the same rows."""

    def __init__(self, journal: list[Undo]) -> None:
        self.library = MemoryLibrary(journal)
        self.model_calls = MemoryModelCalls(journal)
        self.figures = MemoryFigures(journal, self.library, self.model_calls)
        self.generations = MemoryGenerations(journal, self.figures)
        self.queue = MemoryQueue(journal)
        self.reviews = MemoryReviews(journal, self.queue, self.figures)
        self.outbox = MemoryOutbox(journal, self.queue)
        self.views = MemoryViews(journal)
        self.audit = MemoryAudit(journal)
        self.comments = MemoryComments(journal)
        self.links = MemoryLinks(journal)
        self.campaigns = MemoryCampaigns(journal)
        self.brands = MemoryBrands(journal)
        self.outcomes = MemoryOutcomes(journal)
        self.inbox = MemoryInbox(journal)
        self.webhook_secrets = MemoryWebhookSecrets(journal)
        self.experiments = MemoryExperiments(journal)
        self.standings = MemoryStandings(journal)
        self.habits = MemoryHabits(journal)
        self.objections = MemoryObjections(journal)
        self.pulls = MemoryPulls(journal)
        self.pushes = MemoryPushes(journal)
        self.rankers = MemoryRankers(journal)
        self.rounds = MemoryRounds(journal)
        self.trust = MemoryTrust(journal, self.outcomes)
        self.users = MemoryUsers(journal)
        self.keys = MemoryKeys(journal)
        self.sessions = MemorySessions(journal)
        self.tries = MemorySignInTries(journal)


class MemoryStore:
    """Keeps everything in this process: for tests, demonstrations and one-off commands."""

    url = "memory://"

    def __init__(self) -> None:
        self._journal: list[Undo] = []
        self._everything = MemoryTransaction(self._journal)
        self._lock = threading.Lock()
        self._alone = OneATime()

    @contextmanager
    def transaction(self) -> Iterator[MemoryTransaction]:
        """Open a transaction: kept when the block ends, taken back when it raises.

        Raises:
            RuntimeError: this thread has a transaction open already.
        """
        with self._alone.entered(), self._lock:
            try:
                yield self._everything
            except BaseException:
                for undo in reversed(self._journal):
                    undo()
                raise
            finally:
                self._journal.clear()

    def place_by(self, placer: Placer) -> None:
        """Place items of the queue by these weights from now on."""
        self._everything.queue.placer = placer
        self._everything.figures.placer = placer

    def ping(self) -> None:
        """Do nothing: memory can always be reached."""

    def close(self) -> None:
        """Do nothing: there are no connections."""
