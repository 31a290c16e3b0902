"""What is known of recipients by what they did: the same on every store."""

from __future__ import annotations

from datetime import timedelta

from copydesk.feedback import Outcome
from copydesk.feedback.habits import Habits
from copydesk.feedback.timing import Audience
from copydesk.publishing.triggers import Occurrence, Standing
from copydesk.publishing.triggers.ports import EventId
from copydesk.storage import Store
from tests.factories import NOW

ONE, OTHER = EventId("shop", "1"), EventId("shop", "2")
LATER = NOW + timedelta(hours=1)


def standing(key: str, **changes: object) -> Standing:
    given = {"event_id": "1", "kind": "viewed", "at": NOW, "recipient_key": key, **changes}
    return Standing(recipient_key=key).hear(Occurrence.model_validate(given))


def test_an_event_is_new_once(store: Store) -> None:
    """Told again, alone or with others, it is known; the same id of another source is another."""
    with store.transaction() as tx:
        assert tx.standings.note([ONE], LATER) == {ONE}
    with store.transaction() as tx:
        assert tx.standings.note([ONE, OTHER, EventId("app", "1")], LATER) == {OTHER, ("app", "1")}
        assert tx.standings.note([], LATER) == frozenset()


def test_a_recipient_is_kept_and_replaced(store: Store) -> None:
    """Of whom nothing is known an empty standing is held; what is put is found."""
    with store.transaction() as tx:
        assert tx.standings.find("a") is None
        assert tx.standings.held(["a", "b"])["a"] == Standing(recipient_key="a")
        tx.standings.put([standing("a")], NOW)
    with store.transaction() as tx:
        assert tx.standings.held(["a"]) == {"a": standing("a")}
        tx.standings.put([standing("a", event_id="2")], LATER)
    with store.transaction() as tx:
        assert tx.standings.find("a") == standing("a", event_id="2")
        assert tx.standings.held([]) == {}


def test_what_changed_is_read_page_by_page(store: Store) -> None:
    """Oldest first, then by key, from a place on; what was only held did not change."""
    with store.transaction() as tx:
        tx.standings.held(["z"])
        tx.standings.put([standing("b"), standing("a")], NOW)
        tx.standings.put([standing("c")], LATER)
    with store.transaction() as tx:
        first = tx.standings.changed_since(NOW, "", 2)
        rest = tx.standings.changed_since(first[-1].at, first[-1].standing.recipient_key, 2)
    assert [one.standing.recipient_key for one in first] == ["a", "b"]
    assert [(one.standing.recipient_key, one.at) for one in rest] == [("c", LATER)]


def test_what_is_over_is_forgotten_and_an_objection_is_not(store: Store) -> None:
    """Events go at their end, recipients when nothing happened since; who objected stays."""
    with store.transaction() as tx:
        tx.standings.note([ONE], NOW)
        tx.standings.put([standing("a"), standing("b", at=LATER)], NOW)
        tx.standings.put([standing("c", kind="objected")], NOW)
    with store.transaction() as tx:
        assert tx.standings.forget(LATER, NOW + timedelta(minutes=1)) == 2
    with store.transaction() as tx:
        assert [bool(tx.standings.find(key)) for key in "abc"] == [False, True, True]
        assert tx.standings.note([ONE], LATER) == {ONE}


def test_the_habits_of_a_brand_are_replaced(store: Store) -> None:
    """What was counted last is found, by brand."""
    first = Habits.of("Northpeak", Audience.of(()), NOW)
    with store.transaction() as tx:
        assert tx.habits.find("Northpeak") is None
        tx.habits.put(first)
        tx.habits.put(first.model_copy(update={"counted_at": LATER}))
    with store.transaction() as tx:
        found = tx.habits.find("Northpeak")
        assert found is not None
        assert (found.counted_at, found.audience.answers.tolist()) == (LATER, [0.0] * 168)
        assert tx.habits.find("Other") is None


def test_a_recipients_outcomes_are_found_newest_first(store: Store) -> None:
    """Of all campaigns, from a moment on, and no more than so many."""

    def outcome(number: int, key: str | None = "a") -> Outcome:
        at, name = NOW + timedelta(hours=number), str(number)
        return Outcome(event_id=name, kind="click", at=at, campaign=f"c{number}", recipient_key=key)

    with store.transaction() as tx:
        tx.outcomes.add([*map(outcome, range(4)), outcome(9, "b"), outcome(8, None)])
        found = tx.outcomes.of_recipient("a", LATER, 2)
    assert found == [outcome(3), outcome(2)]
