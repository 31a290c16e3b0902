"""Who opened: rules with sources, and a verdict that does not depend on what came first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.feedback import Outcome
from copydesk.feedback.judging import by_agent, rejudged, rules, verdict, why
from tests.factories import NOW


def event(kind: str, seconds: float, **changes: Any) -> Outcome:
    at = NOW + timedelta(seconds=seconds)
    given_: dict[str, Any] = {"event_id": f"{kind}{seconds}", "kind": kind, "at": at}
    return Outcome.model_validate(
        {**given_, "campaign": "spring", "message": "m1", "url": f"https://a.example/{seconds}"}
        | changes
    )


def judged(events: list[Outcome]) -> dict[str, tuple[str, ...]]:
    changed = {one.event_id: one for one in rejudged(events)}
    return {one.event_id: changed.get(one.event_id, one).reasons for one in events}


@pytest.mark.parametrize(
    ("kind", "agent", "reasons"),
    [
        ("open", "Mozilla/5.0", ("agent:apple-privacy",)),
        ("click", "Mozilla/5.0", ()),
        ("open", "Mozilla/5.0 (via ggpht.com GoogleImageProxy)", ()),
        ("click", "python-requests/2.32", ("agent:program",)),
        ("click", "Googlebot/2.1", ("agent:program",)),
        ("open", "Barracuda Sentinel (EE)", ("agent:scanner",)),
        ("click", "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0", ()),
        ("click", "Mozilla/5.0 (Linux; Android 14; CUBOT P80) Chrome/126.0 Safari/537.36", ()),
        ("unsubscribe", "curl/8.5", ()),
    ],
)
def test_an_agents_name_is_judged_by_kind(kind: Any, agent: str, reasons: Any) -> None:
    """Machines that say so, and two that fetch ahead; a proxy that a reader asks is none."""
    assert by_agent(kind, agent) == reasons


@pytest.mark.parametrize(
    ("reasons", "human"),
    [((), "unknown"), (("said:yes",), "yes"), (("isBot",), "no"), (("said:yes", "isBot"), "no")],
)
def test_one_reason_against_a_person_is_enough(reasons: tuple[str, ...], human: str) -> None:
    """Nothing said is not known; what the reporter judged stands until something speaks against."""
    assert verdict(reasons) == human


def test_times_are_judged_against_the_delivery() -> None:
    """Before it, within seconds of it, and later; without one there is no telling."""
    seen = [event("open", -5), event("click", 2, url="https://a.example"), event("open", 60)]

    assert list(judged([event("delivered", 0), *seen]).values()) == [
        (),
        ("timing:before-delivery",),
        ("timing:seconds-after-delivery",),
        (),
    ]
    assert set(judged(seen).values()) == {()}


@given(st.permutations(range(6)))
def test_the_order_of_arrival_changes_nothing(order: list[int]) -> None:
    """Judged after each event that comes, a message ends with the verdicts of all at once."""
    events = [
        event("delivered", 0),
        event("open", 1, reasons=("isBot",), human="no"),
        *(event("click", 30 + step / 2) for step in range(3)),
        event("click", 90),
    ]
    stored: dict[str, Outcome] = {}
    for place in order:
        stored[events[place].event_id] = events[place]
        stored |= {one.event_id: one for one in rejudged(stored.values())}

    whole = judged(events)
    assert {name: one.reasons for name, one in stored.items()} == whole
    assert whole["open1"] == ("isBot", "timing:seconds-after-delivery")
    assert [reasons for name, reasons in whole.items() if name.startswith("click")] == [
        *[("timing:every-link-at-once",)] * 3,
        (),
    ]


def test_every_rule_says_why_and_where_it_is_from() -> None:
    """No judgement without a source; the words are there for who asks."""
    for rule in rules().all:
        assert rule.source.startswith("https://")
        assert why(rule.id) == rule.why
    assert why("isBot") is None
