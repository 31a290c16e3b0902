"""How much copy presses is counted in words, capitals and marks."""

from __future__ import annotations

import pytest

from copydesk.publishing.intensity import intensity
from tests.factories import a_copy


@pytest.mark.parametrize(
    ("subject", "points"),
    [
        ("Trail shoes for the mud", 0),
        ("Hurry, last chance", 2),
        ("Don\u2019t miss it!", 2),
        ("ENDS tonight", 2),
        ("Ends tonight!!", 3),
        ("With TRAIL20 and a USB cable, harry", 0),
    ],
)
def test_copy_presses_by_so_many_points(subject: str, points: int) -> None:
    """A word of haste, an exclamation mark and a shouted word each count one."""
    calm = a_copy(subject="x", preheader="For you", body="The mud is back.")
    assert intensity(calm) == 0
    assert intensity(a_copy(subject=subject, preheader="For you", body="Mud.")) == points
