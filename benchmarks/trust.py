"""How often trust is given wrongly, what review it saves, and how fast it is taken back.

    python benchmarks/trust.py [--runs 2000] [--requests 3000] [--bar 0.95] [--seed 1]

Simulated decisions, so that the truth is known: the bets are the ones that the desk uses
(`copydesk.review_queue.betting`), looked at after every request, as the desk does. The naive rule
lets a segment out when the lower end of a plain 95 % interval (Clopper and Pearson) is at the bar.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from math import exp, lgamma, log, log1p
from typing import NamedTuple

from copydesk.review_queue.betting import Capital, Drift, evidence_of_more
from copydesk.review_queue.trust import Terms

COPIES = 4
"""Copies of one request, where they are alike."""
GOOD_PARTS = (0.5, 0.9)
"""Parts of the shortest way out after which a good segment turns bad, while it is in review."""
MAILS_A_DAY = 1_000
Rate = Callable[[int], float]
"""The share approved as written, by how many requests came before."""


class Size(NamedTuple):
    """How much is simulated."""

    runs: int
    requests: int
    seed: int

    def chances(self) -> Iterator[random.Random]:
        """Yield the source of chance of each run."""
        for run in range(self.runs):
            yield random.Random(f"{self.seed} {run}")


class Life(NamedTuple):
    """What became of one segment."""

    first_out: int | None
    """Requests until it was let out first."""
    released: int
    """Copies that nobody read."""


class GoneBad(NamedTuple):
    """How a segment that is out was sent back."""

    audits: int
    requests: int


def steady(rate: float) -> Rate:
    """Return a rate that does not change."""
    return lambda _: rate


def turning(good: int, after: float) -> Rate:
    """Return a rate that falls from 1 after so many requests."""
    return lambda requests: 1.0 if requests < good else after


def shortest(terms: Terms) -> int:
    """Return after how many requests a segment is out of which everything was approved."""
    capital = Capital(terms.bar)
    while capital.worth < 1 / terms.alpha:
        capital.add(1.0)
    return capital.requests


def by_bets(rate: Rate, terms: Terms, size: Size, copies: int = 1) -> float:
    """Return how often a segment is ever let out; with `copies`, each alike one is a bet."""
    out = 0
    for chance in size.chances():
        capital = Capital(terms.bar)
        for request in range(size.requests):
            share = float(chance.random() < rate(request))
            for _ in range(copies):
                capital.add(share)
            if capital.worth >= 1 / terms.alpha:
                out += 1
                break
    return out / size.runs


def naively(rate: Rate, terms: Terms, size: Size, copies: int = 1) -> float:
    """Return how often the naive rule ever lets a segment out."""
    most = failures_borne(size.requests * copies, terms.bar, terms.alpha)
    out = 0
    for chance in size.chances():
        failures = 0
        for request in range(size.requests):
            failures += copies * (chance.random() >= rate(request))
            if failures <= most[(request + 1) * copies]:
                out += 1
                break
    return out / size.runs


@cache
def failures_borne(longest: int, bar: float, alpha: float) -> Sequence[int]:
    """Return, by number of copies, with how many failures the plain lower bound is at the bar."""
    borne, found = -1, [-1]
    for copies in range(1, longest + 1):
        while _at_most(borne + 1, copies, 1 - bar) <= alpha:
            borne += 1
        found.append(borne)
    return found


def _at_most(failures: int, copies: int, rate: float) -> float:
    if failures >= copies:
        return 1.0
    return sum(
        exp(
            lgamma(copies + 1)
            - lgamma(number + 1)
            - lgamma(copies - number + 1)
            + number * log(rate)
            + (copies - number) * log1p(-rate)
        )
        for number in range(failures + 1)
    )


def lived(rate: float, terms: Terms, size: Size, rejected: float = 0.5) -> list[Life]:
    """Return what became of segments of that rate, sent back and let out again as it comes.

    `rejected` of what is not approved is rejected, the rest edited.
    """
    return [_life(chance, rate, terms, size.requests, rejected) for chance in size.chances()]


def _life(chance: random.Random, rate: float, terms: Terms, requests: int, rejected: float) -> Life:
    capital, drift = Capital(terms.bar), None
    first, released = None, 0
    for request in range(requests):
        approved = chance.random() < rate
        if drift is None:
            capital.add(float(approved))
            if capital.worth >= 1 / terms.alpha:
                drift, first = Drift(terms.bar), first or request + 1
        elif chance.random() >= terms.audit:
            released += 1
        elif _sends_back(chance, drift, terms, approved=approved, rejected=rejected):
            capital, drift = Capital(terms.bar), None
    return Life(first, released)


def _sends_back(
    chance: random.Random, drift: Drift, terms: Terms, *, approved: bool, rejected: float
) -> bool:
    drift.add(float(approved))
    return (not approved and chance.random() < rejected) or drift.worth >= terms.steady


def gone_bad(before: float, after: float, terms: Terms, size: Size, rejected: float) -> GoneBad:
    """Return the median of audits and requests until a segment that is out is sent back."""
    found = [_until_back(chance, before, after, terms, rejected) for chance in size.chances()]
    audits, requests = zip(*found, strict=True)
    return GoneBad(round(statistics.median(audits)), round(statistics.median(requests)))


def _until_back(
    chance: random.Random, before: float, after: float, terms: Terms, rejected: float
) -> tuple[int, int]:
    drift = Drift(terms.bar)
    for _ in range(50):  # audited while it was good, none of them rejected
        drift.add(float(chance.random() < before))
    audits = requests = 0
    while True:
        requests += 1
        approved = chance.random() < after
        if chance.random() < terms.audit:
            audits += 1
            if _sends_back(chance, drift, terms, approved=approved, rejected=rejected):
                return audits, requests


def complained(rate: float, terms: Terms, days: int, size: Size) -> tuple[float, float | None]:
    """Return how often complaints send a segment back within `days`, and on which day (median)."""
    found = []
    for chance in size.chances():
        complaints = 0
        for day in range(1, days + 1):
            complaints += _poisson(chance, rate * MAILS_A_DAY)
            worth = evidence_of_more(complaints, day * MAILS_A_DAY, terms.complaints)
            if worth >= 1 / terms.alpha:
                found.append(day)
                break
    return len(found) / size.runs, statistics.median(found) if found else None


def _poisson(chance: random.Random, mean: float) -> int:
    number, left = 0, chance.expovariate(1.0)
    while left < mean:
        number, left = number + 1, left + chance.expovariate(1.0)
    return number


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown."""
    print(f"\n**{title}**\n")
    print(f"| {' | '.join(headings)} |")
    print(f"|{'---|' * len(headings)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def let_out(terms: Terms, size: Size) -> None:
    """Print how often bad segments are let out."""
    bar = terms.bar
    rows = [
        (f"approved as written: {rate:.3f}", naively(steady(rate), terms, size),
         by_bets(steady(rate), terms, size))
        for rate in (bar, bar - 0.2 * (1 - bar), bar - 0.4 * (1 - bar), bar - (1 - bar))
    ]  # fmt: skip
    alike = steady(bar)
    rows += [
        (f"{bar:.3f}, {COPIES} copies of a request alike, each counted",
         naively(alike, terms, size, COPIES), by_bets(alike, terms, size, COPIES)),
        ("the same, each request counted once (as the desk does)",
         naively(alike, terms, size), by_bets(alike, terms, size)),
    ]  # fmt: skip
    for good in (int(part * shortest(terms)) for part in GOOD_PARTS):
        turned = turning(good, bar - (1 - bar))
        said = f"1.000 for {good} requests, then {bar - (1 - bar):.3f} (no promise is made)"
        rows.append((said, naively(turned, terms, size), by_bets(turned, terms, size)))
    title = f"Let out, ever, in {size.requests} requests (bar {bar:g}, alpha {terms.alpha:g})"
    table(title, ("segment", "naive", "bets"), [(n, f"{a:.1%}", f"{b:.1%}") for n, a, b in rows])


def saved(terms: Terms, size: Size) -> None:
    """Print how soon good segments are let out, and what review they save."""
    rows = []
    for part in (0.4, 0.6, 0.75, 0.9, 1.0):
        rate = terms.bar + part * (1 - terms.bar)
        lives = lived(rate, terms, size)
        firsts = sorted(life.first_out or size.requests + 1 for life in lives)
        median = firsts[len(firsts) // 2]
        out = sum(first <= size.requests for first in firsts) / size.runs
        share = sum(life.released for life in lives) / size.runs / size.requests
        said = str(median) if median <= size.requests else f"more than {size.requests}"
        rows.append((f"{rate:.4f}", f"{out:.1%}", said, f"{share:.1%}"))
    title = (
        f"Good segments: review saved in {size.requests} requests (audits {terms.audit:.0%}; half "
        "of what is not approved is rejected)"
    )
    headings = ("approved as written", "let out", "after (median requests)", "read by nobody")
    table(title, headings, rows)


def sent_back(terms: Terms, size: Size) -> None:
    """Print how soon a segment gone bad is sent back."""
    good = terms.bar + 0.75 * (1 - terms.bar)
    rows = []
    for times in (2.5, 4.0, 6.0):
        after = 1 - times * (1 - terms.bar)
        for rejected, said in ((0.5, "half rejected"), (0.0, "all edited: drift alone")):
            back = gone_bad(good, after, terms, size, rejected)
            rows.append((f"{good:.4f} to {after:.3f}", said, str(back.audits), str(back.requests)))
    headings = ("approved as written", "what is not approved", "audits", "requests")
    table("Gone bad while out: median until it is sent back", headings, rows)


def reported(terms: Terms, size: Size, days: int = 365) -> None:
    """Print how soon complaints send a segment back."""
    rows = []
    for times in (0.5, 1.0, 2.0, 3.0, 5.0):
        rate = terms.complaints * times
        often, day = complained(rate, terms, days, size)
        rows.append((f"{rate:.2%}", f"{often:.1%}", "" if day is None else f"{day:g}"))
    title = (
        f"Complaints, borne up to {terms.complaints:.2%} of mails: sent back in {days} days of "
        f"{MAILS_A_DAY} mails"
    )
    table(title, ("complaints", "sent back", "on day (median)"), rows)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--requests", type=int, default=3_000)
    parser.add_argument("--bar", type=float, action="append", help="0.95 and 0.98 when left out")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    size = Size(given.runs, given.requests, given.seed)
    for bar in given.bar or (0.95, 0.98):
        terms = Terms(bar=bar)
        let_out(terms, size)
        saved(terms, size)
        sent_back(terms, size)
    reported(Terms(bar=0.95), size._replace(runs=min(size.runs, 500)))


if __name__ == "__main__":
    main()
