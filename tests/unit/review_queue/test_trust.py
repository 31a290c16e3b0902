"""How a segment earns to leave review, and how it is sent back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from copydesk.review_queue import Decision, Phase, Standing, State, Terms, TrustEntry
from copydesk.review_queue.trust import (
    Result,
    Segment,
    drawn,
    first_reading,
    standing,
    with_reports,
)
from tests.factories import NOW, a_copy
from tests.unit.review_queue.items import an_item

SEGMENT = Segment("Northpeak", "winback", "lapsed")
TERMS = Terms(bar=0.9, audits_waiting=3)
ENOUGH = 60
"""Requests approved throughout that earn trust at this bar, with some to spare."""


def an_entry(number: int, result: Result = Result.APPROVED, **changes: Any) -> TrustEntry:
    created = NOW + timedelta(hours=number)
    undecided = result in {Result.WAITING, Result.RELEASED}
    given: dict[str, Any] = {
        "id": f"rev_{number:04}",
        **SEGMENT._asdict(),
        "campaign": "spring",
        "generation_id": f"gen_{number:04}",
        "variant_id": f"var_{number:04}",
        "rule": "first",
        "result": result,
        "created_at": created,
        "decided_at": None if undecided else created + timedelta(minutes=5),
    }
    return TrustEntry.model_validate({**given, **changes})


def approved(first: int, number: int, **changes: Any) -> list[TrustEntry]:
    return [an_entry(first + one, **changes) for one in range(number)]


def stands(entries: list[TrustEntry], terms: Terms = TERMS) -> Standing:
    return standing(SEGMENT, entries, terms, ("first",))


def test_enough_approvals_earn_trust() -> None:
    """The phase changes when the bets reach 1/alpha, and the bound is then above the bar."""
    few, enough = stands(approved(0, 30)), stands(approved(0, ENOUGH))

    assert (few.phase, enough.phase) == (Phase.REVIEW, Phase.TRUSTED)
    assert few.bound < TERMS.bar < enough.bound
    assert few.evidence < 1 / TERMS.alpha <= enough.evidence


def test_copies_of_one_request_count_once() -> None:
    """A hundred approved copies of ten requests are ten approvals, not a hundred."""
    entries = [
        entry.model_copy(update={"generation_id": f"gen_{number % 10}"})
        for number, entry in enumerate(approved(0, 100))
    ]

    now = stands(entries)

    assert (now.requests, now.read, now.phase) == (10, 100, Phase.REVIEW)


def test_leaving_the_doubtful_ones_waiting_gains_nothing() -> None:
    """What waits while later copy is decided counts as not approved."""
    mixed = [an_entry(n, Result.WAITING if n % 4 == 0 else Result.APPROVED) for n in range(200)]
    rejected = [an_entry(n, Result.REJECTED if n % 4 == 0 else Result.APPROVED) for n in range(200)]

    assert stands(mixed).phase is Phase.REVIEW
    assert stands(mixed).evidence == stands(rejected).evidence


def test_what_nobody_has_come_to_yet_is_left_out_of_the_figures() -> None:
    """New copy at the end of the queue does not lower the bound that is shown."""
    waiting = [an_entry(30 + one, Result.WAITING) for one in range(20)]

    assert stands(approved(0, 30) + waiting).bound == stands(approved(0, 30)).bound


@pytest.mark.parametrize("changes", [{"barred": "a blocking finding stands"}, {"rule": "other"}])
def test_what_trust_cannot_apply_to_proves_nothing(changes: dict[str, str]) -> None:
    """Copy of other rules, and barred copy, earns no trust however often it is approved."""
    now = stands(approved(0, ENOUGH, **changes))

    assert (now.phase, now.requests) == (Phase.REVIEW, 0)


def test_a_rejected_audit_sends_the_segment_back() -> None:
    """From its decision on everything counts anew; approvals of before are forgotten."""
    audit = an_entry(ENOUGH, Result.REJECTED, audit=True)
    entries = [*approved(0, ENOUGH), audit]

    back, later = stands(entries), stands(entries + approved(ENOUGH + 1, ENOUGH))

    assert (back.phase, back.requests, back.since) == (Phase.REVIEW, 0, audit.decided_at)
    assert back.returned_because == "rev_0060 was rejected."
    assert later.phase is Phase.TRUSTED


def test_edited_audits_send_the_segment_back_by_drift() -> None:
    """One edit does not; several in a row raise the alarm, and the reason says so."""
    edits = [an_entry(ENOUGH + n, Result.EDITED, audit=True) for n in range(12)]

    one, many = stands(approved(0, ENOUGH) + edits[:1]), stands(approved(0, ENOUGH) + edits)

    assert one.phase is Phase.TRUSTED
    assert many.phase is Phase.REVIEW
    assert "drifted below 0.9" in (many.returned_because or "")


def test_too_many_undecided_audits_suspend_trust() -> None:
    """Trust rests while more audits wait than the policy lets, and goes on when they are read."""
    waiting = [an_entry(ENOUGH + n, Result.WAITING, audit=True) for n in range(4)]
    read = [
        one.model_copy(update={"result": Result.APPROVED, "decided_at": NOW}) for one in waiting
    ]

    assert stands(approved(0, ENOUGH) + waiting).phase is Phase.RESTING
    assert stands(approved(0, ENOUGH) + waiting[:3]).phase is Phase.TRUSTED
    assert stands(approved(0, ENOUGH) + read).phase is Phase.TRUSTED


def test_released_copy_proves_nothing() -> None:
    """What nobody read is neither an approval nor a failure."""
    released = [an_entry(ENOUGH + n, Result.RELEASED) for n in range(40)]

    assert stands(approved(0, ENOUGH) + released) == stands(approved(0, ENOUGH))


def test_too_many_complaints_end_trust() -> None:
    """Complaints beyond what is borne put the segment in review, with the numbers as the reason."""
    now = stands(approved(0, ENOUGH))

    borne = with_reports(now, {"delivered": 10_000, "complaint": 10}, TERMS)
    many = with_reports(now, {"delivered": 10_000, "complaint": 40}, TERMS)

    assert borne.phase is Phase.TRUSTED
    assert many.phase is Phase.REVIEW
    assert "40 complaints about 10000 mails" in (many.returned_because or "")


def test_a_return_on_record_starts_anew() -> None:
    """A return for complaints forgets what was earned before it, whatever comes after."""
    back = an_entry(ENOUGH, Result.RETURNED, barred="Too many complaints.", rule="")

    now = stands([*approved(0, ENOUGH), back, *approved(ENOUGH + 1, 3)])

    assert (now.phase, now.requests) == (Phase.REVIEW, 3)
    assert now.returned_because == "Too many complaints."


def test_the_order_in_which_entries_are_read_does_not_matter() -> None:
    """A standing is a function of the decisions, so any store and any restart tells the same."""
    entries = [*approved(0, ENOUGH), an_entry(ENOUGH, Result.EDITED, audit=True)]

    assert stands(entries) == stands(entries[::-1])


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({}, Result.WAITING),
        ({"state": State.CLAIMED}, Result.WAITING),
        ({"state": State.APPROVED}, Result.APPROVED),
        ({"state": State.APPROVED, "copy_now": a_copy(subject="Another")}, Result.EDITED),
        ({"copy_now": a_copy(subject="Another")}, Result.EDITED),
        ({"state": State.REJECTED}, Result.REJECTED),
        ({"state": State.REJECTED, "copy_now": a_copy(subject="Another")}, Result.REJECTED),
    ],
)
def test_a_first_reading_approves_only_what_was_written(
    changes: dict[str, Any], result: Result
) -> None:
    """Approved after an edit is not approved as written; a rejection is one in any case."""
    decided = Decision(act="approve", actor="axel", at=NOW)

    assert first_reading(an_item(decisions=(decided,), **changes))[0] is result


@pytest.mark.parametrize("act", ["edit", "approve_with_edit", "request_changes"])
def test_doubts_that_were_taken_back_still_count(act: str) -> None:
    """The copy is as it was written, but somebody saw it otherwise first: not approved as such."""
    acts = [Decision(act=one, actor="axel", at=NOW) for one in (act, "approve")]

    result, _ = first_reading(an_item(state=State.APPROVED, decisions=tuple(acts)))

    assert result is Result.EDITED


def test_audits_are_drawn_by_a_key() -> None:
    """The same key draws the same items, another key others, and about the share that is asked."""
    items = [f"rev_{number}" for number in range(4_000)]
    own = [one for one in items if drawn(b"key", one, 0.1)]
    other = [one for one in items if drawn(b"other", one, 0.1)]

    assert own == [one for one in items if drawn(b"key", one, 0.1)]
    assert 320 < len(own) < 480
    assert len(set(own) & set(other)) < 80
    assert all(drawn(b"key", one, 1.0) for one in items)
