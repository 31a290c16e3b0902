"""Past sends, as a table: what was sent to how many, and what they did.

The file is CSV in UTF-8 with a header. Needed columns: `subject`, `sent_at`, `recipients`,
`clicks`. Others may be left out, or left empty in a line where nothing is known: `preheader`,
`body`, `segment`, `conversions`, `revenue`, `unsubscribes`, `complaints`, `opens`, `bot_clicks`,
`machine_opens`. Counts are of recipients, each once. Bots' clicks are among the clicks and are
taken off them; machine opens are among the opens. `revenue` is a sum of any one currency.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from copydesk.errors import InputError, Problem

NEEDED = ("subject", "sent_at", "recipients", "clicks")
COUNTS = ("conversions", "unsubscribes", "complaints", "opens", "bot_clicks", "machine_opens")
COLUMNS = (*NEEDED, "preheader", "body", "segment", "revenue", *COUNTS)
MOST_DIGITS = 12
"""Of a count: a hundred times the people on Earth."""
MOST_REVENUE = 1e15
MOST_PROBLEMS = 20
"""After so many the rest of a file is not looked at."""
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class PastSend:
    """One send of one copy to one segment. What is None is not known, which is not none."""

    subject: str
    sent_at: datetime
    recipients: int
    clicks: int
    preheader: str = ""
    body: str = ""
    segment: str = ""
    conversions: int | None = None
    revenue: float | None = None
    unsubscribes: int | None = None
    complaints: int | None = None
    opens: int | None = None
    bot_clicks: int | None = None
    machine_opens: int | None = None

    @property
    def human_clicks(self) -> int:
        """Clicks without those known to be a bot's."""
        return self.clicks - (self.bot_clicks or 0)


def read_sends(path: Path) -> tuple[PastSend, ...]:
    """Return the sends of a file, in order of time. Raises InputError, with lines and columns."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise InputError(
            [Problem("", "", "save the file as UTF-8", path.name, _line_of(wrong))]
        ) from wrong
    except OSError as wrong:
        raise InputError([Problem("", "", f"cannot be read: {wrong.strerror}", path.name)]) from (
            wrong
        )
    return parsed_sends(text, path.name)


def parsed_sends(text: str, source: str) -> tuple[PastSend, ...]:
    """Return the sends in `text`, in order of time. Raises InputError, with lines and columns."""
    rows = _rows(text, source)
    first = next(rows, (1, []))[1]
    header = [name.strip().casefold() for name in first]
    if problems := list(_wrong_header(header, source)):
        raise InputError(problems)
    found: list[PastSend] = []
    for line, cells in rows:
        if len(cells) == len(header):
            row = _Row(dict(zip(header, map(str.strip, cells), strict=True)), source, line)
            send = row.send()
            problems += row.problems
            found += [send] if send else []
        else:
            remedy = f"has {len(cells)} cells where the header has {len(header)}"
            problems.append(Problem("", "", remedy, source, line))
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    return tuple(sorted(found, key=lambda send: send.sent_at))


def _line_of(wrong: UnicodeDecodeError) -> int:
    return wrong.object[: wrong.start].count(b"\n") + 1


def _rows(text: str, source: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield each row that is not empty, with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as wrong:
        remedy = f"no CSV from here on: {wrong}"
        raise InputError([Problem("", "", remedy, source, line)]) from wrong


def _wrong_header(header: Sequence[str], source: str) -> Iterator[Problem]:
    for name in NEEDED:
        if name not in header:
            yield Problem(name, "", "this column is needed in the header", source, 1)
    for name in dict.fromkeys(header):
        if name not in COLUMNS:
            remedy = f"no such column; there are {', '.join(COLUMNS)}"
            yield Problem(name, "", remedy, source, 1)
        elif header.count(name) > 1:
            yield Problem(name, "", "this column is in the header twice", source, 1)


class _Row:
    """A row that collects what is wrong with it."""

    def __init__(self, cells: dict[str, str], source: str, line: int) -> None:
        self._cells, self._source, self._line = cells, source, line
        self.problems: list[Problem] = []

    def send(self) -> PastSend | None:
        """Return the send, or None where `problems` says why there is none."""
        recipients, clicks = self._needed("recipients"), self._needed("clicks")
        counts = {name: self._count(name) for name in COUNTS}
        sent_at, revenue = self._moment(), self._revenue()
        subject = self._cells["subject"]
        if not subject:
            self._wrong("subject", "a send has a subject")
        if recipients == 0:
            self._wrong("recipients", "a send goes to at least one recipient")
        for name, value in {"clicks": clicks, **counts}.items():
            if recipients and value is not None and value > recipients:
                self._wrong(name, f"counts recipients, each once: at most {recipients}")
        self._within("bot_clicks", counts["bot_clicks"], "clicks", clicks)
        self._within("machine_opens", counts["machine_opens"], "opens", counts["opens"])
        if self.problems or sent_at is None or recipients is None or clicks is None:
            return None
        return PastSend(
            subject,
            sent_at,
            recipients,
            clicks,
            preheader=self._cells.get("preheader", ""),
            body=self._cells.get("body", ""),
            segment=self._cells.get("segment", ""),
            revenue=revenue,
            conversions=counts["conversions"],
            unsubscribes=counts["unsubscribes"],
            complaints=counts["complaints"],
            opens=counts["opens"],
            bot_clicks=counts["bot_clicks"],
            machine_opens=counts["machine_opens"],
        )

    def _wrong(self, name: str, remedy: str) -> None:
        holds = self._cells.get(name, "")[:_SHOWN]
        self.problems.append(Problem(name, holds, remedy, self._source, self._line))

    def _within(self, name: str, part: int | None, whole: str, total: int | None) -> None:
        if part is not None and (total is None or part > total):
            self._wrong(name, f"is a part of {whole}, and there are {total or 'none'}")

    def _needed(self, name: str) -> int | None:
        if not self._cells[name]:
            self._wrong(name, "a whole number is needed")
        return self._count(name)

    def _count(self, name: str) -> int | None:
        held = self._cells.get(name, "")
        if not held:
            return None
        if held.isascii() and held.isdigit() and len(held) <= MOST_DIGITS:
            return int(held)
        self._wrong(name, "a whole number without signs or separators, as 12000")
        return None

    def _revenue(self) -> float | None:
        held = self._cells.get("revenue", "")
        if not held:
            return None
        try:
            value = float(held)
        except ValueError:
            value = math.nan
        if 0 <= value <= MOST_REVENUE:
            return value
        self._wrong("revenue", "a sum with a point for decimals and no separators, as 1200.50")
        return None

    def _moment(self) -> datetime | None:
        held = self._cells["sent_at"]
        try:
            at = datetime.fromisoformat(held)
            moment = at.astimezone(UTC) if at.tzinfo else at
        except (ValueError, OverflowError):  # in the year 1 there may be no such time in UTC
            self._wrong("sent_at", "a day as 2026-03-06, or a time as 2026-03-06T09:00:00+01:00")
            return None
        if at.tzinfo:
            return moment
        if ":" in held:
            self._wrong("sent_at", "a time needs its zone, as 2026-03-06T09:00:00+01:00")
            return None
        return at.replace(tzinfo=UTC)
