"""Outcomes in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from copydesk.feedback import Outcome, OutcomeCount, OutcomePlace
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import kept


class MemoryOutcomes:
    """Events, each kept once; those of machines are kept, and counted apart."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[tuple[str, str], Outcome] = Rows(journal)

    def add(self, outcomes: Sequence[Outcome]) -> int:
        """Store those not seen before; return how many were new."""
        new = 0
        for outcome in outcomes:
            key = (outcome.source, outcome.event_id)
            if self._rows.get(key) is None:
                self._rows.put(key, kept(outcome))
                new += 1
        return new

    def count(self, campaign_id: str) -> dict[str, dict[str, int]]:
        """Return for each variant id (empty string where unknown) how many events of each kind.

        Events judged a machine's are left out.
        """
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for variant, kind, human, events in self.tally(campaign_id):
            if human != "no":
                counts[variant][kind] += events
        return {variant: dict(kinds) for variant, kinds in counts.items()}

    def tally(self, campaign_id: str) -> Sequence[OutcomeCount]:
        """Return how many events there are by variant, kind and verdict, in that order."""
        own = (one for one in self._rows.values() if one.campaign == campaign_id)
        counted = Counter((one.variant_id or "", one.kind, one.human) for one in own)
        return sorted(OutcomeCount(*what, events) for what, events in counted.items())

    def about(
        self, campaign_id: str, after: OutcomePlace | None = None, limit: int = 1_000
    ) -> Sequence[Outcome]:
        """Return at most `limit` events of the campaign that come after a place, in order."""
        own = [one for one in self._rows.values() if one.campaign == campaign_id]
        rest = [one for one in own if after is None or OutcomePlace.of(one) > after]
        return sorted(rest, key=OutcomePlace.of)[:limit]

    def of_threads(self, source: str, threads: Sequence[str]) -> Sequence[Outcome]:
        """Return the events of these threads, in no order."""
        wanted = set(threads)
        own = (one for one in self._rows.values() if one.source == source)
        return [one for one in own if one.thread in wanted]

    def of_recipient(self, recipient_key: str, since: datetime, limit: int) -> Sequence[Outcome]:
        """Return at most `limit` events of the recipient since then, newest first."""
        own = (one for one in self._rows.values() if one.recipient_key == recipient_key)
        late = [one for one in own if one.at >= since]
        return sorted(late, key=OutcomePlace.of, reverse=True)[:limit]

    def place(self, outcomes: Sequence[Outcome]) -> None:
        """Replace campaign and variant of events that are stored."""
        self.judge(outcomes)

    def judge(self, outcomes: Sequence[Outcome]) -> None:
        """Replace `human` and `reasons` of events that are stored."""
        for outcome in outcomes:
            key = (outcome.source, outcome.event_id)
            if self._rows.get(key) is not None:
                self._rows.put(key, kept(outcome))
