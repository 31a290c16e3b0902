"""How well the learner tells the next send's click rate: `python benchmarks/learning.py FILE`.

FILE holds past sends, in the columns of `copydesk.ranking.sends` or as an export with `Sent date`,
`Campaign name`, `Subject`, `Sendings`, `Opens clean`, `CTR clean %` (clicks by opens). Day by day,
every send of the day is told by those of the days before it, never by one another. Four tell it:
what ships, the running mean of all sends, the running mean of the segment (of all where it is
new), and the learner. Intervals are of bootstrap over days. Nothing is fitted to FILE beforehand.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np

from copydesk.ranking.learning import Learned, learn, shipped_parts
from copydesk.ranking.sends import PastSend, read_sends

BURN_IN = 20
RESAMPLES = 2_000
NAMES = ("shipped prior", "running mean", "running mean of the segment", "learner")
EXPORT = "CTR clean %"
_WHEN = re.compile(r"^\d{8}_\d{4}_")


def main() -> None:
    parser = argparse.ArgumentParser(description="Tell the next send's click rate.")
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    sends, dropped = read(given.file)
    all_of = replay(sends)
    print(f"{len(sends):,} sends, {dropped} with more clicks than recipients left out;")
    for title, kept in (("all", all_of.met | True), ("segments met before", all_of.met)):
        report(title, Replayed(*(column[kept] for column in all_of)))


def report(title: str, of: Replayed) -> None:
    print(f"\n## {title}: {len(of.seen):,} sends told on {len(set(of.days))} days;", end=" ")
    print(f"click rate {of.seen.mean():.4f}\n")
    losses = {
        "log loss": log_loss(of.told, of.seen[:, None]),
        "squared error": squared(of.told, of.seen),
    }
    for each, weight in (("each send alike", np.ones(len(of.seen))), ("by size", of.recipients)):
        for name, loss in losses.items():
            tell(f"{name}, {each}", loss, weight, of.days)
    inside = np.mean((of.widths[:, 0] <= of.seen) & (of.seen <= of.widths[:, 1]))
    print(f"the learner's interval of 90 % held {inside:.1%} of the click rates")


def read(file: Path) -> tuple[list[PastSend], int]:
    """Return the sends of a file, and how many of its lines could not be used."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if EXPORT not in rows[0]:
        return list(read_sends(file)), 0
    sends = [_exported(row) for row in rows]
    usable = [send for send in sends if send.clicks <= send.recipients]
    return sorted(usable, key=lambda send: send.sent_at), len(sends) - len(usable)


def _exported(row: dict[str, str]) -> PastSend:
    """Return a line of the export; the series that a campaign's name tells is its segment."""
    return PastSend(
        subject=row["Subject"],
        sent_at=datetime.fromisoformat(row["Sent date"]).replace(tzinfo=UTC),
        recipients=int(row["Sendings"]),
        clicks=round(float(row[EXPORT] or 0) * int(row["Opens clean"])),
        segment=_WHEN.sub("", row["Campaign name"]),
    )


class Replayed(NamedTuple):
    """What each told of every send, what came, and the learner's intervals."""

    told: np.ndarray
    seen: np.ndarray
    recipients: np.ndarray
    days: np.ndarray
    widths: np.ndarray
    met: np.ndarray
    """Whether the segment had been sent to before."""


def replay(sends: list[PastSend]) -> Replayed:
    """Tell each day's sends by those of the days before."""
    reading = cache(shipped_parts)
    shipped = learn((), reading=reading)
    rows: list[tuple[object, ...]] = []
    past: list[PastSend] = []
    for day, group in groupby(sends, key=lambda send: send.sent_at.date()):
        today = list(group)
        if len(past) >= BURN_IN:
            learned = learn(past, reading=reading, at=today[0].sent_at)
            means, segments = running(past), {send.segment for send in past}
            for send in today:
                found = learned.predict(send.subject, send.segment)
                told = (base(shipped, send), *means(send.segment), found.rate)
                seen = send.human_clicks / send.recipients
                width = (found.low, found.high)
                known = send.segment in segments
                rows.append((told, seen, float(send.recipients), day.toordinal(), width, known))
        past += today
    return Replayed(*(np.array(column) for column in zip(*rows, strict=True)))


def base(shipped: Learned, send: PastSend) -> float:
    return shipped.predict(send.subject, send.segment).rate


def running(past: list[PastSend]) -> Callable[[str], tuple[float, float]]:
    """Return a function that tells the mean rate of all sends, and of one segment's."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for send in past:
        for key in ("", f"segment {send.segment}"):
            sums[key][0] += send.human_clicks
            sums[key][1] += send.recipients

    def means(segment: str) -> tuple[float, float]:
        total = _rate(sums[""])
        own = sums.get(f"segment {segment}")
        return total, _rate(own) if own else total

    return means


def _rate(pair: list[int]) -> float:
    return (pair[0] + 0.5) / (pair[1] + 40)


def log_loss(told: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return what the told rate costs a recipient, above the rate that came; in 0.0001 nats."""
    came = np.clip(seen, 1e-9, 1 - 1e-9)
    best = came * np.log(came) + (1 - came) * np.log1p(-came)
    loss: np.ndarray = best - came * np.log(told) - (1 - came) * np.log1p(-told)
    return 1e4 * loss


def squared(told: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return squared errors, in squared percentage points."""
    error: np.ndarray = told - seen[:, None]
    return 1e4 * error**2


def tell(title: str, loss: np.ndarray, weight: np.ndarray, days: np.ndarray) -> None:
    """Print the loss of each, and how much less the learner's is, with intervals over days."""
    at = np.unique(days, return_inverse=True)[1]
    total = np.zeros((at.max() + 1, loss.shape[1]))
    np.add.at(total, at, loss * weight[:, None])
    share = np.bincount(at, weight)
    drawn = np.random.default_rng(7).integers(len(share), size=(RESAMPLES, len(share)))
    means = total[drawn].sum(axis=1) / share[drawn].sum(axis=1)[:, None]
    print(title)
    for place, name in enumerate(NAMES):
        mean = total[:, place].sum() / share.sum()
        low, high = np.quantile(means[:, -1] - means[:, place], [0.025, 0.975])
        less = total[:, -1].sum() / share.sum() - mean
        against = "" if name == NAMES[-1] else f"   learner {less:+.3f} [{low:+.3f}, {high:+.3f}]"
        print(f"  {name:28}{mean:9.3f}{against}")
    print()


if __name__ == "__main__":
    main()
