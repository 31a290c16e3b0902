"""Transactions, on every store: all or nothing, one winner, nobody waits for himself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from copydesk.errors import CopydeskError, StaleVersion
from copydesk.feedback import Outcome
from copydesk.review_queue import State
from copydesk.storage import Store
from tests.contract.nouns import (
    a_campaign,
    a_generation,
    a_key,
    a_session,
    a_user,
    an_approved,
    an_event,
    an_item,
    an_outcome,
)

THREADS = 4


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that start together; return results, or what was raised."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return call()
        except CopydeskError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def fill(store: Store, suffix: str) -> None:
    with store.transaction() as tx:
        tx.generations.add(a_generation(f"gen_{suffix}", idempotency_key=suffix))
        tx.reviews.add(an_item(f"rev_{suffix}"))
        tx.audit.append(an_event())
        tx.campaigns.add(a_campaign(f"spring-{suffix}"))
        tx.library.add(an_approved(f"var_{suffix}"))
        tx.outcomes.add([an_outcome(f"evt_{suffix}")])
        tx.users.add(a_user(f"ana-{suffix}"))
        tx.keys.add(a_key(f"cdk_{suffix}"))
        tx.sessions.add(a_session(suffix))
        if suffix == "bad":
            raise ZeroDivisionError


def change_and_fail(store: Store) -> None:
    with store.transaction() as tx:
        tx.reviews.save(an_item("rev_good", state=State.CLAIMED, version=2), 1)
        tx.library.withdraw("spring", "var_good", "why not")
        tx.users.save(a_user("ana-good", disabled=True))
        tx.keys.revoke("cdk_good", an_item().created_at)
        tx.sessions.end(a_session("good").id_hash)
        raise ZeroDivisionError


def contents(store: Store) -> list[object]:
    with store.transaction() as tx:
        return [
            tx.generations.latest(),
            tx.reviews.count(),
            tx.audit.chain(),
            tx.campaigns.all(),
            tx.library.find(),
            tx.outcomes.count("spring"),
            tx.users.all(),
            tx.keys.of_user("ana"),
            tx.sessions.by_hash(a_session("good").id_hash),
            tx.sessions.by_hash(a_session("bad").id_hash),
        ]


def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    """Whatever was done in a block that raises is undone, in every repository."""
    fill(store, "good")
    expected = contents(store)

    with pytest.raises(ZeroDivisionError):
        fill(store, "bad")

    assert expected == contents(store)


def test_changes_are_undone_too(store: Store) -> None:
    """Replaced, withdrawn, revoked and ended things are as they were before the block."""
    fill(store, "good")
    expected = contents(store)

    with pytest.raises(ZeroDivisionError):
        change_and_fail(store)

    assert expected == contents(store)


def test_a_transaction_inside_a_transaction_is_refused(store: Store) -> None:
    """A second transaction of one thread is an error at once, and the first can go on."""
    with store.transaction() as tx:
        with pytest.raises(RuntimeError, match="has a transaction open"), store.transaction():
            pass
        tx.users.add(a_user())

    with store.transaction() as tx:
        assert tx.users.get("ana").name == "ana"


def test_one_of_two_reviewers_wins(store: Store) -> None:
    """Of several who decide on the same version at once, one is kept and the others are told."""
    with store.transaction() as tx:
        tx.reviews.add(an_item())

    def claim(user: str) -> str:
        with store.transaction() as tx:
            item = tx.reviews.get("rev_1")
            tx.audit.append(an_event(actor=user))
            claimed = {"state": State.CLAIMED, "holder": user, "version": 2}
            tx.reviews.save(item.model_copy(update=claimed), expected_version=1)
        return user

    results = at_once(*(lambda user=f"u{i}": claim(user) for i in range(THREADS)))

    winners = [result for result in results if isinstance(result, str)]
    assert sum(isinstance(result, StaleVersion) for result in results) == THREADS - 1
    with store.transaction() as tx:
        assert winners == [tx.reviews.get("rev_1").holder]
        assert winners == [event.actor for event in tx.audit.latest()]


def test_one_key_at_once_is_one_generation(store: Store) -> None:
    """Requests that race with one idempotency key all get the same generation."""

    def accept(name: str) -> str:
        with store.transaction() as tx:
            return tx.generations.add(a_generation(name, idempotency_key="k")).id

    results = at_once(*(lambda name=f"gen_{i}": accept(name) for i in range(THREADS)))

    assert len(set(results)) == 1
    with store.transaction() as tx:
        assert set(results) == {generation.id for generation in tx.generations.latest()}


def test_writers_wait_for_each_other(store: Store) -> None:
    """Writers that read first and write then all succeed, and the chain of events holds."""

    def work(name: str) -> None:
        for i in range(10):
            with store.transaction() as tx:
                tx.generations.unfinished()
                tx.generations.add(a_generation(f"gen_{name}_{i}"))
                tx.audit.append(an_event(name))

    results = at_once(*(lambda name=f"w{i}": work(name) for i in range(THREADS)))

    assert results == [None] * THREADS
    with store.transaction() as tx:
        chain = tx.audit.chain()
        assert (chain.events, chain.broken_at) == (10 * THREADS, None)
        assert len(tx.generations.unfinished()) == 10 * THREADS


def test_the_same_events_at_once_are_counted_once(store: Store) -> None:
    """Batches that overlap, sent at once in different orders, neither fail nor count twice."""
    batch = [an_outcome(f"evt_{i}") for i in range(2_000)]

    def send(events: list[Outcome]) -> int:
        with store.transaction() as tx:
            return tx.outcomes.add(events)

    results = at_once(lambda: send(batch[:]), lambda: send(batch[::-1]))

    assert sorted(map(str, results)) == ["0", "2000"]
