"""Dialects that a campaign is sent in: what one cannot write is told before it is signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from copydesk.desk.parts import record
from copydesk.errors import Contradiction, Problem
from copydesk.generations import RoutedVariant
from copydesk.publishing import Campaign, must_write
from copydesk.review_queue import Route
from copydesk.storage import Transaction
from copydesk.variants import Copy


def must_speak(copy: Copy, campaign: Campaign) -> None:
    """Raise Contradiction, with slot, dialect and remedy, unless every dialect can write it."""
    must_write(copy, campaign.dialects)


def heard(routed: RoutedVariant, campaign: Campaign) -> RoutedVariant:
    """Send to a person what was approved and a dialect of the campaign cannot write."""
    if routed.route is not Route.APPROVED:
        return routed
    try:
        must_speak(routed.variant.copy_, campaign)
    except Contradiction as error:
        because = f"It cannot be sent as it is: {error.message}"
        update = {"route": Route.REVIEW, "rule": "dialects", "because": because, "trusted": False}
        return routed.model_copy(update=update)
    return routed


def speak(
    tx: Transaction, campaign: Campaign, dialects: Sequence[str], by: str, now: datetime
) -> Campaign:
    """Name the dialects that the campaign is sent in, and return the campaign.

    Raises Contradiction, and changes nothing, when copy that is served, or the fallback, cannot be
    written in one of them.
    """
    named = tuple(dict.fromkeys(dialects))
    if named == campaign.dialects:
        return campaign
    update = {"dialects": named, "version": campaign.version + 1, "updated_at": now}
    after = campaign.model_copy(update=update)
    fallback = [campaign.fallback] if campaign.fallback is not None else []
    problems: list[Problem] = []
    for approved in [*tx.library.served(campaign.id), *fallback]:
        try:
            must_speak(approved.copy_, after)
        except Contradiction as error:
            problems += [_of(approved.id, problem) for problem in error.problems]
    if problems:
        raise Contradiction(problems)
    tx.campaigns.save(after, campaign.version)
    record(tx, campaign.id, "campaign.dialects_set", by, now, dialects=[*named])
    return after


def _of(copy_id: str, problem: Problem) -> Problem:
    return Problem(f"{copy_id}: {problem.field}", problem.holds, problem.remedy)
