"""Events out of a tool's files: what was imported once is not imported again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from copydesk.access import Actor, Role
from copydesk.desk.parts import Clock, record
from copydesk.desk.sorting import Sorting
from copydesk.errors import InputError
from copydesk.feedback import Outcome
from copydesk.feedback.files import Row, rows_of
from copydesk.feedback.reading import Defaults, opened, outcome_of
from copydesk.feedback.redaction import Redactor
from copydesk.feedback.tools import Tool
from copydesk.storage import Store

AT_ONCE = 5_000
"""Events in one transaction: what was committed is not lost when the import is broken off."""


@dataclass(slots=True)
class Imported:
    """What became of a file."""

    rows: int = 0
    events: int = 0
    new: int = 0
    """Of the events, those that were not known before."""
    passed_over: int = 0
    """Rows that tell of no outcome."""
    bad: int = 0
    waiting: list[Outcome] = field(default_factory=list)


class Importing:
    """Reads files of events. Broken off, it is simply run again."""

    def __init__(
        self, store: Store, sorting: Sorting, key: Callable[[str], str], clock: Clock
    ) -> None:
        """`key` returns the keyed hash of a recipient."""
        self._store = store
        self._sorting = sorting
        self._redactor = Redactor(key)
        self._clock = clock

    def run(
        self,
        file: Path,
        tool: Tool,
        said: Defaults,
        actor: Actor,
        refused: Callable[[str], None],
    ) -> Imported:
        """Import a file; `refused` is told of each row that does not fit, with its number.

        Raises:
            Forbidden: the actor administers nothing.
            InputError: the file as a whole cannot be read.
        """
        actor.must_be(Role.ADMIN)
        done = Imported()
        for row in rows_of(file):
            done.rows += 1
            try:
                read = list(self._events(tool, row, said))
            except (InputError, ValueError, RecursionError) as error:
                done.bad += 1
                refused(f"{file}:{row.number}: {_why(error)}")
                continue
            done.passed_over += not read
            done.waiting += read
            if len(done.waiting) >= AT_ONCE:
                self._keep(done)
        self._keep(done)
        self._note(file, tool, done, actor)
        return done

    def _events(self, tool: Tool, row: Row, said: Defaults) -> Iterator[Outcome]:
        if row.wrong:
            raise InputError(row.wrong)
        for event in opened(tool, row.event):
            outcome = outcome_of(tool, self._redactor.event(tool, event), said)
            if outcome is not None:
                yield outcome

    def _keep(self, done: Imported) -> None:
        with self._store.transaction() as tx:
            done.new += self._sorting.keep(tx, done.waiting)
        done.events += len(done.waiting)
        done.waiting.clear()

    def _note(self, file: Path, tool: Tool, done: Imported, actor: Actor) -> None:
        details = {"tool": tool.tool, "events": done.events, "new": done.new, "bad": done.bad}
        with self._store.transaction() as tx:
            record(tx, file.name, "outcomes.imported", actor.name, self._clock(), **details)


def _why(error: Exception) -> str:
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)
