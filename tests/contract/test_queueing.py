"""The review queue, on every store: order, filters, counts, cursors and people's views."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest

from copydesk.errors import NotFound, StaleVersion
from copydesk.guardrails import Checked, Severity, Verdict
from copydesk.review_queue import Policy, ReviewItem, State
from copydesk.review_queue.placing import Placer
from copydesk.review_queue.searching import Filter, Hit, Order, QueueQuery, Tally, View
from copydesk.storage import Store
from tests.contract.nouns import an_item, later
from tests.factories import NOW, a_brand, a_brief, a_copy, an_audience
from tests.unit.review_queue.items import a_finding

PLAIN = Filter()


def a_checked(*severities: Severity, **of_each: Any) -> Checked:
    findings = tuple(a_finding(severity=severity, **of_each) for severity in severities)
    return Checked(verdict=Verdict.of(findings), findings=findings)


def stored(store: Store, *items: ReviewItem) -> None:
    with store.transaction() as tx:
        for item in items:
            tx.reviews.add(item)


def page(store: Store, wanted: Filter = PLAIN, now: datetime = NOW, **more: Any) -> list[Hit]:
    with store.transaction() as tx:
        return list(tx.queue.page(QueueQuery(wanted, "rob", now, **more)))


def ids(store: Store, now: datetime = NOW, **wanted: Any) -> set[str]:
    return {hit.item.id for hit in page(store, Filter(**wanted), now)}


def tally(store: Store, *by: Any, now: datetime = NOW, **wanted: Any) -> Tally:
    with store.transaction() as tx:
        return tx.queue.tally(QueueQuery(Filter(**wanted), "rob", now), by)


def claimed(item_id: str, holder: str, minutes: float, **changes: Any) -> ReviewItem:
    lease = {"state": State.CLAIMED, "holder": holder, "lease_until": later(minutes)}
    return an_item(item_id, **lease, **changes)


def test_the_most_urgent_item_comes_first(store: Store) -> None:
    """More findings, then longer waiting; equal ones in the byte order of their ids."""
    stored(
        store,
        an_item("rev_b"),
        an_item("rev_B"),
        an_item("rev_new", created_at=later(60)),
        an_item("rev_risk", checked=a_checked(Severity.REVIEW)),
    )

    order = [hit.item.id for hit in page(store)]

    assert order == ["rev_risk", "rev_B", "rev_b", "rev_new"]


def test_the_oldest_item_comes_first_when_asked_for(store: Store) -> None:
    """In the order `oldest` findings count nothing."""
    stored(store, an_item("rev_2"), an_item("rev_1", created_at=later(-1)))
    stored(store, an_item("rev_3", checked=a_checked(Severity.BLOCK)))

    order = [hit.item.id for hit in page(store, order=Order.OLDEST)]

    assert order == ["rev_1", "rev_2", "rev_3"]


@pytest.mark.parametrize("order", Order)
def test_a_cursor_stays_where_it_is(store: Store, order: Order) -> None:
    """Items that come, change or are decided between two pages make no other come twice or miss."""
    stored(store, *(an_item(f"rev_{n}", created_at=later(n)) for n in range(6)))
    first = page(store, order=order, limit=3)
    stored(store, an_item("rev_early", created_at=later(-9)))
    with store.transaction() as tx:
        risky = first[2].item.model_copy(
            update={"version": 2, "checked": a_checked(Severity.BLOCK), "state": State.ESCALATED}
        )
        tx.reviews.save(risky, expected_version=1)

    second = page(store, order=order, after=first[-1].cursor)

    assert [hit.item.id for hit in second] == ["rev_3", "rev_4", "rev_5"]


FACETS: list[tuple[str, Any, dict[str, Any]]] = [
    ("campaign", "autumn", {"campaign": "autumn"}),
    ("brand", "Larkfell", {"brand": a_brand(name="Larkfell")}),
    ("audience", "members", {"audience": an_audience(id="members")}),
    ("locale", "de-AT", {"brief": a_brief(locale="de-AT")}),
    ("kind", "event", {"brief": a_brief(kind="event")}),
    ("severity", "review", {"checked": a_checked(Severity.WARN, Severity.REVIEW)}),
    ("requester", "ian", {"requester": "ian"}),
    ("category", "legal.prize", {"checked": a_checked(Severity.WARN, category="legal.prize")}),
    ("category", "legal.*", {"checked": a_checked(Severity.WARN, category="legal.prize")}),
    ("rule", "us.prize", {"checked": a_checked(Severity.WARN, rule="us.prize")}),
    ("role", "legal", {"checked": a_checked(Severity.WARN, rule="needs.legal")}),
    ("state", "escalated", {"state": State.ESCALATED}),
    ("text", "MUD spring", {"copy_now": a_copy(subject="Spring is here, and so is mud")}),
    ("text", "rev_other", {}),
    ("late", True, {"created_at": later(-60 * 30)}),
    ("claimed", "me", {"state": State.CLAIMED, "holder": "rob", "lease_until": later(5)}),
    ("claimed", "anyone", {"state": State.CLAIMED, "holder": "eve", "lease_until": later(5)}),
]


@pytest.mark.parametrize(("field", "value", "changes"), FACETS)
def test_each_filter_finds_what_is_so_and_nothing_else(
    store: Store, field: str, value: Any, changes: dict[str, Any]
) -> None:
    """Of two items one differs in what is looked for: that one is found, listed and counted."""
    store.place_by(Placer(Policy.load(), {"needs.legal": "legal"}))
    plain = an_item("rev_plain", checked=a_checked(Severity.INFO))
    stored(store, plain, an_item("rev_other", **changes))
    wanted: dict[str, Any] = {
        field: value if isinstance(value, bool) or field in {"text", "claimed"} else (value,)
    }

    assert ids(store, **wanted) == {"rev_other"}
    assert sum(tally(store, **wanted).states.values()) == 1


def test_of_several_values_one_must_fit_and_of_several_fields_all(store: Store) -> None:
    """Values of one field widen the search, further fields narrow it."""
    stored(
        store,
        an_item("rev_1", campaign="spring", requester="ana"),
        an_item("rev_2", campaign="autumn", requester="ana"),
        an_item("rev_3", campaign="winter", requester="ian"),
    )

    assert ids(store, campaign=("spring", "autumn")) == {"rev_1", "rev_2"}
    assert ids(store, campaign=("spring", "winter"), requester=("ian",)) == {"rev_3"}


def test_signs_of_patterns_are_looked_for_as_they_are(store: Store) -> None:
    """Per cent and underscore in a search stand for themselves, on every store."""
    stored(store, an_item("rev_1", copy_now=a_copy(subject="20% off")))
    stored(store, an_item("rev_2", copy_now=a_copy(subject="20 euros off", preheader="", body="")))

    assert ids(store, text="20%") == {"rev_1"}
    assert ids(store, text="20_") == set()


def test_a_claim_that_ran_out_is_waiting(store: Store) -> None:
    """From when its lease ends, an item is found and counted as waiting, held by nobody."""
    stored(store, claimed("rev_1", "rob", 15), claimed("rev_2", "eve", 30), an_item("rev_3"))

    assert ids(store, state=("claimed",)) == {"rev_1", "rev_2"}
    assert ids(store, later(15), state=("waiting",)) == {"rev_1", "rev_3"}
    assert ids(store, later(15), claimed="nobody") == {"rev_1", "rev_3"}
    assert ids(store, later(15), claimed="anyone") == {"rev_2"}
    assert tally(store, now=later(15)).states[State.WAITING] == 2


def test_counts_tell_states_lateness_and_who_holds_what(store: Store) -> None:
    """Every state is named; late and mine count open items alone."""
    old = {"created_at": later(-60 * 48)}
    stored(store, claimed("rev_1", "rob", 5, **old), claimed("rev_2", "eve", 5))
    stored(store, an_item("rev_3", state=State.APPROVED, **old))

    counted = tally(store)

    expected = dict.fromkeys(State, 0) | {State.CLAIMED: 2, State.APPROVED: 1}
    assert counted.states == expected
    assert (counted.late, counted.mine) == (1, 1)


def test_values_are_counted_most_frequent_first(store: Store) -> None:
    """Facets of one value and of many are counted under the filter, equal counts by name."""
    legal, both = a_checked(Severity.WARN, category="legal.prize"), ("ana", "ian")
    stored(store, *(an_item(f"rev_{name}", requester=name, checked=legal) for name in both))
    stored(store, an_item("rev_3", requester="ian", campaign="autumn"))

    everywhere = tally(store, "requester", "category").values
    in_spring = tally(store, "requester", campaign=("spring",)).values

    assert list(everywhere["requester"].items()) == [("ian", 2), ("ana", 1)]
    assert everywhere["category"] == {"legal.*": 2, "legal.prize": 2}
    assert list(in_spring["requester"]) == ["ana", "ian"]


def test_the_queue_follows_what_is_saved_and_what_is_taken_back(store: Store) -> None:
    """An edit moves the item and its findings; a transaction that fails leaves all as it was."""
    stored(store, an_item("rev_1", checked=a_checked(Severity.REVIEW, rule="old")))
    edited = an_item("rev_1", version=2, checked=a_checked(Severity.WARN, rule="new"))
    with suppress(StaleVersion), store.transaction() as tx:
        tx.reviews.save(edited, expected_version=1)
        tx.reviews.save(edited, expected_version=1)
    assert (ids(store, rule=("old",)), ids(store, rule=("new",))) == ({"rev_1"}, set())

    with store.transaction() as tx:
        tx.reviews.save(edited, expected_version=1)

    assert (ids(store, rule=("old",)), ids(store, rule=("new",))) == (set(), {"rev_1"})


def test_items_placed_by_other_weights_are_found_and_placed_anew(store: Store) -> None:
    """After a change of the policy open items are misplaced, until each is placed once more."""
    stored(store, an_item("rev_1"), an_item("rev_2", state=State.REJECTED))
    policy = Policy.model_validate({"rules": [], "priority": {"sla_hours": 1}})
    placer = Placer(policy)
    store.place_by(placer)

    with store.transaction() as tx:
        misplaced = tx.queue.misplaced(placer.mark, 10)
        for item in misplaced:
            tx.queue.place(item)

        assert [item.id for item in misplaced] == ["rev_1"]
        assert tx.queue.misplaced(placer.mark, 10) == []
    assert ids(store, later(61), late=True) == {"rev_1"}


def test_views_are_each_person_s_own(store: Store) -> None:
    """A view is kept, replaced and dropped under its owner and its name."""
    mine = View(name="legal", filter=Filter(category=("legal.*",)))
    with store.transaction() as tx:
        tx.views.put("rob", mine.model_copy(update={"order": Order.OLDEST}))
        tx.views.put("rob", mine)
        tx.views.put("rob", View(name="a-first", filter=Filter(late=True)))
        tx.views.put("eve", View(name="legal", filter=PLAIN))

        assert [view.name for view in tx.views.of("rob")] == ["a-first", "legal"]
        assert tx.views.of("rob")[1] == mine
        tx.views.drop("rob", "legal")
        with pytest.raises(NotFound, match="view legal"):
            tx.views.drop("rob", "legal")
        assert [view.name for view in tx.views.of("eve")] == ["legal"]


def test_of_what_holds_words_a_thousand_at_least_are_counted(store: Store) -> None:
    """With fewer every number is exact, by state and by facet, in the states that are asked for."""
    items = [
        an_item(f"rev_{i}", state=State.APPROVED if i % 3 else State.WAITING) for i in range(6)
    ]
    with store.transaction() as tx:
        for item in items:
            tx.reviews.add(item)
        word = items[0].copy_now.subject.render().split()[0]
        query = QueueQuery(Filter(text=word), "rex", NOW)
        tally = tx.queue.tally(query, ["campaign", "rule"], (State.WAITING,))

    assert (tally.states[State.WAITING], tally.states[State.APPROVED]) == (2, 4)
    assert sum(tally.values["campaign"].values()) == 2
    assert not tally.is_partial


def test_facets_are_counted_in_the_states_that_are_asked_for(store: Store) -> None:
    """One call counts the tabs of a page, and the facets of the one that is open."""
    with store.transaction() as tx:
        for i in range(5):
            tx.reviews.add(an_item(f"rev_{i}", state=State.APPROVED if i else State.WAITING))
        tally = tx.queue.tally(QueueQuery(Filter(), "rex", NOW), ["campaign"], (State.APPROVED,))

    assert (tally.states[State.WAITING], tally.states[State.APPROVED]) == (1, 4)
    assert sum(tally.values["campaign"].values()) == 4
