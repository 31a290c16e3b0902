from __future__ import annotations

import time

from tests.unit.api.office import FALSE_COPY, Office, asked_for, draft


def test_a_request_is_accepted_with_the_way_to_its_answer(office: Office) -> None:
    """202 comes with Location and links, and the generation is there from then on."""
    answer = office.post("ada", "/v1/generations", json=asked_for())

    said = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == said["links"]["self"] == f"/v1/generations/{said['id']}"
    assert office.get("ada", said["links"]["self"]).status_code == 200


def test_an_accepted_request_is_finished_without_anyone_waiting(office: Office) -> None:
    """What was accepted is written in the background."""
    where = office.post("ada", "/v1/generations", json=asked_for()).headers["location"]

    deadline = time.monotonic() + 20
    while (found := office.get("ada", where).json())["state"] != "done":
        assert time.monotonic() < deadline, found
        time.sleep(0.02)

    assert len(found["variants"]) == 2


def test_waiting_brings_the_finished_generation(office: Office) -> None:
    """With `wait` the answer is 200 and holds the variants, each with its check and its route."""
    said = office.generate()

    first = said["variants"][0]
    assert said["state"] == "done"
    assert first["route"] == "review"
    assert first["checked"]["verdict"] == "pass"
    assert first["review_id"].startswith("rev_")
    assert first["variant"]["copy"]["subject"]
    assert first["variant"]["provenance"]["model"] == "scripted"


def test_the_same_key_and_body_ask_once(office: Office) -> None:
    """A repeated Idempotency-Key gives the same generation; with another body it is refused."""
    headers = {"Idempotency-Key": "spring-1"}
    first = office.post("ada", "/v1/generations", json=asked_for(), headers=headers)
    again = office.post("ada", "/v1/generations?wait=30", json=asked_for(), headers=headers)
    other = office.post("ada", "/v1/generations", json=asked_for(n=1), headers=headers)

    assert first.json()["id"] == again.json()["id"]
    assert other.status_code == 409
    assert other.json()["type"] == "urn:copydesk:problem:key-reused"
    assert len(office.get("ada", "/v1/generations").json()["items"]) == 1


def test_a_generation_that_fails_says_why() -> None:
    """A model that answers nothing usable ends in state failed, in words, not in a crash."""
    office = Office.opened(script=[])
    office.let_in()
    with office.client:
        answer = office.post("ada", "/v1/generations?wait=30", json=asked_for())

    assert answer.status_code == 200
    assert answer.json()["state"] == "failed"
    assert "script has run out" in answer.json()["error"]


def test_blocked_copy_is_shown_and_goes_to_nobody() -> None:
    """A variant with a blocking finding is returned as blocked, unranked, without a review."""
    office = Office.opened(script=lambda _: [draft(FALSE_COPY)])
    office.let_in()
    with office.client:
        blocked = office.generate(n=1)["variants"][0]
        waiting = office.get("rex", "/v1/reviews").json()["items"]

    assert (blocked["route"], blocked["score"], blocked["review_id"]) == ("blocked", None, None)
    assert waiting == []


def test_one_requester_does_not_see_anothers(office: Office) -> None:
    """Somebody else's generation is 404 to a requester, and readable to a reviewer."""
    where = f"/v1/generations/{office.generate()['id']}"

    assert office.get("olu", where).status_code == 200  # an approver reads all
    assert office.get("rex", where).status_code == 200
    assert office.get("mailer", where).status_code == 404
    assert office.get("ada", "/v1/generations/gen_none").status_code == 404


def test_another_brief_for_a_campaign_is_a_conflict(office: Office) -> None:
    """A campaign has one brief: asking with another names the way to change it."""
    office.generate()
    brief = {**asked_for()["brief"], "goal": "Something else"}

    answer = office.post("ada", "/v1/generations", json=asked_for(brief=brief))

    assert answer.status_code == 409
    assert "PUT /v1/campaigns/spring/brief" in answer.json()["detail"]
