"""Who is next: points as a sum of parts, an order that needs no clock, and cursors."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import InputError
from copydesk.guardrails import Severity
from copydesk.review_queue import Policy, ReviewItem, State
from copydesk.review_queue.placing import Placer
from copydesk.review_queue.priority import Priority
from copydesk.review_queue.searching import Cursor, Order
from tests.factories import NOW, a_brief, an_audience
from tests.unit.review_queue.items import a_finding, an_item, checked

RULE = {"route": "review", "because": "Read it."}
POLICY = Policy.model_validate(
    {
        "rules": [
            {"name": "findings", **RULE},
            {"name": "urgent", "sla_hours": 4, "points": 3, **RULE},
        ]
    }
)
FAR = NOW + timedelta(days=30)


def later(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def waiting(**changes: Any) -> ReviewItem:
    return an_item(**{"brief": a_brief(send_at=FAR), "checked": checked(), **changes})


def told(item: ReviewItem, now: datetime = NOW, policy: Policy = POLICY) -> Priority:
    return Placer(policy).priority(item, now)


def points(item: ReviewItem, part: str, now: datetime = NOW) -> float:
    return next(one.points for one in told(item, now).parts if one.name == part)


def why(item: ReviewItem, part: str, now: datetime = NOW) -> str:
    return next(one.why for one in told(item, now).parts if one.name == part)


def test_points_are_the_sum_of_the_parts() -> None:
    """Risk, age, sending and value, each with its points and its reason, add up to the whole."""
    item = waiting(checked=checked(a_finding()), audience=an_audience(signals={"audience_size": 9}))

    found = told(item, later(5))

    assert [part.name for part in found.parts] == ["risk", "age", "sending", "value"]
    assert found.points == pytest.approx(sum(part.points for part in found.parts))
    assert all(part.why for part in found.parts)


def test_risk_counts_findings_by_severity_up_to_a_limit() -> None:
    """A block is worth 24, a review 8, a warning 1; ten blocks are worth no more than 48."""
    three = [a_finding(severity=one) for one in (Severity.BLOCK, Severity.REVIEW, Severity.WARN)]

    assert points(waiting(checked=checked(*three)), "risk") == 33
    assert why(waiting(checked=checked(*three)), "risk") == "1 x block, 1 x review, 1 x warn"
    assert points(waiting(checked=checked(*[a_finding()] * 10)), "risk") == 48


def test_the_rule_that_sent_it_and_an_escalation_add_to_the_risk() -> None:
    """A rule's own points and those of an escalation stand in the reason."""
    item = waiting(routed_by="urgent", state=State.ESCALATED)

    assert points(item, "risk") == 15
    assert "3 for the rule urgent" in why(item, "risk")
    assert "12 because it was escalated" in why(item, "risk")


def test_an_hour_of_waiting_is_a_point() -> None:
    """Age grows with the clock, and a stricter SLA is a head start of the hours that it is."""
    usual, urgent = waiting(), waiting(routed_by="urgent")

    assert points(usual, "age", later(5)) == 5
    assert points(urgent, "age", later(5)) == 25
    assert why(urgent, "age", later(5)) == "waits for 5.0 h of the 4 h that the policy allows"


def test_a_near_send_date_counts_for_the_hours_by_which_it_comes_before_the_sla() -> None:
    """To be sent in ten hours, less a lead of four, it is due eighteen hours before the SLA."""
    soon = waiting(brief=a_brief(send_at=later(10)))
    gone = waiting(brief=a_brief(send_at=later(-99)))

    assert points(waiting(), "sending") == 0
    assert points(soon, "sending") == 18
    assert told(soon).due_at == later(6)
    assert points(gone, "sending") == 28


def test_a_large_audience_counts_where_its_size_is_known() -> None:
    """Two points for each tenfold of people; nothing for a size that is not told, or no number."""

    def of_size(size: Any) -> float:
        return points(waiting(audience=an_audience(signals={"audience_size": size})), "value")

    assert of_size(100_000) == pytest.approx(10)
    assert of_size("many") == of_size(0) == of_size(True) == points(waiting(), "value") == 0


def test_an_item_is_late_from_the_moment_when_it_should_have_been_decided() -> None:
    """Late after its SLA, and never once it is decided."""
    assert not told(waiting(), later(24)).is_late
    assert told(waiting(), later(24.1)).is_late
    assert not told(waiting(state=State.REJECTED), later(99)).is_late


hours = st.floats(-500, 500)
items = st.builds(
    lambda asked, send, rule, severities, size: waiting(
        created_at=later(asked),
        brief=a_brief(send_at=later(send)),
        routed_by=rule,
        checked=checked(*(a_finding(severity=one) for one in severities)),
        audience=an_audience(signals={"audience_size": size}),
    ),
    hours,
    hours,
    st.sampled_from(["findings", "urgent", "gone from the policy"]),
    st.lists(st.sampled_from(Severity), max_size=4),
    st.integers(0, 10**7),
)


@given(items, items, hours)
def test_the_stored_place_orders_as_the_points_do_at_any_moment(
    one: ReviewItem, other: ReviewItem, now: float
) -> None:
    """Whatever the clock shows, the item with more points has the earlier place."""
    placer = Placer(POLICY)
    more = placer.priority(one, later(now)).points - placer.priority(other, later(now)).points
    earlier = placer.place(other).order - placer.place(one).order

    assert earlier == pytest.approx(more, abs=0.01)


def test_of_equal_items_the_older_is_first() -> None:
    """Copy for one send is due at one moment, whenever it was asked for: the older comes first."""
    send = a_brief(send_at=later(10))
    older, newer = (waiting(brief=send, created_at=later(hours)) for hours in (-1, 0))

    assert told(older).points == pytest.approx(told(newer).points)
    assert Placer(POLICY).place(older).order < Placer(POLICY).place(newer).order


def test_priority_changes_no_approval() -> None:
    """Policies that differ in weights, SLA and points alone have the same hash."""
    rules = [rule.model_copy(update={"sla_hours": 9, "points": 9}) for rule in POLICY.rules]
    weights = POLICY.priority.model_copy(update={"points_per_hour": 7})
    other = POLICY.model_copy(update={"rules": tuple(rules), "priority": weights})

    assert Policy.model_validate(other.model_dump()).sha256 == POLICY.sha256
    assert Placer(other).mark != Placer(POLICY).mark


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(Order))
def test_a_cursor_is_read_as_it_was_written(key: float, order: Order) -> None:
    """Any number survives the way through an address, to the last bit."""
    cursor = Cursor(order, key, "rev_0123-abc")

    assert Cursor.parse(str(cursor), order) == cursor


@pytest.mark.parametrize("text", ["", "x", "rev_1", "cG5hbnxyZXZfMQ", "cDEuMHw", "cDEuMHxyZXYhMQ"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    """An id, a cut-off cursor, or one that holds no number or no id gets an error that helps."""
    with pytest.raises(InputError, match="send the `next` of the page before"):
        Cursor.parse(text, Order.PRIORITY)


def test_a_cursor_of_another_order_is_refused() -> None:
    """What was a place among the oldest is none among the most urgent."""
    with pytest.raises(InputError, match="same order"):
        Cursor.parse(str(Cursor(Order.OLDEST, 1.0, "rev_1")), Order.PRIORITY)
