"""Answers of models and what they cost, in a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, delete, func, select

from copydesk.generation.hosted.ledger import Kept, Settled, Spent
from copydesk.storage.sql import schema
from copydesk.storage.sql.statements import insert, insert_new, many
from copydesk.storage.stored import written


class SqlModelCalls:
    """Answers, by what was asked; spending, by day and model."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def kept(self, keys: Sequence[str]) -> dict[str, Kept]:
        """Return the answers that are kept under these keys."""
        answers = schema.kept_answers.c
        query = select(answers.document).where(answers.key.in_(keys))
        return {answer.key: answer for answer in many(self._connection, Kept, query)}

    def settle(self, settled: Sequence[Settled]) -> None:
        """Add to what the days cost, and keep the answers; one that is there already stays."""
        # In one order everywhere, so that two processes never wait for each other's rows.
        calls = Counter((one.day, one.model) for one in settled)
        for day, model in sorted(calls):
            spent = Spent()
            for one in settled:
                spent = spent.plus(one.spent) if (one.day, one.model) == (day, model) else spent
            self._add(day, model, calls[day, model], spent)
        answers = {one.kept.key: one.kept for one in settled if one.kept is not None}
        for key in sorted(answers):
            row = {"key": key, "at": answers[key].at, "document": written(answers[key])}
            insert_new(self._connection, schema.kept_answers, row)

    def spent(self, day: date) -> Spent:
        """Return what the day cost, all models together."""
        table = schema.spending.c
        sums = (
            func.coalesce(func.sum(table.tokens), 0),
            func.coalesce(func.sum(table.millionths), 0),
        )
        tokens, millionths = self._connection.execute(select(*sums).where(table.day == day)).one()
        return Spent(int(tokens), int(millionths))

    def forget(self, before: datetime) -> int:
        """Delete the answers that are older, and return how many."""
        answers = schema.kept_answers
        return self._connection.execute(delete(answers).where(answers.c.at < before)).rowcount

    def _add(self, day: date, model: str, calls: int, spent: Spent) -> None:
        table = schema.spending
        row = {"day": day, "model": model, "calls": calls, **spent._asdict()}
        new = insert(self._connection, table).values(**row)
        sums = {
            name: table.c[name] + new.excluded[name] for name in ("calls", "tokens", "millionths")
        }
        added = new.on_conflict_do_update(index_elements=["day", "model"], set_=sums)
        self._connection.execute(added)
