"""The queue as a list: who may read it, what is told of each item, and views of one's own."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.desk.queueing import VIEWS_AT_MOST, Queueing
from copydesk.errors import Conflict, Forbidden, InputError, NotFound
from copydesk.guardrails import Severity
from copydesk.review_queue import Policy, Signature
from copydesk.review_queue.placing import Placer
from copydesk.review_queue.searching import Filter, Order, View
from tests.factories import NOW
from tests.unit.desk.world import AXEL, MARA, ROSA, TOOL, World
from tests.unit.review_queue.items import a_finding, checked

LATE = View(name="late", filter=Filter(late=True))


def a_queue(world: World, **policy: Any) -> Queueing:
    rules = Policy.model_validate({"rules": [], **policy})
    return Queueing(world.store, Placer(rules), lambda: world.now)


def a_world(items: int) -> World:
    world = World().with_campaign()
    for number in range(items):
        risky = checked(*[a_finding(severity=Severity.WARN)] * number)
        world.with_item(id=f"rev_{number}", checked=risky)
    return world


def test_pages_lead_through_all_items_with_their_priorities() -> None:
    """Most urgent first, each with its priority now; the last page has no next."""
    queue = a_queue(a_world(5))

    first = queue.page(AXEL, limit=3)
    last = queue.page(AXEL, limit=3, after=first.next)

    points = [ranked.priority.points for ranked in (*first.items, *last.items)]
    assert [ranked.item.id for ranked in first.items] == ["rev_4", "rev_3", "rev_2"]
    assert [ranked.item.id for ranked in last.items] == ["rev_1", "rev_0"]
    assert points == sorted(points, reverse=True)
    assert last.next is None


def test_a_page_from_no_cursor_is_refused() -> None:
    """An id in place of a cursor is told, rather than read as the first page."""
    with pytest.raises(InputError, match="after"):
        a_queue(a_world(1)).page(AXEL, after="rev_0")


def test_priority_grows_with_the_clock() -> None:
    """An hour later the same item has a point more, and no other order."""
    world = a_world(2)
    queue = a_queue(world)
    before = queue.page(ROSA).items

    world.later(hours=1)
    after = queue.page(ROSA).items

    assert [ranked.item.id for ranked in after] == [ranked.item.id for ranked in before]
    assert after[0].priority.points - before[0].priority.points == pytest.approx(1)
    assert queue.priority(after[0].item) == after[0].priority


def test_what_is_read_blind_stays_hidden_in_the_list() -> None:
    """While two people read an item blind, the list shows nobody the other's decision."""
    signed = Signature(by="axel", at=NOW, decision="approve", approval_hash="0" * 64)
    world = World().with_campaign().with_item(signatures=(signed,), readers=("axel",))

    (shown,) = a_queue(world).page(ROSA).items

    assert shown.item.signatures == ()
    assert shown.item.readers == ()


def test_another_policy_orders_the_queue_anew() -> None:
    """Items are placed by the weights in force, little by little, until nothing is left to do."""
    world = a_world(3)
    queue = a_queue(world, priority={"severities": {}, "sla_hours": 2})

    assert queue.place_some() == 3
    assert queue.place_some() == 0
    assert [ranked.item.id for ranked in queue.page(ROSA).items] == ["rev_0", "rev_1", "rev_2"]


def test_who_does_not_review_sees_no_queue() -> None:
    """Requesters and tools are refused the list, its counts and its views."""
    queue = a_queue(a_world(1))
    for actor in (MARA, TOOL):
        for ask in (queue.page, queue.counts, queue.views):
            with pytest.raises(Forbidden):
                ask(actor)
        with pytest.raises(Forbidden):
            queue.keep_view(LATE, actor)
        with pytest.raises(Forbidden):
            queue.forget_view("late", actor)


def test_views_belong_to_who_keeps_them() -> None:
    """Nobody sees, changes or forgets the views of another."""
    queue = a_queue(a_world(1))
    queue.keep_view(LATE, ROSA)
    queue.keep_view(LATE.model_copy(update={"order": Order.OLDEST}), ROSA)

    assert [view.order for view in queue.views(ROSA)] == [Order.OLDEST]
    assert queue.views(AXEL) == []
    with pytest.raises(NotFound):
        queue.forget_view("late", AXEL)
    queue.forget_view("late", ROSA)
    assert queue.views(ROSA) == []


def test_nobody_keeps_more_views_than_a_person_can_read() -> None:
    """The one too many is refused, and one that is there may still be changed."""
    queue = a_queue(a_world(1))
    for number in range(VIEWS_AT_MOST):
        queue.keep_view(LATE.model_copy(update={"name": f"view-{number}"}), ROSA)

    with pytest.raises(Conflict, match="forget one first"):
        queue.keep_view(LATE, ROSA)
    queue.keep_view(LATE.model_copy(update={"name": "view-7", "order": Order.OLDEST}), ROSA)
