"""Figures of a period, on every store: counted by hand here, by the database there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from copydesk.brand_voice import Brands
from copydesk.generation.hosted.ledger import Settled
from copydesk.generation.hosted.ledger import Spent as Cost
from copydesk.generations import Generation
from copydesk.guardrails import Severity
from copydesk.review_queue import Decision, Dismissal, ReviewItem
from copydesk.storage import Store
from copydesk.storage.figures import (
    UNDECIDED,
    DecidedDay,
    GenerationCount,
    OpenSince,
    Period,
    PulledDay,
    RuleCount,
    Shelved,
    SpentDay,
    Waits,
    day_of,
)
from copydesk.variants import Usage
from tests.contract.nouns import a_generation, a_request, an_approved, an_item
from tests.factories import NOW, a_brand, a_brief, a_copy, a_provenance, a_variant
from tests.unit.review_queue.items import a_finding, checked

DAY = timedelta(days=1)
TODAY = day_of(NOW)
WEEK = Period(TODAY - 6, TODAY)
FREE = a_finding(severity=Severity.WARN, rule="us.free", category="legal.free_claim")
PRIZE = a_finding(severity=Severity.REVIEW, rule="us.prize", category="legal.prize")


def keep(store: Store, *nouns: ReviewItem | Generation) -> None:
    with store.transaction() as tx:
        for noun in nouns:
            if isinstance(noun, ReviewItem):
                tx.reviews.add(noun)
            else:
                tx.generations.add(noun)


def decided(
    item_id: str, state: str, came: datetime, hours: float, *acts: str, **changes: Any
) -> ReviewItem:
    """Return an item that was decided so many hours after it came, by these acts."""
    at = came + timedelta(hours=hours)
    done = tuple(Decision(act=act, actor="rob", at=at) for act in acts)
    told = {"state": state, "decisions": done, "created_at": came, "updated_at": at}
    variant = a_variant(variant_id=item_id.replace("rev_", "var_"))
    return an_item(item_id, variant=variant, **{**told, **changes})


def four_decisions(store: Store) -> None:
    """Two on Thursday, one approved as written; two on Friday, of which one late."""
    far = a_brief(send_at=NOW + 30 * DAY)
    edited = {"copy_now": a_copy(subject="Mud season"), "brief": far}
    keep(
        store,
        decided("rev_1", "approved", NOW - 2 * DAY, 23, "claim", "approve", brief=far),
        decided("rev_2", "approved", NOW - 2 * DAY, 20, "edit", "approve", **edited),
        decided("rev_3", "rejected", NOW - 2 * DAY, 40, "reject", brief=far),
        decided("rev_4", "approved", NOW - 0.1 * DAY, 2, "approve", brand=a_brand(name="Larkfell")),
        decided("rev_5", "approved", NOW - 20 * DAY, 1, "approve"),
        an_item("rev_6", created_at=NOW - 3 * DAY, variant=a_variant(variant_id="var_6")),
    )


def test_decisions_are_counted_by_day(store: Store) -> None:
    """Approved, approved as written, and late, on the days on which they were decided."""
    four_decisions(store)

    with store.transaction() as tx:
        counted = tx.figures.decided(WEEK)

    assert counted == [
        DecidedDay(TODAY - 1, decided=2, approved=2, as_written=1, late=0),
        DecidedDay(TODAY, decided=2, approved=1, as_written=1, late=1),
    ]


def test_brand_and_kind_narrow_what_is_counted(store: Store) -> None:
    """Only what is of the brands and of the kind counts; of no brands there is nothing."""
    four_decisions(store)
    larkfell = Brands(frozenset({"Larkfell"}))

    with store.transaction() as tx:
        of_brand = tx.figures.decided(WEEK._replace(brands=larkfell))
        of_kind = tx.figures.decided(WEEK._replace(kind="welcome"))
        of_none = tx.figures.decided(WEEK._replace(brands=Brands(frozenset())))

        assert [one.decided for one in of_brand] == [1]
        assert (of_kind, of_none) == ([], [])
        assert tx.figures.brands() == ["Larkfell", "Northpeak"]


def test_times_to_a_decision_are_those_that_stand_in_the_middle_and_at_nine_in_ten(
    store: Store,
) -> None:
    """Of 2, 20, 23 and 40 hours the median is 20, nine in ten are within 40, one within a day."""
    four_decisions(store)

    with store.transaction() as tx:
        waits = tx.figures.waits(WEEK, [3_600, 86_400])
        none = tx.figures.waits(Period(TODAY - 60, TODAY - 50), [3_600])

    assert waits == Waits(20 * 3_600, 40 * 3_600, (0, 3))
    assert none is None


def test_what_was_open_is_told_by_the_days_of_coming_and_of_decision(store: Store) -> None:
    """What was decided before the period, or came after it, was not open in it."""
    four_decisions(store)

    with store.transaction() as tx:
        spans = tx.figures.open_since(Period(TODAY - 2, TODAY - 1))

    assert spans == [
        OpenSince(TODAY - 3, UNDECIDED, 1),
        OpenSince(TODAY - 2, TODAY - 1, 2),
        OpenSince(TODAY - 2, TODAY, 1),
    ]


def test_an_act_that_is_undone_is_counted_no_more(store: Store) -> None:
    """The decision goes back to open, and its act gives way to the undoing."""
    keep(store, decided("rev_1", "approved", NOW, 0, "claim", "approve"))
    before = decided("rev_1", "waiting", NOW, 0, "undo", version=2)
    with store.transaction() as tx:
        assert tx.figures.acts(WEEK) == {"claim": 1, "approve": 1}
        tx.reviews.save(before, expected_version=1)

        assert tx.figures.acts(WEEK) == {"undo": 1}
        assert tx.figures.decided(WEEK) == []


def test_a_rule_counts_once_for_a_copy_and_keeps_its_first_day(store: Store) -> None:
    """Blocked copy counts, too; what an edit finds is added, and a dismissal is told by reason."""
    blocked = {"variant": a_variant(variant_id="var_9"), "checked": checked(PRIZE, PRIZE)}
    routed = {**blocked, "route": "blocked", "rule": "blocked", "because": "it blocks"}
    keep(store, a_generation(state="done", variants=[routed], finished_at=NOW))
    keep(store, an_item("rev_1", checked=checked(FREE)))
    dismissal = Dismissal(finding=FREE, by="rob", at=NOW, reason="false_alarm")
    after = {"version": 2, "checked": checked(FREE, PRIZE), "dismissed": (dismissal,)}
    with store.transaction() as tx:
        tx.reviews.save(an_item("rev_1", updated_at=NOW + DAY, **after), expected_version=1)

        assert tx.figures.rules(WEEK) == [
            RuleCount("us.free", "false_alarm", 1),
            RuleCount("us.prize", "", 1),
        ]
        tomorrow = tx.figures.rules(Period(TODAY + 1, TODAY + 1))
        assert tomorrow == [RuleCount("us.prize", "", 1)]


def test_requests_are_counted_by_state_with_what_became_of_their_variants(store: Store) -> None:
    """Variants of one answer share its tries and its tokens, which count once."""
    attempts = [{"model": "openai:big", "outcome": "failed"}, {"model": "b", "outcome": "answered"}]
    usage = Usage(input_tokens=900, output_tokens=90, cached_tokens=600, cost=0.5, currency="EUR")
    told = a_provenance(attempts=attempts, usage=usage)
    paid = a_provenance(prompt_sha256="1" * 64, usage=usage.model_copy(update={"reused": True}))
    variants = [
        {
            "variant": a_variant(variant_id=f"var_{n}").model_copy(update={"provenance": made}),
            "checked": checked(),
            "route": route,
            "trusted": n == 1,
            "rule": "r",
            "because": "b",
        }
        for n, (made, route) in enumerate(
            [(told, "review"), (told, "approved"), (paid, "approved"), (paid, "blocked")]
        )
    ]
    keep(store, a_generation("gen_1", state="done", variants=variants), a_generation("gen_2"))

    with store.transaction() as tx:
        done, queued = tx.figures.generations(WEEK)

    tokens = {"reused": 1, "saved": 500_000, "input_tokens": 900, "cached_tokens": 600}
    routes = {"approved": 2, "trusted": 1, "review": 1, "blocked": 1, "fallbacks": 1}
    assert done == GenerationCount("done", 1, **routes, **tokens)
    assert queued == GenerationCount("queued", 1)


def test_a_request_is_counted_as_it_stands_after_each_change(store: Store) -> None:
    """It is accepted first and done later, as every request is."""
    keep(store, a_generation("gen_1"))

    with store.transaction() as tx:
        tx.generations.save(a_generation("gen_1", state="done"))

    with store.transaction() as tx:
        assert tx.figures.generations(WEEK) == [GenerationCount("done", 1)]


def test_spending_is_told_by_day_and_model(store: Store) -> None:
    """Calls of a day are added up; days before the period are not told."""
    today = NOW.date()
    with store.transaction() as tx:
        tx.model_calls.settle(
            [
                Settled(today, "openai:a", Cost(100, 7)),
                Settled(today, "openai:a", Cost(50, 3)),
                Settled(today - DAY, "openai:b", Cost(1, 2)),
                Settled(today - 9 * DAY, "openai:b", Cost(1, 2)),
            ]
        )

        assert tx.figures.spent(WEEK) == [
            SpentDay(TODAY - 1, "openai:b", 1, 1, 2),
            SpentDay(TODAY, "openai:a", 2, 150, 10),
        ]


def test_pulls_and_approvals_are_those_of_the_period_and_of_the_brand_s_campaigns(
    store: Store,
) -> None:
    """The fallback is told apart, and copy that was withdrawn or pulled is counted as such."""
    other = a_request(brand=a_brand(name="Larkfell"))
    keep(store, a_generation(), a_generation("gen_2", campaign="autumn", request=other))
    with store.transaction() as tx:
        tx.figures.note_pulls(TODAY, {("spring", "var_1"): 5, ("spring", "fallback"): 2})
        tx.figures.note_pulls(TODAY, {("spring", "var_2"): 1, ("autumn", "var_3"): 9})
        tx.library.add(an_approved("var_1", pulled_at=NOW, withdrawn_because="wrong"))
        tx.library.add(an_approved("var_2", approved_at=NOW - 9 * DAY))
        tx.library.add(an_approved("var_3", campaign="autumn"))
        northpeak = WEEK._replace(brands=Brands(frozenset({"Northpeak"})))

        assert tx.figures.pulled(northpeak) == [PulledDay(TODAY, 6, 2)]
        assert tx.figures.pulled(WEEK) == [PulledDay(TODAY, 15, 2)]
        assert tx.figures.shelved(northpeak) == Shelved(1, pulled=1, withdrawn=1)
        assert tx.figures.shelved(WEEK) == Shelved(2, pulled=1, withdrawn=1)


def test_an_approval_that_became_void_is_counted_when_it_comes_back(store: Store) -> None:
    """Only what was approved before is recalled: copy whose facts changed as it was written is not.

    The latter has the id that its variant has.
    """
    keep(store, an_item("rev_1", routed_by="facts-changed"))
    keep(store, an_item("rev_again", routed_by="facts-changed"))

    with store.transaction() as tx:
        assert tx.figures.recalled(WEEK) == 1
