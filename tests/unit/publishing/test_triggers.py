"""Rules of triggers: when it happened decides, not when it is told, and consent is asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import InputError
from copydesk.publishing.triggers import (
    NOT_CALLED,
    Called,
    Occurrence,
    Standing,
    TriggerBook,
)
from tests.factories import NOW

BOOK = TriggerBook.model_validate(
    {
        "triggers": [
            {
                "name": "cart-boots", "on": "cart_abandoned", "campaign": "cart",
                "audience": "boots", "when": {"cart_category": ["Boots", "hiking boots"]},
                "hours": 48,
            },
            {"name": "cart", "on": "cart_abandoned", "campaign": "cart", "audience": "anything"},
            {"name": "thanks", "on": "purchased", "campaign": "thanks", "audience": "buyers"},
            {
                "name": "lapsed", "on": "lapsed", "campaign": "winback", "audience": "lapsed",
                "without_consent": True, "hours": 720,
            },
        ]
    }
)  # fmt: skip


def event(kind: str, hours: float = 0, **changes: Any) -> Occurrence:
    given = {
        "event_id": f"{kind}-{hours}", "kind": kind, "at": NOW + timedelta(hours=hours),
        "recipient_key": "r", "consent": True, **changes,
    }  # fmt: skip
    return Occurrence.model_validate(given)


def after(*events: Occurrence) -> Standing:
    standing = Standing(recipient_key="r")
    for one in events:
        standing = standing.hear(one)
    return standing


def called(*events: Occurrence, campaign: str = "cart", at: datetime = NOW) -> Called:
    return BOOK.called(campaign, after(*events), at)


def test_an_event_calls_the_first_rule_that_fits() -> None:
    """Boots in the cart call the audience of boots; anything else the next rule's."""
    boots = event("cart_abandoned", signals={"cart_category": "boots"})
    assert called(boots) == Called("boots", None, "cart-boots")
    assert called(event("cart_abandoned", signals={"cart_category": "tents"})).audience == (
        "anything"
    )
    assert called(boots, campaign="winback") == NOT_CALLED
    assert BOOK.called("cart", None, NOW) == NOT_CALLED


def test_an_event_calls_for_so_many_hours() -> None:
    """Before it happened and after the rule's hours nothing is called."""
    boots = event("cart_abandoned", signals={"cart_category": "boots"})
    assert called(boots, at=NOW - timedelta(seconds=1)) == NOT_CALLED
    assert called(boots, at=NOW + timedelta(hours=48)).audience == "boots"
    assert called(boots, at=NOW + timedelta(hours=49)).audience == "anything"
    assert called(boots, at=NOW + timedelta(hours=73)) == NOT_CALLED


def test_a_purchase_cancels_a_cart_and_an_earlier_one_does_not() -> None:
    """Told late or early: what counts is whether it happened after the cart was left."""
    cart = event("cart_abandoned")
    assert called(event("purchased", -1), cart).audience == "anything"
    assert called(event("purchased", 1), cart).audience is None
    cancelled = called(cart, event("purchased", 1))
    assert "followed by purchased at 2026-03-06 13:00" in str(cancelled.withheld)
    again = called(cart, event("purchased", 1), event("cart_abandoned", 2), at=NOW.replace(hour=15))
    assert again.audience == "anything"
    assert called(event("purchased"), campaign="thanks").audience == "buyers"


def test_without_consent_nothing_is_called_but_what_needs_none() -> None:
    """Nor is any signal kept."""
    silent = event("cart_abandoned", consent=False, signals={"cart_category": "boots"})
    assert called(silent) == NOT_CALLED
    assert after(silent).heard["cart_abandoned"].signals == {}
    assert called(event("lapsed", consent=False), campaign="winback").audience == "lapsed"


@pytest.mark.parametrize(
    "objection",
    [event("objected", 1), event("unsubscribed", 1), event("viewed", 1, consent="objected")],
)
def test_who_objects_gets_nothing_chosen_by_what_they_do(objection: Occurrence) -> None:
    """Whatever is told with it or after it, until they consent anew."""
    cart = event("cart_abandoned", 2)
    assert "objected" in str(called(objection, cart).withheld)
    assert called(objection, cart, campaign="other") == NOT_CALLED
    lifted = called(objection, cart, event("consented", 3), at=NOW + timedelta(hours=4))
    assert lifted.audience == "anything"
    assert called(event("consented", 0), objection, cart).audience is None


EVENTS = st.builds(
    event,
    st.sampled_from(["cart_abandoned", "purchased", "lapsed", "objected", "consented"]),
    st.sampled_from([-40, -3, -2, -1, 0]),
    signals=st.sampled_from([{}, {"cart_category": "boots"}, {"cart_category": "tents"}]),
    event_id=st.sampled_from("abcdef"),
)


@given(st.lists(EVENTS, max_size=8), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(events: list[Occurrence], random: Any) -> None:
    """Shuffled, and each told once or more, the same is remembered and called."""
    unique = list({(one.kind, one.at, one.event_id): one for one in events}.values())
    again = [*unique, *random.choices(unique, k=len(unique))] if unique else []
    random.shuffle(again)

    assert after(*again) == after(*unique)
    assert called(*again) == called(*unique)


def test_what_is_remembered_names_nobody() -> None:
    """A signal that holds the recipient's id is left out, as are those that nobody allowed."""
    given = {"cart_category": "maria's boots", "plan": "gold", "phone": "555-1234"}
    standing = after(event("viewed", recipient="maria", recipient_key=None, signals=given))
    assert standing.heard["viewed"].signals == {"plan": "gold"}
    assert "maria" not in standing.model_dump_json()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"when": {"shoe_size": ["44"]}}, "no signal is called shoe_size: there are last_category"),
        ({"cancelled_by": ["cart_abandoned"]}, "would call it off in the moment"),
        ({"on": "objected"}, "`objected` calls nothing"),
        ({"on": "Cart"}, "should match pattern"),
        ({"hours": 0}, "greater than 0"),
        ({"surprise": 1}, "surprise"),
        ({"when": {"plan": ["gold"]}, "without_consent": True}, "signals are kept with consent"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused(
    tmp_path: Path, rule: dict[str, Any], said: str
) -> None:
    """With the file, the line and what would be right."""
    import yaml

    given = {"name": "cart", "on": "cart_abandoned", "campaign": "c", "audience": "a", **rule}
    file = tmp_path / "triggers.yaml"
    file.write_text(yaml.safe_dump({"triggers": [given]}), encoding="utf-8")
    with pytest.raises(InputError, match=said) as refused:
        TriggerBook.load(file)
    assert "triggers.yaml:" in str(refused.value)


def test_two_rules_of_one_name_are_refused() -> None:
    """The name is how a dry run tells which rule it was."""
    one = BOOK.triggers[0].model_dump()
    with pytest.raises(ValueError, match="used twice: cart-boots"):
        TriggerBook.model_validate({"triggers": [one, one]})


def test_an_event_names_its_recipient_once() -> None:
    """By the key or by the tool's own id, not by both and not by neither."""
    for changes in ({"recipient": "maria"}, {"recipient_key": None}):
        with pytest.raises(ValueError, match="name the recipient once"):
            event("viewed", **changes)
