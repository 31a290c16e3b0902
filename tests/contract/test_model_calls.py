"""Answers of models and what they cost, on every store."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from copydesk.generation.hosted.ledger import Kept, Settled, Spent
from copydesk.storage import Store
from copydesk.storage.ledger import StoreLedger
from copydesk.variants import Usage

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def a_kept(key: str = "a" * 64, body: str = '{"choices": []}', **changes: object) -> Kept:
    given = {
        "key": key,
        "model": "tiny",
        "body": body,
        "parameters": {"seed": 7, "temperature": 0.9},
        "usage": Usage(input_tokens=12, output_tokens=3, cost=0.5, currency="USD"),
        "at": datetime.now(UTC),
        **changes,
    }
    return Kept.model_validate(given)


def a_settled(
    tokens: int = 10, day: date = MONDAY, kept: Kept | None = None, model: str = "tiny"
) -> Settled:
    return Settled(day, model, Spent(tokens, tokens * 2), kept)


def test_an_answer_comes_back_as_it_was_kept(store: Store) -> None:
    """Answers are found by their keys, many at once, and unknown keys find nothing."""
    one, two = a_kept("a" * 64), a_kept("b" * 64)
    with store.transaction() as tx:
        tx.model_calls.settle([a_settled(kept=one), a_settled(kept=two), a_settled()])

    with store.transaction() as tx:
        assert tx.model_calls.kept([one.key, two.key, "c" * 64]) == {one.key: one, two.key: two}
        assert tx.model_calls.kept([]) == {}


def test_the_first_answer_stays(store: Store) -> None:
    """A second answer under the same key is paid for and not kept: a repeat reads the same."""
    first, second = a_kept(body="first"), a_kept(body="second")
    for kept in (first, second):
        with store.transaction() as tx:
            tx.model_calls.settle([a_settled(kept=kept)])

    with store.transaction() as tx:
        assert tx.model_calls.kept([first.key])[first.key].body == "first"
        assert tx.model_calls.spent(MONDAY) == Spent(20, 40)


def test_a_day_is_the_sum_of_its_calls(store: Store) -> None:
    """Spending adds up over models and transactions, each day by itself; no call, no spending."""
    with store.transaction() as tx:
        tx.model_calls.settle([a_settled(1), a_settled(2, model="other"), a_settled(4, TUESDAY)])
    with store.transaction() as tx:
        tx.model_calls.settle([a_settled(8)])

    with store.transaction() as tx:
        assert tx.model_calls.spent(MONDAY) == Spent(11, 22)
        assert tx.model_calls.spent(TUESDAY) == Spent(4, 8)
        assert tx.model_calls.spent(date(2026, 3, 4)) == Spent()


def test_what_a_transaction_takes_back_was_never_spent(store: Store) -> None:
    """A block that raises leaves neither spending nor answers."""
    kept = a_kept()
    with suppress(ZeroDivisionError), store.transaction() as tx:
        tx.model_calls.settle([a_settled(kept=kept)])
        raise ZeroDivisionError

    with store.transaction() as tx:
        assert tx.model_calls.spent(MONDAY) == Spent()
        assert tx.model_calls.kept([kept.key]) == {}


def test_old_answers_are_forgotten_and_spending_is_not(store: Store) -> None:
    """Forgetting deletes the answers before a time, says how many, and keeps what they cost."""
    now = datetime.now(UTC)
    old, new = a_kept("a" * 64, at=now - timedelta(days=8)), a_kept("b" * 64)
    with store.transaction() as tx:
        tx.model_calls.settle([a_settled(kept=old), a_settled(kept=new)])
        assert tx.model_calls.forget(now - timedelta(days=7)) == 1

    with store.transaction() as tx:
        assert set(tx.model_calls.kept([old.key, new.key])) == {new.key}
        assert tx.model_calls.spent(MONDAY) == Spent(20, 40)


def test_the_ledger_counts_calls_that_end_at_once(store: Store) -> None:
    """A hundred calls that are settled together are all written, and the last total has them."""
    ledger = StoreLedger(store, timedelta(days=7))

    async def settle() -> list[Spent]:
        calls = (ledger.settle(a_settled(kept=a_kept(f"{number:064}"))) for number in range(100))
        return await asyncio.gather(*calls)

    totals = asyncio.run(settle())

    assert max(totals) == asyncio.run(ledger.spent(MONDAY)) == Spent(1_000, 2_000)
    assert asyncio.run(ledger.kept(f"{99:064}")) is not None


def test_an_answer_past_its_time_is_not_used(store: Store) -> None:
    """What is older than answers are kept for is not found, even before it is deleted."""
    ledger = StoreLedger(store, timedelta(days=1))
    old = a_kept(at=datetime.now(UTC) - timedelta(days=2))
    with store.transaction() as tx:
        tx.model_calls.settle([a_settled(kept=old)])

    assert asyncio.run(ledger.kept(old.key)) is None
