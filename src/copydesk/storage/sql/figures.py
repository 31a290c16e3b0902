"""What a period is counted by, in a database: each question walks one index and no document."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Table,
    case,
    delete,
    func,
    select,
)

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
    MeasuredGeneration,
    MeasuredItem,
    acts_of,
    rules_of_generation,
    rules_of_item,
)
from copydesk.storage.sql import measured_tables as tables
from copydesk.storage.sql import schema
from copydesk.storage.sql.statements import Row, insert, put

items = tables.measured_items.c
rules = tables.measured_rules.c
acts = tables.measured_acts.c
made = tables.measured_generations.c
pulls = tables.measured_pulls.c
SUMMED = tuple(GenerationCount._fields[2:])


class SqlFigures:
    """The rows that follow items, generations and pulls."""

    def __init__(self, connection: Connection, placer: Placer) -> None:
        self._connection = connection
        self._placer = placer

    def put_item(self, item: ReviewItem) -> None:
        """Count the item as it stands now."""
        put(
            self._connection,
            tables.measured_items,
            MeasuredItem.of(item, self._placer).as_row(),
        )
        found = [one.as_row() for one in rules_of_item(item)]
        self._put_all(tables.measured_rules, found, ["dismissed"])
        done = [one.as_row() for one in acts_of(item)]
        self._put_all(tables.measured_acts, done, ["act", "day"])
        undone = delete(tables.measured_acts).where(
            acts.item_id == item.id, acts.number >= len(item.decisions)
        )
        self._connection.execute(undone)

    def put_generation(self, generation: Generation) -> None:
        """Count the generation as it stands now."""
        row = MeasuredGeneration.of(generation).as_row()
        put(self._connection, tables.measured_generations, row)
        found = [one.as_row() for one in rules_of_generation(generation)]
        if found:
            new = insert(self._connection, tables.measured_rules)
            self._connection.execute(new.on_conflict_do_nothing(), found)

    def note_pulls(self, day: int, counts: Mapping[tuple[str, str], int]) -> None:
        """Add to the pulls of a day, by campaign id and variant id."""
        by_source: Counter[tuple[str, str]] = Counter()
        for (campaign, variant_id), number in counts.items():
            source = FALLBACK_ID if variant_id == FALLBACK_ID else State.APPROVED.value
            by_source[campaign, source] += number
        table = tables.measured_pulls
        # In one order, so that two processes never wait for each other's rows.
        for (campaign, source), number in sorted(by_source.items()):
            row = {"day": day, "campaign": campaign, "source": source, "pulls": number}
            new = insert(self._connection, table).values(**row)
            sums = {"pulls": table.c.pulls + new.excluded.pulls}
            key = [column.name for column in table.primary_key]
            self._connection.execute(new.on_conflict_do_update(index_elements=key, set_=sums))

    def decided(self, period: Period) -> Sequence[DecidedDay]:
        """Return what was decided, by day; days on which nothing was are left out."""
        approved = items.outcome == State.APPROVED.value
        sums = [_sum(approved), _sum(items.as_written), _sum(items.late)]
        query = select(items.decided_day, func.count(), *sums).where(*_decided(period))
        by_day = query.group_by(items.decided_day).order_by(items.decided_day)
        return [DecidedDay(*map(int, row)) for row in self._connection.execute(by_day)]

    def waits(self, period: Period, steps: Sequence[float]) -> Waits | None:
        """Return how long what was decided in the period had waited; None if nothing was."""
        within = [func.coalesce(_sum(items.waited_s <= step), 0) for step in steps]
        query = select(func.count(), *within).where(*_decided(period))
        number, *counts = self._connection.execute(query).one()
        if not number:
            return None
        told = [(0.0, 0), *zip(steps, map(int, counts), strict=True)]
        median, p90 = (
            self._waited(period, math.ceil(share * number), told) for share in (0.5, 0.9)
        )
        return Waits(median, p90, tuple(map(int, counts)))

    def _waited(self, period: Period, rank: int, told: Sequence[tuple[float, int]]) -> float:
        """Return the wait of this rank; of the steps counted before, only one has to be sorted."""
        below = [(step, number) for step, number in told if number < rank]
        above = [step for step, number in told if number >= rank]
        lower, before = max(below, default=(-1.0, 0))
        conditions = [*_decided(period)]
        if before:
            conditions.append(items.waited_s > lower)
        if above:
            conditions.append(items.waited_s <= min(above))
        in_order = select(items.waited_s).where(*conditions).order_by(items.waited_s)
        return float(self._connection.scalars(in_order.offset(rank - before - 1).limit(1)).one())

    def open_since(self, period: Period) -> Sequence[OpenSince]:
        """Return what was open at any time in the period, by day of coming, oldest first."""
        days = (items.asked_day, items.decided_day)
        within = (items.decided_day >= period.first, items.asked_day <= period.last)
        query = select(*days, func.count()).where(*within, *_of(items, period))
        found = self._connection.execute(query.group_by(*days).order_by(*days))
        return [OpenSince(*row) for row in found]

    def recalled(self, period: Period) -> int:
        """Return how many approvals became void in the period and went back to review."""
        came = items.asked_day.between(period.first, period.last)
        return self._number(tables.measured_items, items.recalled, came, *_of(items, period))

    def rules(self, period: Period) -> Sequence[RuleCount]:
        """Return in how many copies each rule found something first in the period, by rule."""
        by = (rules.rule, rules.dismissed)
        query = select(*by, func.count()).where(_in(rules.day, period), *_of(rules, period))
        found = self._connection.execute(query.group_by(*by).order_by(*by))
        return [RuleCount(*row) for row in found]

    def acts(self, period: Period) -> Mapping[str, int]:
        """Return how often people did what to review items, by name of the act."""
        query = select(acts.act, func.count()).where(_in(acts.day, period), *_of(acts, period))
        return {row[0]: row[1] for row in self._connection.execute(query.group_by(acts.act))}

    def generations(self, period: Period) -> Sequence[GenerationCount]:
        """Return the generations accepted in the period, by state."""
        sums = [func.sum(made[name]) for name in SUMMED]
        query = select(made.state, func.count(), *sums)
        query = query.where(_in(made.day, period), *_of(made, period))
        found = self._connection.execute(query.group_by(made.state).order_by(made.state))
        return [GenerationCount(row[0], *map(int, row[1:])) for row in found]

    def spent(self, period: Period) -> Sequence[SpentDay]:
        """Return what models cost, by day and model: of all brands and kinds."""
        table = schema.spending.c
        days = table.day.between(date_of(period.first), date_of(period.last))
        query = select(table.day, table.model, table.calls, table.tokens, table.millionths)
        found = self._connection.execute(query.where(days).order_by(table.day, table.model))
        return [SpentDay(day_of(datetime.combine(row.day, time(), UTC)), *row[1:]) for row in found]

    def pulled(self, period: Period) -> Sequence[PulledDay]:
        """Return how often copy was pulled, by day."""
        fallback = case((pulls.source == FALLBACK_ID, pulls.pulls), else_=0)
        query = select(pulls.day, func.sum(pulls.pulls - fallback), func.sum(fallback))
        query = query.where(_in(pulls.day, period), *_campaigns(pulls.campaign, period))
        found = self._connection.execute(query.group_by(pulls.day).order_by(pulls.day))
        return [PulledDay(*map(int, row)) for row in found]

    def shelved(self, period: Period) -> Shelved:
        """Return how much copy was approved in the period."""
        library = schema.library.c
        first, after = (date_of(day) for day in (period.first, period.last + 1))
        since, until = (datetime.combine(day, time(), UTC) for day in (first, after))
        approved = (library.approved_at >= since, library.approved_at < until)
        told = (
            func.count(),
            func.coalesce(_sum(library.pulled_at.is_not(None)), 0),
            func.coalesce(_sum(library.withdrawn_because.is_not(None)), 0),
        )
        query = select(*told).where(*approved, *_campaigns(library.campaign, period))
        return Shelved(*map(int, self._connection.execute(query).one()))

    def brands(self) -> Sequence[str]:
        """Return every brand that is counted, by name."""
        both = select(items.brand).union(select(made.brand))
        return sorted(self._connection.scalars(both))

    def _put_all(self, table: Table, rows: Sequence[Row], changing: Sequence[str]) -> None:
        """Insert the rows; of those that are there only these columns are replaced."""
        if rows:
            new = insert(self._connection, table)
            key = [column.name for column in table.primary_key]
            kept = {name: new.excluded[name] for name in changing}
            statement = new.on_conflict_do_update(index_elements=key, set_=kept)
            self._connection.execute(statement, rows)

    def _number(self, table: FromClause, *conditions: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(table).where(*conditions)
        return self._connection.scalar(query) or 0


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _in(day: ColumnElement[int], period: Period) -> ColumnElement[bool]:
    return day.between(period.first, period.last)


def _decided(period: Period) -> Iterable[ColumnElement[bool]]:
    return (_in(items.decided_day, period), *_of(items, period))


def _of(table: Any, period: Period) -> list[ColumnElement[bool]]:  # noqa: ANN401 - columns by name
    conditions: list[ColumnElement[bool]] = []
    if period.brands.names is not None:
        conditions.append(table.brand.in_(sorted(period.brands.names)))
    return conditions if period.kind is None else [*conditions, table.kind == period.kind]


def _campaigns(campaign: ColumnElement[str], period: Period) -> list[ColumnElement[bool]]:
    """Narrow to campaigns for which copy of the brand or kind was asked."""
    of = _of(made, period)
    return [campaign.in_(select(made.campaign).where(*of))] if of else []
