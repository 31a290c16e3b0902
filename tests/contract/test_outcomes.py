"""Outcomes on every store: told apart by verdict, read in order, judged a message at a time."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

from copydesk.feedback import OutcomeCount, OutcomePlace
from copydesk.storage import Store
from copydesk.storage.build import open_store
from tests.contract.nouns import an_outcome
from tests.factories import NOW


def test_events_of_machines_are_kept_and_counted_apart(store: Store) -> None:
    """A count leaves them out, a tally tells them beside the others."""
    with store.transaction() as tx:
        tx.outcomes.add(
            [an_outcome("a"), an_outcome("b", human="no"), an_outcome("c", human="yes")]
        )

        assert tx.outcomes.count("spring") == {"var_1": {"open": 2}}
        assert tx.outcomes.tally("spring") == [
            OutcomeCount("var_1", "open", human, 1) for human in ("no", "unknown", "yes")
        ]


def test_a_campaigns_events_are_read_page_by_page_in_order(store: Store) -> None:
    """By time, then by source and id, whatever the order in which they came."""
    times = {f"e{i}": NOW + timedelta(seconds=i % 3) for i in range(7)}
    with store.transaction() as tx:
        tx.outcomes.add([an_outcome(name, at=at) for name, at in times.items()])
        tx.outcomes.add([an_outcome("other", campaign="autumn")])
        first = tx.outcomes.about("spring", limit=4)
        rest = tx.outcomes.about("spring", after=OutcomePlace.of(first[-1]))

    names = [one.event_id for one in (*first, *rest)]
    assert names == ["e0", "e3", "e6", "e1", "e4", "e2", "e5"]


def test_a_message_is_found_and_judged_anew(store: Store) -> None:
    """Events of a thread come whole; a verdict replaces the one before, in every count."""
    with store.transaction() as tx:
        tx.outcomes.add([an_outcome("a", message="m1"), an_outcome("b", message="m2")])
        tx.outcomes.add([an_outcome("c", message="m1", source="braze")])
        (found,) = tx.outcomes.of_threads("api", ["m1", "m3"])
        tx.outcomes.judge([found.model_copy(update={"human": "no", "reasons": ("why",)})])

        assert tx.outcomes.of_threads("api", ["m1"])[0].reasons == ("why",)
        assert tx.outcomes.count("spring") == {"var_1": {"open": 2}}


def test_two_that_judge_one_message_see_each_others_events(database_url: str) -> None:
    """Who asks second waits for the first to end, and is given what it stored, too."""
    first, second = open_store(database_url), open_store(database_url)
    seen: list[str] = []

    def ask_second() -> None:
        with second.transaction() as tx:
            tx.outcomes.add([an_outcome("open", message="m1")])
            seen.extend(one.event_id for one in tx.outcomes.of_threads("api", ["m1"]))

    beside = threading.Thread(target=ask_second)
    with first.transaction() as tx:
        tx.outcomes.add([an_outcome("sent", message="m1", kind="delivered")])
        assert len(tx.outcomes.of_threads("api", ["m1"])) == 1
        beside.start()
        beside.join(0.3)
        assert seen == []
    beside.join()
    for store in (first, second):
        store.close()

    assert sorted(seen) == ["open", "sent"]


def test_what_a_conversion_brought_comes_back_to_the_cent(store: Store) -> None:
    """The sum is exact, with its currency."""
    brought = {"value": Decimal("129.90"), "currency": "EUR"}
    with store.transaction() as tx:
        tx.outcomes.add([an_outcome("a", kind="conversion", **brought)])
        (found,) = tx.outcomes.about("spring")

    assert (found.value, found.currency) == (Decimal("129.90"), "EUR")


def test_an_event_finds_its_place_later(store: Store) -> None:
    """It counts for its campaign and variant from then on, in its thread; nothing is added."""
    nowhere = {"campaign": "", "variant_id": None, "tool_campaign": "t1", "recipient_key": "r1"}
    with store.transaction() as tx:
        tx.outcomes.add([an_outcome("a", **nowhere), an_outcome("b", **nowhere)])
        a, b = tx.outcomes.about("")
        found = {"campaign": "spring", "variant_id": "var_1"}
        unknown = an_outcome("c", **nowhere)
        tx.outcomes.place([one.model_copy(update=found) for one in (b, unknown)])

        assert [one.event_id for one in tx.outcomes.about("")] == [a.event_id]
        assert tx.outcomes.count("spring") == {"var_1": {"open": 1}}
        assert [one.event_id for one in tx.outcomes.of_threads("api", ["spring/r1"])] == ["b"]
        assert tx.outcomes.of_threads("api", ["t1/r1"]) == [a]
