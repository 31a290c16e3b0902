"""What is in use of what was learned: made again from its sends, and kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime

from copydesk.ranking import RankRequest
from copydesk.ranking.build import ModelFiles
from copydesk.ranking.learned import Own
from copydesk.ranking.learning import Learned, learn, reading_of
from copydesk.ranking.own import OwnSends
from copydesk.ranking.owned import BrandRanker, Objectives
from copydesk.ranking.sends import PastSend
from copydesk.ranking.snapshots import Snapshot, made_again
from copydesk.storage import Store

KEPT = 32
"""Versions whose weights are kept in memory, those asked for last."""


class OwnRankers:
    """Tells the ranker what a brand's own sends say, by the version that is in use."""

    def __init__(self, store: Store, files: ModelFiles) -> None:
        self._store = store
        self.files = files
        self._kept: OrderedDict[tuple[str, str, Objectives], OwnSends] = OrderedDict()
        self._lock = threading.Lock()

    def own(self, request: RankRequest) -> Own | None:
        """Return what the sends of the request's brand and segment say; None with no version."""
        if request.brand is None:
            return None
        with self._store.transaction() as tx:
            ranker = tx.rankers.find(request.brand.name)
        if ranker is None or not ranker.versions.active.sends:
            return None
        who = request.audience
        return self._in_use(ranker).of(who.id if who and who.recipient is None else "")

    @property
    def model(self) -> str:
        """SHA-256 of the model that reads the subjects."""
        return self.files.loaded.sha256

    def taught_by(self, sends: tuple[PastSend, ...], at: datetime | None = None) -> Learned:
        """Return what sends teach, subjects read by the model in use."""
        return learn(sends, reading=reading_of(self.files.loaded.model), at=at)

    def learned(self, brand: str, made: Snapshot) -> Learned:
        """Return what a version learned.

        One that was made beside another model is learned anew beside the model in use.

        Raises:
            Conflict: the sends that are stored are not those that it was made from.
        """
        if not made.sends:
            return self.taught_by(())
        sends = self.sends_of(brand, made.version)
        reading = reading_of(self.files.loaded.model)
        # The model is part of a version's name, so that it is compared under its own.
        return made_again(made, sends, reading=reading, model=made.model_sha256)

    def sends_of(self, brand: str, version: str) -> tuple[PastSend, ...]:
        """Return the sends that a version was made from, or ALL. Raises NotFound."""
        with self._store.transaction() as tx:
            return tx.rankers.sends(brand, version)

    def _in_use(self, ranker: BrandRanker) -> OwnSends:
        key = ranker.brand, ranker.versions.active.version, ranker.objectives
        with self._lock:
            if key not in self._kept:
                self._kept[key] = self._made(ranker)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]

    def _made(self, ranker: BrandRanker) -> OwnSends:
        active, objective = ranker.versions.active, ranker.objectives.objective
        learned = self.learned(ranker.brand, active)
        return OwnSends(learned, active.version, objective, self.files.loaded.model.card.spread)
