"""Generations, review items and the audit record in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.generations import EVERYONES, Generation, GenerationState, Progress, Whose
from copydesk.review_queue import (
    AuditChain,
    AuditEntry,
    AuditEvent,
    AuditQuery,
    Noted,
    ReviewItem,
    ReviewQuery,
    State,
)
from copydesk.review_queue.ports import EVERYTHING, NOTHING
from copydesk.storage.chain import START, Filed, Link, linked, walked, walked_around
from copydesk.storage.memory.figures import MemoryFigures
from copydesk.storage.memory.queue import MemoryQueue
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import kept, missing, same_request, stale, taken


def _age(noun: Generation | ReviewItem) -> tuple[datetime, str]:
    return noun.created_at, noun.id


class MemoryGenerations:
    """Generations, by id."""

    def __init__(self, journal: list[Undo], figures: MemoryFigures) -> None:
        self._figures = figures
        self._rows: Rows[str, Generation] = Rows(journal)
        self._by_key: Rows[tuple[str, str], str] = Rows(journal)
        self._progress: Rows[str, Progress] = Rows(journal)

    def add(self, generation: Generation) -> Generation:
        """Store a new generation and return it, or the one that has its idempotency key.

        Raises:
            KeyReused: the key came with another request before.
            Conflict: the id is taken.
        """
        key = (generation.requester, generation.idempotency_key or "")
        earlier = self._by_key.get(key)
        if generation.idempotency_key is not None and earlier is not None:
            return same_request(self.get(earlier), generation)
        if self._rows.get(generation.id) is not None:
            raise taken("generation", generation.id)
        self._put(generation)
        if generation.idempotency_key is not None:
            self._by_key.put(key, generation.id)
        return generation

    def get(self, generation_id: str) -> Generation:
        """Return the generation. Raises NotFound."""
        generation = self._rows.get(generation_id)
        if generation is None:
            raise missing("generation", generation_id)
        return generation

    def save(self, generation: Generation) -> None:
        """Replace the generation. Raises NotFound."""
        self.get(generation.id)
        self._put(generation)

    def note(self, generation_id: str, progress: Progress) -> None:
        """Keep how far it is, in place of what was noted before; no error where it is gone."""
        if self._rows.get(generation_id) is not None:
            self._progress.put(generation_id, kept(progress))

    def progress(self, generation_id: str) -> Progress | None:
        """Return what was noted last, or None."""
        return self._progress.get(generation_id)

    def latest(self, whose: Whose = EVERYONES, limit: int = 50) -> Sequence[Generation]:
        """Return the newest generations that are meant, newest first."""
        found = [g for g in self._rows.values() if whose.means(g)]
        return sorted(found, key=_age, reverse=True)[:limit]

    def page(
        self, since: datetime | None = None, after: str | None = None, limit: int = 50
    ) -> Sequence[Generation]:
        """Return those accepted at `since` or later, oldest first. Raises NotFound for `after`."""
        last = None if after is None else _age(self.get(after))
        found = sorted(self._rows.values(), key=_age)
        newer = [one for one in found if since is None or one.created_at >= since]
        return [one for one in newer if last is None or _age(one) > last][:limit]

    def unfinished(self) -> Sequence[Generation]:
        """Return those queued or running, oldest first."""
        going = {GenerationState.QUEUED, GenerationState.RUNNING}
        return sorted((g for g in self._rows.values() if g.state in going), key=_age)

    def _put(self, generation: Generation) -> None:
        self._rows.put(generation.id, kept(generation))
        self._figures.put_generation(self.get(generation.id))


class MemoryReviews:
    """Review items, each under its version."""

    def __init__(self, journal: list[Undo], queue: MemoryQueue, figures: MemoryFigures) -> None:
        self._rows: Rows[str, ReviewItem] = Rows(journal)
        self._queue = queue
        self._figures = figures

    def add(self, item: ReviewItem) -> None:
        """Store a new item; an item with this id that is already there stays as it is."""
        if self._rows.get(item.id) is None:
            self._put(item)

    def get(self, item_id: str) -> ReviewItem:
        """Return the item. Raises NotFound."""
        item = self._rows.get(item_id)
        if item is None:
            raise missing("review item", item_id)
        return item

    def save(self, item: ReviewItem, expected_version: int) -> None:
        """Replace the item if it is stored at `expected_version`, else raise StaleVersion."""
        stands = self.get(item.id).version
        if stands != expected_version:
            raise stale("review item", item.id, expected_version, stands)
        self._put(item)

    def find(self, query: ReviewQuery) -> Sequence[ReviewItem]:
        """Return at most `query.limit` items, oldest first. Raises NotFound for `after`."""
        after = None if query.after is None else _age(self.get(query.after))
        items = sorted(self._rows.values(), key=_age)
        found = [item for item in items if _fits(item, query)]
        return [item for item in found if after is None or _age(item) > after][: query.limit]

    def count(self, brands: Brands = EVERY_BRAND) -> dict[State, int]:
        """Return how many items of these brands are in each state, zeros included."""
        items = self._rows.values()
        counted = Counter(item.state for item in items if item.brand.name in brands)
        return {state: counted[state] for state in State}

    def _put(self, item: ReviewItem) -> None:
        self._rows.put(item.id, kept(item))
        self._queue.place(self.get(item.id))
        self._figures.put_item(self.get(item.id))


def _fits(item: ReviewItem, query: ReviewQuery) -> bool:
    return (
        (not query.states or item.state in query.states)
        and query.campaign in {None, item.campaign}
        and query.generation_id in {None, item.generation_id}
        and item.brand.name in query.brands
    )


class MemoryAudit:
    """The record, in the order in which events were added."""

    def __init__(self, journal: list[Undo]) -> None:
        self.links: list[Link] = []
        self._journal = journal

    def append(self, event: AuditEvent) -> None:
        """Add one event; it is numbered and hashed at once."""
        self.links.append(linked(self.links[-1] if self.links else START, event))
        self._journal.append(self.links.pop)

    def about(self, subject: str) -> Sequence[AuditEvent]:
        """Return the events about `subject`, in the order they were added."""
        return [link.entry.event for link in self.links if _filed(link).subject == subject]

    def latest(self, limit: int = 100) -> Sequence[AuditEvent]:
        """Return the newest events, newest first."""
        return [link.entry.event for link in self.links[::-1][:limit]]

    def entries(self, query: AuditQuery = EVERYTHING) -> Sequence[AuditEntry]:
        """Return the newest entries that the query means, newest first."""
        found = [link for link in reversed(self.links) if _is_meant(link, query)]
        return [link.entry for link in found[: query.limit]]

    def entry(self, number: int) -> AuditEntry:
        """Return the entry with this number. Raises NotFound."""
        found = next((link for link in self.links if link.number == number), None)
        if found is None:
            raise missing("audit record", f"number {number}")
        return found.entry

    def last_number(self) -> int:
        """Return the number of the newest entry, or 0."""
        return len(self.links)

    def chain(self, noted: Noted = NOTHING) -> AuditChain:
        """Walk the whole record and return whether each event is what was recorded."""
        return walked(self.links, noted)

    def around(self, numbers: Collection[int]) -> AuditChain:
        """Walk the stretches of the record that hold these entries, and the one at its end."""
        end = self.links[-1] if self.links else START
        return walked_around(numbers, end, len(self.links), self._between)

    def _between(self, first: int, last: int) -> list[Link]:
        return [link for link in self.links if first <= link.number <= last]


def _filed(link: Link) -> Filed:
    return link.filed or Filed.of(link.entry.event)


def _is_meant(link: Link, query: AuditQuery) -> bool:
    filed = _filed(link)
    return (
        (not query.subjects or filed.subject in query.subjects)
        and query.act in {None, filed.act}
        and query.actor in {None, filed.actor}
        and (query.before is None or link.number < query.before)
    )
