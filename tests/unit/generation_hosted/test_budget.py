from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from copydesk.errors import ModelMisconfigured, OverBudget
from copydesk.generation.hosted import Budget, Limits, Price, PriceTable, Spent
from copydesk.variants import Usage

DAY, NEXT_DAY = date(2026, 3, 2), date(2026, 3, 3)
TABLE = PriceTable(currency="USD", models={"tiny": Price(input=1, output=10, batch=0.5)})
ASKED = Usage(input_tokens=1_000, output_tokens=2_000)


def a_budget(**limits: Any) -> Budget:
    return Budget(Limits(**limits), TABLE)


def reserve(budget: Budget, day: date = DAY, **changes: Any) -> Any:
    given = {"model": "tiny", "asked": ASKED, "before": Usage(), **changes}
    return budget.reserve(day, **given)


def test_without_limits_everything_fits() -> None:
    """No limit: what is wanted is set aside, at its price, and nothing is said to be left."""
    budget = a_budget()
    reserved = reserve(budget)

    assert (reserved.output_tokens, reserved.most) == (2_000, Spent(3_000, 21_000))
    assert budget.left() == (None, None)


@pytest.mark.parametrize(
    ("limits", "changes", "room"),
    [
        ({"request_tokens": 2_000}, {}, 1_000),
        ({"request_tokens": 2_000}, {"before": Usage(input_tokens=300, output_tokens=200)}, 500),
        ({"request_money": 0.011}, {}, 1_000),
        ({"request_money": 0.011}, {"batch": True}, 2_000),
        ({"request_money": 0.011}, {"before": Usage(output_tokens=500)}, 500),
        ({"request_tokens": 50_000, "request_money": 1}, {}, 2_000),
    ],
)
def test_a_request_is_held_to_its_budget(
    limits: dict[str, Any], changes: dict[str, Any], room: int
) -> None:
    """The answer may be as long as the request's tokens and money reach, after what it has used."""
    assert reserve(a_budget(**limits), **changes).output_tokens == room


@pytest.mark.parametrize("limits", [{"request_tokens": 1_100}, {"request_money": 0.002}])
def test_a_request_whose_budget_is_too_small_is_refused(limits: dict[str, Any]) -> None:
    """An answer that would be cut off is not asked for, and the message says what to raise."""
    with pytest.raises(OverBudget, match="COPYDESK_BUDGET_REQUEST"):
        reserve(a_budget(**limits))


@pytest.mark.parametrize(
    ("limits", "said"), [({"day_tokens": 7_000}, "7000 tokens"), ({"day_money": 0.05}, "0.05 USD")]
)
def test_calls_under_way_count_in_full(limits: dict[str, Any], said: str) -> None:
    """Two calls fit into the day and a third does not, until they turn out to cost less."""
    budget = a_budget(**limits)
    first, second = reserve(budget), reserve(budget)
    with pytest.raises(OverBudget, match=said):
        reserve(budget)

    budget.settle(first, Spent(100, 100))
    budget.settle(second, Spent(200, 200))

    assert reserve(budget).most == Spent(3_000, 21_000)


def test_a_call_that_gave_nothing_costs_nothing() -> None:
    """A reservation that ends without a total gives back all that it held."""
    budget = a_budget(day_tokens=3_000)
    for _ in range(3):
        budget.settle(reserve(budget), None)

    assert budget.left() == (3_000, None)


def test_another_day_is_another_budget() -> None:
    """At midnight the day's spending begins anew; a call of the day before counts no more."""
    budget = a_budget(day_tokens=3_000)
    yesterday = reserve(budget)
    today = reserve(budget, NEXT_DAY)
    budget.settle(yesterday, Spent(3_000, 0))

    assert budget.left() == (0, None)
    budget.settle(today, Spent(10, 0))
    assert budget.left() == (2_990, None)


def test_what_was_spent_before_is_learnt() -> None:
    """What the ledger says of the day, from before a restart or another process, is counted."""
    budget = a_budget(day_tokens=3_500)
    assert not budget.knows(DAY)
    budget.learn(DAY, Spent(1_000, 0))

    assert budget.knows(DAY)
    with pytest.raises(OverBudget):
        reserve(budget)


@pytest.mark.parametrize("limits", [{"day_money": 1.0}, {"request_money": 1.0}])
def test_money_needs_prices(limits: dict[str, Any]) -> None:
    """Where money is limited a model without a price is not asked: nobody knows what it takes."""
    with pytest.raises(ModelMisconfigured, match="other has no price"):
        reserve(a_budget(**limits), model="other")
