"""Judging events anew, a message at a time: one of its events came in, or found its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from copydesk.feedback import Outcome
from copydesk.feedback.judging import SEEN, rejudged
from copydesk.storage import Transaction

BY_CALLER = "api"
"""The source of events whose reporter judged them, and not we."""
JUDGED = (*SEEN, "delivered")


def judge(tx: Transaction, outcomes: Iterable[Outcome]) -> None:
    """Judge the messages that these events belong to, with all their events."""
    for source, threads in sorted(_threads(outcomes).items()):
        of_thread = defaultdict(list)
        for one in tx.outcomes.of_threads(source, threads):
            of_thread[one.thread].append(one)
        tx.outcomes.judge([one for events in of_thread.values() for one in rejudged(events)])


def _threads(outcomes: Iterable[Outcome]) -> dict[str, list[str]]:
    """Return by source the messages whose events are to be judged together."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for one in outcomes:
        if one.source != BY_CALLER and one.kind in JUDGED and one.thread is not None:
            found[one.source][one.thread] = None
    return {source: list(threads) for source, threads in found.items()}
