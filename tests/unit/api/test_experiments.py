"""`/v1/experiments`, and the pages of experiments."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.unit.api.browsing import Browser
from tests.unit.api.office import OTHER_COPY, Office

KEYS = [f"key-{number}" for number in range(40)]


@pytest.fixture
def arms(office: Office) -> list[str]:
    """Have two variants approved; return their ids."""
    first = office.item()
    items = office.get("rex", "/v1/reviews").json()["items"]
    other = next(item for item in items if item["copy_now"] == OTHER_COPY)
    for item in (first, other):
        assert office.act("bea", "approve", item).is_success
    office.clock.forward(minutes=5)
    return [first["variant"]["id"], other["variant"]["id"]]


def planned(office: Office, arms: list[str], **given: Any) -> dict[str, Any]:
    plan = {"id": "subjects", "campaign": "spring", "recipients": 20_000, "control": arms[0]}
    answer = office.post("ada", "/v1/experiments", json={**plan, **given})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def pulled(office: Office, key: str) -> Any:
    return office.get("mailer", f"/v1/pull/spring?r={key}")


def test_an_experiment_is_planned_started_and_stopped(office: Office, arms: list[str]) -> None:
    """It tells beforehand what it can find, divides while it runs, and ends with a winner."""
    plan = planned(office, arms)
    started = office.post("ada", "/v1/experiments/subjects/start").json()
    won = {"because": "It reads best.", "winner": arms[1]}
    stopped = office.post("bea", "/v1/experiments/subjects/stop", json=won).json()

    assert plan["detectable_lift"] == pytest.approx(0.42, abs=0.02)
    assert started["versions"][0]["waves"] == [dict.fromkeys(sorted(arms), 0.5)]
    assert (stopped["state"], stopped["winner"]) == ("decided", arms[1])
    assert {pulled(office, key).json()["variant_id"] for key in KEYS[:10]} == {arms[1]}


def test_assignments_tell_what_pull_serves(office: Office, arms: list[str]) -> None:
    """Wave, variant and propensity of each recipient, and pull gives that variant twice over."""
    planned(office, arms, rule="squared", waves=[0.5, 0.5], holdout=0.1)
    office.post("ada", "/v1/experiments/subjects/start")
    asked = {"recipients": KEYS}
    told = office.post("mailer", "/v1/experiments/subjects/assignments", json=asked).json()

    assert told["version"] == 1
    assert {one["wave"] for one in told["items"]} == {0, 1}
    for one in told["items"]:
        answers = [pulled(office, one["recipient"]) for _ in range(2)]
        if one["variant_id"] is None:
            assert [answer.status_code for answer in answers] == [409, 409]
        else:
            assert [answer.json()["variant_id"] for answer in answers] == [one["variant_id"]] * 2
            assert one["held_out"] == (one["propensity"] == 1)


def test_complaints_that_come_in_stop_an_arm(office: Office, arms: list[str]) -> None:
    """The next pull gives its recipients another variant."""
    planned(office, arms, complaint_limit=0.01)
    office.post("ada", "/v1/experiments/subjects/start")
    got = {key: pulled(office, key).json()["variant_id"] for key in KEYS}
    events = [
        {"event_id": f"{kind}-{key}", "kind": kind, "at": "2026-03-06T13:00:00Z",
         "campaign": "spring", "recipient_key": key, "variant_id": variant}
        for kind in ("sent", "complaint")
        for key, variant in got.items()
        if kind == "sent" or variant == arms[0]
    ]  # fmt: skip
    counted = office.post("mailer", "/v1/outcomes", json=events)

    assert counted.status_code == 202, counted.text
    now = Counter(pulled(office, key).json()["variant_id"] for key in KEYS)
    assert now == {arms[1]: len(KEYS)}


def test_another_policy_is_evaluated_or_abstained_from(office: Office, arms: list[str]) -> None:
    """Without sends there is no estimate, and why is said; shares that are wrong are refused."""
    planned(office, arms)
    office.post("ada", "/v1/experiments/subjects/start")
    path = "/v1/experiments/subjects/evaluate"
    none = office.post("rex", path, json={"shares": {arms[0]: 1.0}}).json()
    wrong = office.post("rex", path, json={"shares": {arms[0]: 0.7}})

    assert none["sends"] == 0
    assert {way["abstained"] for way in none["ways"]} == {
        "0 sends are worth 0 of this policy; 50 are needed"
    }
    assert wrong.status_code == 422
    assert "give shares that sum to 1" in wrong.json()["problems"][0]["remedy"]


def test_what_dividing_would_gain_is_answered(office: Office) -> None:
    """Anybody with a key may ask; nothing is stored."""
    asked = {"recipients": 20_000, "runs": 50}
    answer = office.post("ada", "/v1/experiments/simulate", json=asked).json()

    assert [gain["way"] for gain in answer["gains"]][:2] == ["even split", "A/B test of 20 %"]
    assert office.get("ada", "/v1/experiments").json() == {"items": []}


@pytest.mark.parametrize(
    ("who", "act", "status"),
    [("bea", "start", 403), ("mailer", "update", 403), ("ada", "stop", 403), ("root", "stop", 200)],
)
def test_roles_decide_who_may(
    office: Office, arms: list[str], who: str, act: str, status: int
) -> None:
    """Requesters start, approvers and admins stop."""
    planned(office, arms)
    body = {"because": "Enough."} if act == "stop" else None

    answer = office.post(who, f"/v1/experiments/subjects/{act}", json=body)
    assert answer.status_code == status


def test_an_experiment_that_is_not_there_is_not_found(office: Office) -> None:
    """404 for what nobody planned, 422 for what cannot be planned."""
    wrong = {"id": "subjects", "campaign": "spring", "recipients": 1, "opens": True}

    assert office.get("ada", "/v1/experiments/none").status_code == 404
    assert office.post("ada", "/v1/experiments", json=wrong).status_code == 422


def test_pages_show_arms_shares_looks_and_guard(office: Office, arms: list[str]) -> None:
    """The list leads to the experiment, where every arm has its share and its interval."""
    planned(office, arms, looks=4)
    browser = Browser(office, "ada")
    before = browser.open("/experiments/subjects").text
    office.post("ada", "/v1/experiments/subjects/start")
    office.post("ada", "/v1/experiments/subjects/update")

    listed, page = browser.open("/experiments").links, browser.open("/experiments/subjects").text
    assert "/experiments/subjects" in listed
    assert "It has not begun" in before
    for told in (*arms, "50.0 %", "1 of 4 planned", "complaints above 0.10 %", "Answers were"):
        assert told in page
    for told in (OTHER_COPY["subject"], "fixed shares", "expected by its score"):
        assert told in page
    campaign = browser.open("/campaigns/spring")
    assert "/experiments/subjects" in campaign.links
    assert "divides lapsed-runners among 2 variants: running, wave 1 of 1" in campaign.text


def test_nobody_who_may_not_see_it_gets_the_page(office: Office) -> None:
    """A tool's key opens no page, and the list without experiments says how to plan one."""
    assert "copydesk experiment plan" in Browser(office, "ada").open("/experiments").text


def test_one_question_keeps_the_server_busy_for_seconds_at_most(office: Office) -> None:
    """What would take minutes is refused, with what would be taken."""
    asked = {"recipients": 10**8, "arms": 20, "looks": 100, "runs": 5_000}
    answer = office.post("ada", "/v1/experiments/simulate", json=asked)

    assert answer.status_code == 422
    assert "200,000 at most" in answer.text
