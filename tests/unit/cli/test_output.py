"""What reaches a terminal."""

from __future__ import annotations

import pytest
from rich.console import Console

from copydesk.cli.output import shown
from copydesk.cli.show import words
from copydesk.guardrails import Finding, Severity
from copydesk.variants import Slot, Text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain", "plain"),
        ("red \x1b[31m", "red \\x1b[31m"),
        ("bell \x07", "bell \\x07"),
        ("turn \u202e", "turn \\u202e"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("family \U0001f469\u200d\U0001f467", "family \U0001f469\u200d\U0001f467"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, seen: str) -> None:
    """Control and hidden characters in copy are shown, not obeyed; joiners and lines stay."""
    assert shown(text) == seen


def test_merge_tags_are_set_off() -> None:
    """A merge tag in copy has a style of its own, and the text is otherwise the source."""
    source = 'Hi {{ first_name | fallback: "you" }}, mud'

    written = words.copy_text(Text(source))

    assert written.plain == source
    assert [written.plain[span.start : span.end] for span in written.spans if span.style] == [
        '{{ first_name | fallback: "you" }}'
    ]


def test_brackets_in_copy_are_not_markup() -> None:
    """Square brackets in copy and findings are text, never rich's markup."""
    finding = Finding(
        rule="r",
        category="c",
        severity=Severity.WARN,
        slot=Slot.BODY,
        start=0,
        end=1,
        match="[bold]x[/bold]",
        message="[red]m[/red]",
        why="w",
    )
    screen = Console(record=True, file=None, width=200, quiet=True)
    screen.print(words.finding(finding))

    assert "“[bold]x[/bold]” [red]m[/red]" in words.finding(finding).plain
