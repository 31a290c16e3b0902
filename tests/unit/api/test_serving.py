from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.factories import AUDIENCE, BRIEF, COPY
from tests.unit.api.office import FALSE_COPY, Answer, Office

PLAIN_COPY = {
    "subject": "Trail shoes for runners",
    "preheader": "The Ridgeline has a 6 mm heel-to-toe drop",
    "body": "Shop trail shoes: https://northpeak.example/trail",
}
EVENT = {
    "event_id": "evt-1",
    "kind": "click",
    "at": "2026-03-07T10:12:00Z",
    "campaign": "spring",
}


def pull(office: Office, **asked: str) -> Answer:
    headers = {"If-None-Match": asked.pop("etag")} if "etag" in asked else {}
    return office.get("mailer", "/v1/pull/spring", params=asked, headers=headers)


def approved(office: Office) -> Answer:
    """Have one item signed; return the answer to a pull of it."""
    office.act("bea", "approve", office.item(n=1))
    return pull(office, r="reader-1")


def set_brief(office: Office, **changes: object) -> Answer:
    version = office.get("ada", "/v1/campaigns/spring").json()["version"]
    brief = {**BRIEF, **changes}
    return office.call("ada", "PUT", "/v1/campaigns/spring/brief", version=version, json=brief)


def test_approved_copy_is_pulled_with_its_signature(office: Office) -> None:
    """A pull answers with texts, variant, hash and source, and may be kept for half a minute."""
    answer = approved(office)

    said = answer.json()
    assert answer.status_code == 200
    assert said["subject"] == COPY["subject"]
    assert said["source"] == "approved"
    assert said["variant_id"].startswith("var_")
    assert answer.headers["x-copydesk-approval"] == said["approval_hash"]
    assert answer.headers["cache-control"] == "private, max-age=30"
    assert answer.headers["vary"] == "Authorization"


def test_nothing_is_pulled_before_it_is_signed(office: Office) -> None:
    """Copy that waits for a person is 409, with the reasons; a campaign that is not is 404."""
    office.item()

    answer = pull(office)

    assert answer.status_code == 409
    assert "waiting for review" in answer.json()["detail"]
    assert office.get("mailer", "/v1/pull/nowhere").status_code == 404


def test_the_same_answer_is_not_sent_twice(office: Office) -> None:
    """If-None-Match with the last ETag is 304, until the answer is another."""
    tag = approved(office).headers["etag"]

    same, other = pull(office, r="reader-1", etag=tag), pull(office, slot="subject", etag=tag)

    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"] == tag
    assert other.status_code == 200


def test_only_the_wanted_slots_come_in_the_tools_own_tags(office: Office) -> None:
    """Slots and dialect are chosen by the caller."""
    approved(office)

    said = pull(office, slot="body", dialect="braze").json()

    assert "subject" not in said
    assert "{{${first_name} | default: 'there'}}" in said["body"].replace('"there"', "'there'")


@pytest.mark.parametrize("asked", [{"slot": "footer"}, {"dialect": "morse"}, {"r": "a b"}])
def test_a_pull_that_cannot_be_understood_is_refused(office: Office, asked: dict[str, str]) -> None:
    """Unknown slots and dialects and blanks in keys are input errors, by name."""
    approved(office)

    answer = pull(office, **asked)

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["field"] == next(iter(asked))


def test_a_change_of_facts_recalls_what_was_signed(office: Office) -> None:
    """After the brief changes, the old signature serves nothing, and the copy waits again."""
    old = approved(office).json()

    changed = set_brief(office, offer={**BRIEF["offer"], "value": 15})

    assert changed.status_code == 200
    assert changed.json()["voided"] == [old["variant_id"]]
    assert len(changed.json()["requeued"]) == 1
    assert pull(office).status_code == 409


def test_copy_is_not_served_after_its_offer_has_ended(office: Office) -> None:
    """The same pull that was answered before the end is refused after it."""
    assert approved(office).status_code == 200

    office.clock.forward(days=3)

    assert pull(office, r="reader-1").status_code == 409


def test_the_fallback_serves_when_nothing_else_may(office: Office) -> None:
    """An approver signs copy that stands without the offer; it is served under its own name."""
    office.item()
    signed = office.call("bea", "PUT", "/v1/campaigns/spring/fallback", version=1, json=PLAIN_COPY)

    said = pull(office).json()

    assert signed.status_code == 200
    assert (said["source"], said["variant_id"]) == ("fallback", "fallback")
    assert said["subject"] == PLAIN_COPY["subject"]


def test_a_fallback_that_is_not_true_is_refused(office: Office) -> None:
    """A fallback is checked like any copy."""
    office.item()

    answer = office.call("bea", "PUT", "/v1/campaigns/spring/fallback", version=1, json=FALSE_COPY)

    assert answer.status_code == 409
    assert "4.9" in answer.json()["detail"]


def test_a_brief_is_changed_by_who_has_read_it(office: Office) -> None:
    """Without If-Match 428, with a stale one 412, and ETag tells the version."""
    office.item()
    path = "/v1/campaigns/spring/brief"
    changed = set_brief(office, goal="Clear the shelf")

    assert changed.headers["etag"] == '"2"'
    assert office.call("ada", "PUT", path, json=BRIEF).status_code == 428
    assert office.call("ada", "PUT", path, json=BRIEF, version=1).status_code == 412
    assert office.get("ada", "/v1/campaigns/spring").headers["etag"] == '"2"'


def test_campaigns_are_listed(office: Office) -> None:
    """A campaign opens with its first request and says what is true of it."""
    office.generate()

    listed = office.get("ada", "/v1/campaigns").json()["items"]

    assert [one["id"] for one in listed] == ["spring"]
    assert listed[0]["owner"] == "ada"
    assert listed[0]["audiences"][AUDIENCE["id"]]["sensitive"] is True


@pytest.mark.parametrize("wrapped", [True, False])
def test_an_outcome_counts_once(office: Office, wrapped: bool) -> None:
    """A list or an object of events is taken; an event that comes again is not new."""
    events = [EVENT, {**EVENT, "event_id": "evt-2"}]
    sent = {"outcomes": events} if wrapped else events

    first = office.post("mailer", "/v1/outcomes", json=sent)
    again = office.post("mailer", "/v1/outcomes", json=sent)

    assert first.status_code == 202
    assert first.json() == {"accepted": 2, "new": 2}
    assert again.json() == {"accepted": 2, "new": 0}


def test_a_wrong_event_is_named_by_its_place(office: Office) -> None:
    """One event that does not fit refuses the batch, and says which and why."""
    events = [EVENT, {**EVENT, "kind": "opened"}]

    answer = office.post("mailer", "/v1/outcomes", json=events)

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["field"] == "outcomes[1].kind"


def test_no_cache_keeps_copy_beyond_its_offer(office: Office) -> None:
    """Twelve seconds before the end of the offer an answer may be kept for twelve, not thirty."""
    approved(office)
    ends = datetime.fromisoformat(str(BRIEF["offer"]["ends"]))

    office.clock.now = ends - timedelta(seconds=12)

    assert pull(office, r="reader-1").headers["cache-control"] == "private, max-age=12"
