"""What was learned for brands, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.cli.show import words
from copydesk.desk.learning import Drifted, Taught
from copydesk.ranking.owned import BrandRanker, Objectives
from copydesk.ranking.snapshots import Snapshot, Versions

MINUTES = "%Y-%m-%d %H:%M"
DAY = "%Y-%m-%d"


def print_taught(taught: Taught) -> None:
    """Print what came of learning."""
    screen = console()
    state = "in use" if taught.promoted else "kept aside"
    screen.print(Shown(f"{shown(taught.brand)}  version {taught.version}  {state}", "bold"))
    screen.print(f"learned from {taught.learned} of {taught.sends} sends")
    if taught.from_outcomes:
        screen.print(f"{taught.from_outcomes} of them told by outcomes of approved copy")
    screen.print(taught.why)
    for remark in taught.remarks:
        screen.print(Shown(remark, "yellow"))


def print_rankers(found: Sequence[BrandRanker]) -> None:
    """Print a table of versions for each brand."""
    screen = console()
    if not found:
        screen.print("Nothing was learned yet: `copydesk ranker learn` begins.")
    for one in found:
        title = f"{shown(one.brand)}  {_aims(one.objectives)}"
        table = words.table("version", "sends", "through", "state", "by", "judged", title=title)
        # It is typed to promote it.
        table.columns[0].no_wrap = True
        for snapshot in one.versions.snapshots:
            table.add_row(*_row(snapshot, one.versions))
        screen.print(table)


def print_drifted(found: Drifted) -> None:
    """Print what changed since the version in use was made."""
    screen = console()
    screen.print(Shown(f"{shown(found.brand)}  version {found.version}", "bold"))
    for line in found.found:
        screen.print(f"- {shown(line)}")
    screen.print(Shown(found.why if found.found else f"nothing shown: {found.why}", "dim"))


def _row(snapshot: Snapshot, versions: Versions) -> Iterator[str]:
    changes = [change for change in versions.changes if change.version == snapshot.version]
    last = changes[-1] if changes else None
    in_use = snapshot == versions.active
    yield snapshot.version
    yield str(snapshot.sends) if snapshot.sends else "what ships"
    yield f"{snapshot.through:{DAY}}" if snapshot.through else ""
    yield "in use" if in_use else last.act if last else ""
    yield f"{shown(last.by)} {last.at:{MINUTES}}" if last else ""
    yield next((c.verdict.why for c in reversed(changes) if c.verdict), "")


def _aims(objectives: Objectives) -> str:
    return (
        f"for {objectives.aim}; an unsubscribe costs {objectives.unsubscribe:g},"
        f" a complaint {objectives.complaint:g}"
    )
