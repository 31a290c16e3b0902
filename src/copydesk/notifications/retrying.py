"""How long to wait before a message is tried again."""

from __future__ import annotations

from copydesk.notifications.book import Retries

FACTOR = 4.0
SPREAD = 0.2
"""Share by which waits differ, so that what failed together does not come back together."""
HOUR_S = 3_600
ASKED_AT_MOST_S = 24 * HOUR_S
"""However long a receiver asks us to wait."""


def wait_s(retries: Retries, tries: int, chance: float, asked_s: float | None = None) -> float:
    """Return the seconds to wait after so many tries.

    `chance` is drawn evenly from 0 to 1; `asked_s` is what the receiver asked for, which is
    honoured up to a day.
    """
    longest = retries.longest_h * HOUR_S
    growing = retries.first_s * FACTOR ** min(tries - 1, 20)
    spread = min(growing, longest) * (1 - SPREAD + 2 * SPREAD * chance)
    return max(spread, min(asked_s or 0, ASKED_AT_MOST_S))
