"""What a period is counted by, in memory: the same rows as a database keeps, counted one by one."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from copydesk.brand_voice import EVERY_BRAND
from copydesk.generations import Generation
from copydesk.publishing.library import FALLBACK_ID
from copydesk.review_queue import ReviewItem, State
from copydesk.review_queue.placing import Placer
from copydesk.storage.figures import (
    DecidedDay,
    GenerationCount,
    OpenSince,
    Period,
    PulledDay,
    RuleCount,
    Shelved,
    SpentDay,
    Waits,
    date_of,
    day_of,
)
from copydesk.storage.measured import (
    MeasuredAct,
    MeasuredGeneration,
    MeasuredItem,
    MeasuredRule,
    acts_of,
    rules_of_generation,
    rules_of_item,
)
from copydesk.storage.memory.model_calls import MemoryModelCalls
from copydesk.storage.memory.publishing import MemoryLibrary
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.queued import shipped_placer

Measured = MeasuredItem | MeasuredRule | MeasuredAct | MeasuredGeneration
SUMMED = GenerationCount._fields[2:]


class MemoryFigures:
    """The rows that follow items, generations and pulls."""

    def __init__(
        self, journal: list[Undo], library: MemoryLibrary, model_calls: MemoryModelCalls
    ) -> None:
        self.placer: Placer | None = None
        self._library = library
        self._model_calls = model_calls
        self._items: Rows[str, MeasuredItem] = Rows(journal)
        self._rules: Rows[tuple[str, str], MeasuredRule] = Rows(journal)
        self._acts: Rows[str, tuple[MeasuredAct, ...]] = Rows(journal)
        self._made: Rows[str, MeasuredGeneration] = Rows(journal)
        self._pulls: Rows[tuple[int, str, bool], int] = Rows(journal)

    def put_item(self, item: ReviewItem) -> None:
        """Count the item as it stands now."""
        self._items.put(item.id, MeasuredItem.of(item, self.placer or shipped_placer()))
        self._acts.put(item.id, tuple(acts_of(item)))
        for one in rules_of_item(item):
            before = self._rules.get((one.id, one.rule)) or one
            again = MeasuredRule(**{**before.as_row(), "dismissed": one.dismissed})
            self._rules.put((one.id, one.rule), again)

    def put_generation(self, generation: Generation) -> None:
        """Count the generation as it stands now."""
        self._made.put(generation.id, MeasuredGeneration.of(generation))
        for one in rules_of_generation(generation):
            if self._rules.get((one.id, one.rule)) is None:
                self._rules.put((one.id, one.rule), one)

    def note_pulls(self, day: int, counts: Mapping[tuple[str, str], int]) -> None:
        """Add to the pulls of a day, by campaign id and variant id."""
        for (campaign, variant_id), number in counts.items():
            key = day, campaign, variant_id == FALLBACK_ID
            self._pulls.put(key, (self._pulls.get(key) or 0) + number)

    def decided(self, period: Period) -> Sequence[DecidedDay]:
        """Return what was decided, by day; days on which nothing was are left out."""
        by_day: defaultdict[int, list[MeasuredItem]] = defaultdict(list)
        for one in self._decided(period):
            by_day[one.decided_day].append(one)
        return [_told(day, by_day[day]) for day in sorted(by_day)]

    def waits(self, period: Period, steps: Sequence[float]) -> Waits | None:
        """Return how long what was decided in the period had waited; None if nothing was."""
        waited = sorted(one.waited_s for one in self._decided(period))
        if not waited:
            return None
        median, p90 = (waited[math.ceil(share * len(waited)) - 1] for share in (0.5, 0.9))
        return Waits(median, p90, tuple(sum(one <= step for one in waited) for step in steps))

    def open_since(self, period: Period) -> Sequence[OpenSince]:
        """Return what was open at any time in the period, by day of coming, oldest first."""
        counted = Counter(
            (one.asked_day, one.decided_day)
            for one in self._items.values()
            if one.decided_day >= period.first and one.asked_day <= period.last
            if _is_of(one, period)
        )
        return [OpenSince(*days, number) for days, number in sorted(counted.items())]

    def recalled(self, period: Period) -> int:
        """Return how many approvals became void in the period and went back to review."""
        came = [one for one in self._items.values() if _is_in(one.asked_day, period)]
        return sum(one.recalled and _is_of(one, period) for one in came)

    def rules(self, period: Period) -> Sequence[RuleCount]:
        """Return in how many copies each rule found something first in the period, by rule."""
        counted = Counter(
            (one.rule, one.dismissed)
            for one in self._rules.values()
            if _is_in(one.day, period) and _is_of(one, period)
        )
        return [RuleCount(*found, number) for found, number in sorted(counted.items())]

    def acts(self, period: Period) -> Mapping[str, int]:
        """Return how often people did what to review items, by name of the act."""
        done = [one for acts in self._acts.values() for one in acts]
        return Counter(one.act for one in done if _is_in(one.day, period) and _is_of(one, period))

    def generations(self, period: Period) -> Sequence[GenerationCount]:
        """Return the generations accepted in the period, by state."""
        by_state: defaultdict[str, list[MeasuredGeneration]] = defaultdict(list)
        for one in self._made.values():
            if _is_in(one.day, period) and _is_of(one, period):
                by_state[one.state].append(one)
        return [_summed(state, by_state[state]) for state in sorted(by_state)]

    def spent(self, period: Period) -> Sequence[SpentDay]:
        """Return what models cost, by day and model: of all brands and kinds."""
        first, last = date_of(period.first), date_of(period.last)
        return [
            SpentDay((day - date_of(0)).days, model, calls, spent.tokens, spent.millionths)
            for day, model, calls, spent in self._model_calls.by_day()
            if first <= day <= last
        ]

    def pulled(self, period: Period) -> Sequence[PulledDay]:
        """Return how often copy was pulled, by day."""
        days: defaultdict[int, Counter[bool]] = defaultdict(Counter)
        for (day, campaign, is_fallback), number in self._pulls.items():
            if _is_in(day, period) and self._is_campaign_of(campaign, period):
                days[day][is_fallback] += number
        return [PulledDay(day, days[day][False], days[day][True]) for day in sorted(days)]

    def shelved(self, period: Period) -> Shelved:
        """Return how much copy was approved in the period."""
        found = [
            one
            for one in self._library.all()
            if _is_in(day_of(one.approved_at), period)
            and self._is_campaign_of(one.campaign, period)
        ]
        pulled = sum(one.pulled_at is not None for one in found)
        return Shelved(len(found), pulled, sum(one.withdrawn_because is not None for one in found))

    def brands(self) -> Sequence[str]:
        """Return every brand that is counted, by name."""
        rows: list[Measured] = [*self._items.values(), *self._made.values()]
        return sorted({one.brand for one in rows})

    def _decided(self, period: Period) -> list[MeasuredItem]:
        decided = [one for one in self._items.values() if _is_in(one.decided_day, period)]
        return [one for one in decided if _is_of(one, period)]

    def _is_campaign_of(self, campaign: str, period: Period) -> bool:
        if period.brands == EVERY_BRAND and period.kind is None:
            return True
        asked = [one for one in self._made.values() if one.campaign == campaign]
        return any(_is_of(one, period) for one in asked)


def _told(day: int, decided: Sequence[MeasuredItem]) -> DecidedDay:
    return DecidedDay(
        day,
        len(decided),
        sum(one.outcome == State.APPROVED.value for one in decided),
        sum(one.as_written for one in decided),
        sum(one.late for one in decided),
    )


def _summed(state: str, made: Iterable[MeasuredGeneration]) -> GenerationCount:
    rows = [one.as_row() for one in made]
    return GenerationCount(state, len(rows), *(sum(row[name] for row in rows) for name in SUMMED))


def _is_in(day: int, period: Period) -> bool:
    return period.first <= day <= period.last


def _is_of(one: Measured, period: Period) -> bool:
    return one.brand in period.brands and period.kind in {None, one.kind}
