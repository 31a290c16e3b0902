"""Past sends in a file: what is read, and what is said of lines that cannot be."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import InputError
from copydesk.ranking.sends import NEEDED, parsed_sends, read_sends

HEADER = "subject,sent_at,recipients,clicks"
GOOD = "Spring is here,2026-03-06,1000,12"


def problems(*lines: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parsed_sends("\n".join(lines), "sends.csv")
    return [str(problem) for problem in caught.value.problems]


def test_a_file_of_four_columns_is_read_in_order_of_time(tmp_path: Path) -> None:
    """A byte order mark, blank lines and lines out of order do not matter."""
    file = tmp_path / "sends.csv"
    later = "Later,2026-03-07T09:00:00+01:00,500,3"
    file.write_text(f"{HEADER}\n{later}\n\n{GOOD}\n", encoding="utf-8-sig")

    first, second = read_sends(file)

    assert (first.subject, first.recipients, first.clicks) == ("Spring is here", 1000, 12)
    assert (first.conversions, first.segment) == (None, "")
    assert second.sent_at.isoformat() == "2026-03-07T08:00:00+00:00"


def test_clicks_of_bots_are_taken_off() -> None:
    """Clicks known to be a machine's are set apart from people's."""
    (send,) = parsed_sends(f"{HEADER},bot_clicks\n{GOOD},5", "sends.csv")

    assert send.human_clicks == 7


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Hello,2026-03-06,1000", "sends.csv:3: has 3 cells where the header has 4"),
        ("Hello,6.3.2026,1000,1", "sends.csv:3: sent_at: a day as 2026-03-06"),
        ("Hello,2026-03-06T09:00,1000,1", "sends.csv:3: sent_at: a time needs its zone"),
        ('Hello,2026-03-06,"1,000",1', "sends.csv:3: recipients: a whole number without"),
        (f"Hello,2026-03-06,{'9' * 5_000},1", "sends.csv:3: recipients: a whole number without"),
        ("Hello,0001-01-01T00:00+23:59,10,1", "sends.csv:3: sent_at: a day as 2026-03-06"),
        ("Hello,2026-03-06,0,0", "sends.csv:3: recipients: a send goes to at least one"),
        ("Hello,2026-03-06,10,11", "sends.csv:3: clicks: counts recipients, each once: at most 10"),
        ("Hello,2026-03-06,10,", "sends.csv:3: clicks: a whole number is needed"),
        (",2026-03-06,10,1", "sends.csv:3: subject: a send has a subject"),
        ('"Hello,2026-03-06,10,1', "sends.csv:3: no CSV from here on"),
    ],
)
def test_a_wrong_line_is_told_by_its_number_and_column(line: str, told: str) -> None:
    """The line after a good one is named, with what would be right."""
    (found,) = problems(HEADER, GOOD, line)

    assert found.startswith(told)


def test_lines_are_counted_as_an_editor_does() -> None:
    """A subject that spans two lines does not shift the numbers after it."""
    (found,) = problems(HEADER, '"Two\nlines",2026-03-06,10,1', "x,2026-03-06,ten,1")

    assert found.startswith("sends.csv:4: recipients:")


@pytest.mark.parametrize("missing", NEEDED)
def test_a_missing_column_is_named(missing: str) -> None:
    """Each of the four columns is needed."""
    header = ",".join(name for name in NEEDED if name != missing)

    assert problems(header) == [f"sends.csv:1: {missing}: this column is needed in the header"]


def test_unknown_and_repeated_columns_are_refused() -> None:
    """A column that would be passed over in silence is a mistake to tell."""
    unknown, repeated = problems(f"{HEADER},open_rate,clicks")

    assert repeated.startswith("sends.csv:1: open_rate: no such column; there are subject")
    assert unknown == "sends.csv:1: clicks: this column is in the header twice"


@pytest.mark.parametrize("revenue", ["-1", "nan", "1.200,50", "inf", "1e300", "ten"])
def test_revenue_is_a_finite_sum(revenue: str) -> None:
    """Sums below nothing, endless ones and words are told."""
    (found,) = problems(f"{HEADER},revenue", f'{GOOD},"{revenue}"')

    assert found.startswith("sends.csv:2: revenue: a sum with a point")


def test_a_part_is_no_more_than_its_whole() -> None:
    """Bots click no more than all, and machines open no mail where no opens are known."""
    clicks, opens = problems(f"{HEADER},bot_clicks,machine_opens", f"{GOOD},13,1")

    assert clicks.startswith("sends.csv:2: bot_clicks: is a part of clicks, and there are 12")
    assert opens.startswith("sends.csv:2: machine_opens: is a part of opens, and there are none")


def test_at_most_twenty_problems_are_told() -> None:
    """A file that is wrong throughout does not flood its reader."""
    assert len(problems(HEADER, *["x,y,z,w"] * 50)) == 20


def test_a_file_in_another_encoding_is_told_by_its_line(tmp_path: Path) -> None:
    """Where UTF-8 ends is said."""
    file = tmp_path / "old.csv"
    file.write_bytes(f"{HEADER}\nV\xe5r,2026-03-06,10,1".encode("latin-1"))

    with pytest.raises(InputError, match=r"old\.csv:2: save the file as UTF-8"):
        read_sends(file)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The file's name and the reason are said."""
    with pytest.raises(InputError, match=r"gone\.csv: cannot be read: No such file"):
        read_sends(tmp_path / "gone.csv")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No content of a file brings about any other error."""
    with suppress(InputError):
        assert all(send.subject for send in parsed_sends(text, "any.csv"))


@given(st.lists(st.text(max_size=12), min_size=4, max_size=4))
def test_any_cells_are_read_or_refused(cells: list[str]) -> None:
    """Nor does any content of a line."""
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    with suppress(InputError):
        assert len(parsed_sends(f"{HEADER}\n{quoted}", "any.csv")) <= 1
