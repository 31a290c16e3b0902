"""Figures as people and programs get them, over what the desk itself wrote."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.access import Actor, Role
from copydesk.desk.measuring import Asked, Figures, Measuring
from copydesk.desk.shares import share_of
from copydesk.errors import Forbidden
from copydesk.review_queue import Decision, Policy, ReviewItem
from copydesk.storage.memory import MemoryStore
from tests.contract.nouns import an_item
from tests.factories import NOW, a_brand, a_brief, a_copy, a_variant

DAY = timedelta(days=1)
ROOT = Actor("root", frozenset({Role.ADMIN}))
FAR = a_brief(send_at=NOW + 90 * DAY)


def an_office(*items: ReviewItem) -> Measuring:
    store = MemoryStore()
    with store.transaction() as tx:
        for item in items:
            tx.reviews.add(item)
    return Measuring(store, Policy.load(), lambda: NOW, "EUR")


def decided(number: int, days_ago: float, state: str = "approved", **changes: Any) -> ReviewItem:
    """Return an item that came so many days ago and was decided six hours later."""
    came = NOW - days_ago * DAY
    at = came + timedelta(hours=6)
    given: Mapping[str, Any] = {
        "variant": a_variant(variant_id=f"var_{number}"),
        "state": state,
        "brief": FAR,
        "decisions": (Decision(act=state.removesuffix("d"), actor="rob", at=at),),
        "created_at": came,
        "updated_at": at,
    }
    return an_item(f"rev_{number}", **{**given, **changes})


def figures(desk: Measuring, actor: Actor = ROOT, **asked: Any) -> Figures:
    return desk.figures(actor, Asked(**asked))


def test_a_share_is_told_with_wilson_s_interval() -> None:
    """Of 8 of 10 the interval is 0.490 to 0.943, the published value; of nothing there is none."""
    share = share_of(8, 10)

    assert share.share == 0.8
    assert share.low == pytest.approx(0.4902, abs=1e-4)
    assert share.high == pytest.approx(0.9433, abs=1e-4)
    assert share_of(0, 0).share is None


@settings(deadline=None)
@given(st.integers(1, 10_000), st.data())
def test_an_interval_holds_its_share_and_stays_between_none_and_all(
    whole: int, data: st.DataObject
) -> None:
    """Also of none and of all, where the usual interval would have no width."""
    share = share_of(data.draw(st.integers(0, whole)), whole)

    assert share.low is not None
    assert share.high is not None
    assert share.share is not None
    assert 0 <= share.low <= share.share + 1e-9
    assert share.share - 1e-9 <= share.high <= 1
    assert share.high > share.low


def test_weeks_end_with_today_and_only_the_first_is_shorter() -> None:
    """Thirty days are four weeks and two days; each tells what was decided in it."""
    desk = an_office(decided(1, 1), decided(2, 2, "rejected"), decided(3, 9))

    steps = figures(desk).decisions.steps

    assert len(steps) == 5
    assert (steps[0].last - steps[0].first).days == 1
    assert steps[-1].last == NOW.date()
    assert [(step.approval.part, step.approval.whole) for step in steps[-2:]] == [(1, 1), (1, 2)]


def test_a_week_is_told_day_by_day() -> None:
    """A period of seven days has seven steps."""
    steps = figures(an_office(decided(1, 1)), days=7).decisions.steps

    assert len(steps) == 7
    assert all(step.first == step.last for step in steps)


def test_first_pass_is_what_was_approved_as_it_was_written() -> None:
    """An edit before the approval makes it none, whoever approves."""
    edited = (Decision(act="edit", actor="eve", at=NOW - DAY),)
    changed = decided(2, 1, decisions=edited, copy_now=a_copy(subject="Mud season"))

    told = figures(an_office(decided(1, 1), changed)).decisions

    assert (told.approval.part, told.first_pass.part, told.first_pass.whole) == (2, 1, 2)
    assert told.acts == {"approve": 1, "edit": 1}


def test_times_fall_into_buckets_that_add_up() -> None:
    """Six hours are within eight; the buckets together are all that was decided."""
    times = figures(an_office(decided(1, 1), decided(2, 3))).times

    assert (times.median_hours, times.p90_hours) == (6, 6)
    assert {one.hours: one.items for one in times.buckets if one.items} == {8: 2}
    assert times.sla_hours == Policy.load().priority.sla_hours


def test_the_queue_is_told_as_each_day_ended() -> None:
    """What came three days ago and was decided two days ago was open at one day's end."""
    at = NOW - 2 * DAY
    gone = decided(1, 3, updated_at=at)
    stays = an_item("rev_2", created_at=NOW - 4 * DAY)

    days = figures(an_office(gone, stays), days=7).queue

    assert [one.open for one in days] == [0, 0, 1, 2, 1, 1, 1]
    assert [one.oldest_days for one in days[-2:]] == [3, 4]
    assert days[3].median_days == 0


def test_a_long_period_is_told_at_few_moments() -> None:
    """Ninety days give thirty points, the last of them today."""
    days = figures(an_office(decided(1, 1)), days=90).queue

    assert len(days) == 30
    assert days[-1].day == NOW.date()


def test_figures_are_of_the_brands_that_one_may_read() -> None:
    """Who reviews one brand sees that brand alone, no cost, and is refused another by name."""
    other = decided(2, 1, brand=a_brand(name="Larkfell"))
    desk = an_office(decided(1, 1), other)
    rex = Actor("rex", frozenset(), brand_roles={"Larkfell": frozenset({Role.REVIEWER})})

    told = figures(desk, rex)

    assert told.decisions.approval.whole == 1
    assert told.spent is None
    assert desk.brands(rex) == ["Larkfell"]
    assert figures(desk, brand="Northpeak").decisions.approval.whole == 1
    with pytest.raises(Forbidden):
        figures(desk, rex, brand="Northpeak")


def test_who_does_not_read_the_queue_reads_no_figures() -> None:
    """A requester and a puller are refused."""
    desk = an_office()
    for role in (Role.REQUESTER, Role.PULLER):
        with pytest.raises(Forbidden):
            figures(desk, Actor("ada", frozenset({role})))
