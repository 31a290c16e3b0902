"""The page on export and push, and the example, held against the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from copydesk.publishing.formats import COLUMNS
from copydesk.publishing.marks import _sayings
from copydesk.pushing import Targets
from copydesk.pushing.build import TOOLS, build_tools
from copydesk.pushing.tools.sfmc import _of, _values
from tests.unit.pushing.bench import SIGNING, a_parcel

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/howto/export-and-push.md").read_text(encoding="utf-8")
MARKS = (ROOT / "docs/explanation/marks.md").read_text(encoding="utf-8")


def test_the_example_of_targets_can_be_used() -> None:
    """Every target of it is wired, each with a secret of its own."""
    targets = Targets.load(ROOT / "examples/push/targets.yaml")
    secrets = {name: [SIGNING] for name in targets.targets}

    assert set(build_tools(targets, secrets)) == {"news", "shop", "crm", "own"}


def test_the_page_lists_every_tool_and_column() -> None:
    """The tables name each tool, each column of a file, and each of the data extension."""
    rows = re.findall(r"^\| (.+?) \|", PAGE, flags=re.MULTILINE)
    named = set(re.findall(r"`(\w+)`", " ".join(rows)))

    assert {*TOOLS, "webhook", *COLUMNS} <= named
    assert all(f"`{name}`" in PAGE for name in {*_of(a_parcel()), *_values(None), "State"})


@pytest.mark.parametrize("origin", ["model", "phrasebook", "person", "unrecorded"])
def test_the_page_on_marks_says_what_is_said(origin: str) -> None:
    """Each origin's row has the terms that are sent for it."""
    row = next(line for line in MARKS.splitlines() if line.startswith(f"| `{origin}`"))
    saying = getattr(_sayings(), origin)

    wanted = {saying["as_written"].source_type} if origin != "unrecorded" else {"model"}
    assert all(f"`{term}`" in row for term in wanted)
    assert row.endswith("| yes |" if saying["as_written"].generated else "| no |")
