"""Deciding on many items at once: only where the findings agree, and told item by item."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.desk.deciding import AT_ONCE, Deciding, Selected
from copydesk.errors import Conflict, Forbidden, InputError
from copydesk.guardrails import Severity
from copydesk.review_queue import State
from tests.factories import a_variant
from tests.unit.desk.world import AXEL, MARA, ROSA, World
from tests.unit.review_queue.items import a_finding, checked

TONE = checked(a_finding(rule="tone", severity=Severity.REVIEW))


def a_world(*changes: dict[str, Any]) -> World:
    """Return a desk with an item for each of these changes: `rev_0`, `rev_1` and so on."""
    world = World().with_campaign()
    for number, change in enumerate(changes):
        named = {"id": f"rev_{number}", "variant": a_variant(variant_id=f"var_{number}")}
        world.with_item(**{**named, "checked": TONE, **change})
    return world


def all_of(world: World) -> list[Selected]:
    with world.store.transaction() as tx:
        ids = [f"rev_{number}" for number in range(sum(tx.reviews.count().values()))]
        return [Selected(id=one, version=tx.reviews.get(one).version) for one in ids]


def deciding(world: World) -> Deciding:
    return Deciding(world.store, world.reviewing)


def test_all_are_approved_whose_findings_agree() -> None:
    """Each has its own signature, its own entry in the record, and its new state in the answer."""
    world = a_world({}, {})

    results = deciding(world).decide("approve", all_of(world), AXEL, note="Fine.")

    assert [(one.id, one.done, one.state) for one in results] == [
        ("rev_0", True, State.APPROVED),
        ("rev_1", True, State.APPROVED),
    ]
    assert [world.acts(one.id) for one in results] == [[("review.approved", "axel")]] * 2
    assert world.item("rev_0").approval_hash is not None


def test_nothing_is_done_where_findings_differ() -> None:
    """Other rules in one item refuse all, and name the groups that could be decided on."""
    world = a_world({}, {"checked": checked(a_finding(rule="price", severity=Severity.REVIEW))})

    with pytest.raises(Conflict, match="tone in rev_0; price in rev_1"):
        deciding(world).decide("reject", all_of(world), AXEL, "tone")

    assert world.item("rev_0").state is world.item("rev_1").state is State.WAITING


def test_each_item_is_refused_for_its_own_reason() -> None:
    """One's own, an edited, a held, a changed and a missing item stop no other; each says why."""
    world = a_world({}, {"requester": "axel"}, {"editors": ("axel",)}, {}, {})
    world.reviewing.claim("rev_3", ROSA, 1)
    selected = [*all_of(world)[:4], Selected(id="rev_4", version=9), Selected(id="gone", version=1)]

    results = deciding(world).decide("approve", selected, AXEL)

    assert [one.error for one in results] == [
        None, "self-approval", "self-approval", "held-by-another", "stale-version", "not-found",
    ]  # fmt: skip
    assert [one.done for one in results] == [True] + [False] * 5
    assert "rosa holds this item" in str(results[3].detail)
    assert world.item("rev_4").state is State.WAITING


def test_many_are_rejected_with_one_reason() -> None:
    """The reason and the note are those of every item."""
    world = a_world({}, {})

    deciding(world).decide("reject", all_of(world), ROSA, "other", "Not this season.")

    decisions = [world.item(f"rev_{number}").decisions[-1] for number in range(2)]
    assert [(one.reason, one.note) for one in decisions] == [("other", "Not this season.")] * 2


def test_a_blocked_item_is_not_approved_with_the_others() -> None:
    """Where a block stands in every item, each is refused by itself."""
    blocked = {"checked": checked(a_finding(rule="tone", severity=Severity.BLOCK))}
    world = a_world(blocked, {})

    results = deciding(world).decide("approve", all_of(world), AXEL)

    assert [one.error for one in results] == ["blocked-copy", None]


def test_a_selection_is_some_items_once() -> None:
    """None, too many, or one twice is refused before anything is done."""
    world = a_world({})
    one, many = all_of(world), [Selected(id=f"rev_{n}", version=1) for n in range(AT_ONCE + 1)]
    for selected in ([], many, one * 2):
        with pytest.raises(InputError, match=r"select 1 to 100 items|named twice: rev_0"):
            deciding(world).decide("approve", selected, AXEL)

    assert world.item("rev_0").state is State.WAITING


def test_who_does_not_review_decides_on_nothing() -> None:
    """A requester is refused as a whole."""
    world = a_world({})
    with pytest.raises(Forbidden):
        deciding(world).decide("approve", all_of(world), MARA)
