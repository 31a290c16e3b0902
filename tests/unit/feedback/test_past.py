"""Past sends out of outcomes: who counts once, what machines did, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from copydesk.feedback import Outcome
from copydesk.feedback.past import Approved, Gathered, Gathering
from copydesk.variants import Copy
from tests.factories import NOW, a_copy

COPIES = {"var_1": Approved(Copy.model_validate(a_copy(subject="One line")), "runners")}


def did(kind: str, who: str, days: float = 0, human: str = "unknown", **more: Any) -> Outcome:
    at = NOW + timedelta(days=days)
    event = {"event_id": f"{kind}-{who}-{days}-{human}", "kind": kind, "at": at, "human": human}
    placed = {"campaign": "spring", "variant_id": "var_1", "recipient_key": who}
    return Outcome.model_validate({**event, **placed, **more})


def gathered(outcomes: Iterable[Outcome], days: float = 10) -> Gathered:
    gathering = Gathering()
    gathering.add("spring", COPIES, outcomes)
    return gathering.gathered(NOW + timedelta(days=days))


def test_a_recipient_counts_once_for_a_copy() -> None:
    """Two reports of arrival and three clicks by one recipient are one recipient and one click."""
    told = gathered([
        *(did(kind, "a") for kind in ("sent", "delivered")),
        *(did("click", "a", days) for days in (0.1, 0.2, 1)),
        did("sent", "b"),
    ])  # fmt: skip

    (send,) = told.sends
    assert (send.subject, send.segment) == ("One line", "runners")
    assert (send.recipients, send.clicks, send.human_clicks) == (2, 1, 1)


def test_sends_are_told_by_the_day_they_went_out() -> None:
    """A click counts for the day of the send it answers; the last days are still being answered."""
    told = gathered(
        [did("sent", "a"), did("sent", "b", 1), did("click", "a", 5), did("sent", "c", 9)], days=8
    )

    assert [(send.sent_at.day, send.recipients, send.clicks) for send in told.sends] == [
        (NOW.day, 1, 1),
        (NOW.day + 1, 1, 0),
    ]


def test_machines_are_set_apart() -> None:
    """A machine's click is a bot's, its open a machine's, and its conversion nothing at all."""
    sent = [did("sent", who) for who in "abc"]
    told = gathered([
        *sent, did("click", "a", 1, "no"), did("click", "b", 1, "no"), did("click", "b", 1.1),
        did("open", "a", 1, "no"), did("open", "c", 1), did("conversion", "a", 1, "no"),
        did("conversion", "b", 1),
    ])  # fmt: skip

    (send,) = told.sends
    assert (send.clicks, send.bot_clicks, send.human_clicks) == (2, 1, 1)
    assert (send.opens, send.machine_opens) == (2, 1)
    assert send.conversions == 1


def test_what_is_never_reported_is_not_known() -> None:
    """Without one complaint anywhere nobody knows whether the tool tells of them; nor of clicks."""
    sent = [did("sent", who) for who in "ab"]
    silent = gathered([*sent, did("unsubscribe", "b", 1)])
    (send,) = gathered([*sent, did("click", "a", 1), did("unsubscribe", "b", 1)]).sends

    assert (silent.sends, silent.silent) == ((), True)
    assert (send.unsubscribes, send.complaints, send.conversions) == (1, None, None)


def test_what_cannot_be_used_is_counted() -> None:
    """Events of no known copy, and copies of which no send was reported, are left out and told."""
    told = gathered([did("click", "a"), did("click", "b", variant_id=None)])

    assert told == ((), 1, 1, False, ())


def test_who_was_not_reached_is_no_recipient() -> None:
    """A bounce without a delivery takes the recipient out."""
    (send,) = gathered([did("sent", "a"), did("click", "a"), did("bounce", "b")]).sends

    assert send.recipients == 1


def test_what_recipients_brought_is_summed() -> None:
    """Every order of a recipient counts; a machine's does not, and without a sum none is known."""
    sent = [did("sent", who) for who in "ab"]
    orders = [
        did("conversion", "a", 1, value="10.10", currency="EUR"),
        did("conversion", "a", 2, value="20.20", currency="EUR"),
        did("conversion", "b", 1, "no", value="999", currency="EUR"),
    ]
    click = did("click", "a", 1)

    told, silent = (
        gathered([*sent, click, *orders]),
        gathered([*sent, click, did("conversion", "a")]),
    )
    assert (told.sends[0].revenue, told.sends[0].conversions) == (30.3, 1)
    assert silent.sends[0].revenue is None


def test_of_several_currencies_no_sum_is_made() -> None:
    """Which ones there were is told."""
    events = [did("sent", "a"), did("click", "a")]
    events += [did("conversion", "a", n, value="5", currency=c) for n, c in ((1, "EUR"), (2, None))]
    told = gathered(events)

    assert (told.sends[0].revenue, told.currencies) == (None, ("", "EUR"))
