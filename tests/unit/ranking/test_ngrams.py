"""Grams of lines, hashed: the same rows in every process, whatever came before."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from copydesk.ranking.ngrams import ROWS, Grams, tokens, word_row


@given(st.text(max_size=120))
def test_rows_lie_in_the_table_once_each(text: str) -> None:
    """Each row is in the table and comes once, with a count of at least one."""
    words, counts, pieces, piece_counts = Grams().of(text)

    for rows, found in ((words, counts), (pieces, piece_counts)):
        assert len(np.unique(rows)) == len(rows) == len(found)
        assert np.all((rows >= 0) & (rows < ROWS))
        assert np.all(found >= 1)


def test_rows_are_the_same_in_every_process() -> None:
    """A word's row is fixed by its letters: shipped tables are read by it."""
    assert word_row("bread") == 167611


def test_case_and_curled_apostrophes_do_not_count() -> None:
    """A line in capitals, or with curled apostrophes, has the words of the plain one."""
    assert tokens("DON\u2019T stop?") == ["don't", "stop", "?"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_earlier_lines_change_nothing(one: str, other: str) -> None:
    """What was cut before has no influence on the grams of a line."""
    used = Grams()
    used.of(one)

    found, fresh = used.of(other), Grams().of(other)

    assert [rows.tolist() for rows in found] == [rows.tolist() for rows in fresh]
