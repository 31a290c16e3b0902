"""How segments stand, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.review_queue import Phase, Standing, Terms, TrustEntry

LATEST = 10
MINUTES = "%Y-%m-%d %H:%M"


def print_standings(found: Sequence[Standing], terms: Terms | None) -> None:
    """Print one row for each segment."""
    screen = console()
    if terms is None:
        screen.print("The policy in force trusts nobody: no rule says `trust: true`.")
        return
    if not found:
        screen.print("No copy went to a person yet.")
        return
    table = Table(expand=True, border_style="dim")
    for heading in ("segment", "phase", "requests", "approved", f"above (bar {terms.bar:g})"):
        table.add_column(heading, overflow="fold")
    for one in found:
        approved = f"{one.approved} of {one.read}"
        bound = f"{one.bound:.3f}"
        table.add_row(shown(one.segment), one.phase.value, str(one.requests), approved, bound)
    screen.print(table)


def print_explained(now: Standing, terms: Terms, entries: Sequence[TrustEntry]) -> None:
    """Print what the standing rests on, what would change it, and the latest entries."""
    screen = console()
    screen.print(Shown(f"{shown(now.segment)}   {now.phase.value}", "bold"))
    for line in _lines(now, terms):
        screen.print(line)
    for entry in entries[-LATEST:]:
        marks = ", ".join(mark for mark in ("audit" if entry.audit else "", entry.barred) if mark)
        when, what = f"{entry.created_at:{MINUTES}}", f"{entry.id}  {entry.result.value}"
        screen.print(Shown(f"{when}  {shown(what)}  {shown(marks)}".rstrip(), "dim"))


def _lines(now: Standing, terms: Terms) -> Iterator[str]:
    if now.since is not None:
        yield f"sent back {now.since:{MINUTES}}: {shown(now.returned_because or '')}"
    elif now.returned_because:
        yield f"sent back: {shown(now.returned_because)}"
    yield (
        f"{now.approved} of {now.read} copies approved as written, in {now.requests} requests: "
        f"above {now.bound:.3f}, whenever one looks, but for a chance of {terms.alpha:g}"
    )
    yield (
        f"bets on being above {terms.bar:g} made {now.evidence:.3g} of 1; "
        f"trust is earned at {1 / terms.alpha:g}"
    )
    if now.phase is not Phase.REVIEW:
        yield (
            f"{now.released} copies left review, {now.audits} audits decided, "
            f"{now.audits_waiting} wait (at most {terms.audits_waiting}); "
            f"drift {now.drift:.3g}, alarm at {terms.steady:g}"
        )
    yield (
        f"{now.complaints} complaints about {now.delivered} mails, {terms.complaints:g} of each "
        f"are borne; bets on more made {now.complaint_evidence:.3g} of 1, too many at "
        f"{1 / terms.alpha:g}"
    )
