"""What every store offers: transactions over all repositories."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from copydesk.access import ApiKeys, Sessions, SignInTries, Users
from copydesk.brand_voice.known import KnownBrands
from copydesk.experiments.ports import Experiments
from copydesk.feedback import Outcomes
from copydesk.feedback.habits import KnownHabits
from copydesk.feedback.inbox import Inbox, WebhookSecrets
from copydesk.generation.hosted.ledger import ModelCalls
from copydesk.generations import Generations
from copydesk.notifications import Outbox
from copydesk.publishing import ApprovedLibrary, Campaigns, Pulls
from copydesk.publishing.objections import Objections
from copydesk.publishing.triggers import Standings
from copydesk.pushing import Pushes
from copydesk.ranking.owned import BrandRankers
from copydesk.review_queue import AuditRecord, ReviewItems, TrustLedger
from copydesk.review_queue.placing import Placer
from copydesk.review_queue.searching import ReviewQueue, Views
from copydesk.review_queue.talk import Comments, ReviewLinks
from copydesk.storage.figures import Figures
from copydesk.storage.rounds import KnownRounds


class Transaction(Protocol):
    """All repositories, in one transaction."""

    @property
    def generations(self) -> Generations: ...
    @property
    def reviews(self) -> ReviewItems: ...
    @property
    def queue(self) -> ReviewQueue: ...
    @property
    def views(self) -> Views: ...
    @property
    def audit(self) -> AuditRecord: ...
    @property
    def comments(self) -> Comments: ...
    @property
    def links(self) -> ReviewLinks: ...
    @property
    def campaigns(self) -> Campaigns: ...
    @property
    def brands(self) -> KnownBrands: ...
    @property
    def library(self) -> ApprovedLibrary: ...
    @property
    def outcomes(self) -> Outcomes: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def webhook_secrets(self) -> WebhookSecrets: ...
    @property
    def experiments(self) -> Experiments: ...
    @property
    def standings(self) -> Standings: ...
    @property
    def habits(self) -> KnownHabits: ...
    @property
    def objections(self) -> Objections: ...
    @property
    def pulls(self) -> Pulls: ...
    @property
    def pushes(self) -> Pushes: ...
    @property
    def rankers(self) -> BrandRankers: ...
    @property
    def rounds(self) -> KnownRounds: ...
    @property
    def trust(self) -> TrustLedger: ...
    @property
    def users(self) -> Users: ...
    @property
    def keys(self) -> ApiKeys: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def tries(self) -> SignInTries: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def model_calls(self) -> ModelCalls: ...
    @property
    def figures(self) -> Figures: ...


class Store(Protocol):
    """Where everything is kept."""

    @property
    def url(self) -> str:
        """Where it is, without a password."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Open a transaction: committed when the block ends, rolled back when it raises."""

    def place_by(self, placer: Placer) -> None:
        """Place items of the queue by these weights from now on; until then by the shipped ones."""

    def ping(self) -> None:
        """Raise when the store cannot be reached or its tables are not at the newest migration."""

    def close(self) -> None:
        """Let go of connections."""
