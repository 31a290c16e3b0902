"""`/v1/reviews/ID/...`: every act by its path, with its errors."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.access import Role
from tests.factories import COPY
from tests.unit.api.office import FALSE_COPY, OPERATOR, Office

EDITED = {**COPY, "subject": "20% off trail shoes until March 8"}


def test_changes_are_asked_for_and_answered(office: Office) -> None:
    """The requester finds the item, reads it, answers with an edit, and it is back in the queue."""
    item = office.item()
    asked = office.act("rex", "request-changes", item, note="Name the day.").json()
    (own,) = office.get("ada", "/v1/changes-requested").json()["items"]
    read = office.get("ada", f"/v1/reviews/{item['id']}")

    answered = office.act("ada", "answer", own, copy=EDITED, note="Done.").json()

    assert (asked["state"], own["change_request"]["asks"]) == ("changes_requested", "Name the day.")
    assert read.json()["id"] == own["id"]
    assert (answered["state"], answered["copy_now"]) == ("waiting", EDITED)
    assert answered["checked"]["verdict"] == "pass"
    assert office.get("ada", "/v1/changes-requested").json()["items"] == []
    assert office.act("bea", "approve", answered).status_code == 200


def test_somebody_elses_item_is_not_read_by_a_requester(office: Office) -> None:
    """A requester reads and answers for their own copy alone."""
    item = office.item()
    asked = office.act("rex", "request-changes", item, note="Why?").json()
    office.desk.access.add_user("tom", [Role.REQUESTER], None, OPERATOR)
    office.keys["tom"] = office.desk.access.add_key("tom", [Role.REQUESTER], "", OPERATOR).secret

    assert office.get("tom", f"/v1/reviews/{item['id']}").status_code == 404
    assert office.act("tom", "answer", asked, note="So.").status_code == 404


def test_an_approval_is_undone(office: Office) -> None:
    """Within seconds the item waits again; a second undo is told what there was last."""
    approved = office.act("bea", "approve", office.item()).json()
    undone = office.act("bea", "undo", approved)
    again = office.act("bea", "undo", undone.json())

    assert approved["undoable"]["act"] == "approve"
    assert (undone.status_code, undone.json()["state"]) == (200, "waiting")
    assert undone.headers["etag"] == '"3"'
    assert again.status_code == 409
    assert "The last act was undo by bea" in again.json()["detail"]


def test_undoing_too_late_or_after_a_pull_is_refused(office: Office) -> None:
    """409 says which of the two it was."""
    item = office.item()
    approved = office.act("bea", "approve", item).json()
    assert office.get("mailer", "/v1/pull/spring").status_code == 200
    pulled = office.act("bea", "undo", approved)
    office.clock.forward(seconds=11)
    late = office.act("bea", "undo", approved)

    assert (pulled.status_code, late.status_code) == (409, 409)
    assert "pulled already" in pulled.json()["detail"]
    assert "too late to undo approve: that was 11 seconds ago" in late.json()["detail"]


def test_an_edit_is_checked_while_it_is_written(office: Office) -> None:
    """Findings and bindings come back for copy that is stored nowhere."""
    item = office.item()
    path = f"/v1/reviews/{item['id']}/check"

    said = office.post("rex", path, json={"copy": FALSE_COPY})

    assert said.status_code == 200
    assert (said.json()["id"], said.json()["verdict"]) == (item["id"], "block")
    assert said.json()["bindings"]
    assert office.get("rex", f"/v1/reviews/{item['id']}").json() == item
    assert office.post("mailer", path, json={"copy": COPY}).status_code == 403


def test_approving_with_an_edit_leaves_the_signature_to_another(office: Office) -> None:
    """The edit stands, its editor is an author; a false one is refused at once."""
    item = office.item()
    refused = office.act("bea", "approve-with-edit", item, copy=FALSE_COPY)
    edited = office.act("bea", "approve-with-edit", item, copy=EDITED).json()

    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:copydesk:problem:blocked-copy"
    assert (edited["state"], edited["editors"]) == ("waiting", ["bea"])
    assert office.act("olu", "approve", edited).status_code == 200


def test_a_finding_is_dismissed_with_a_reason(office: Office) -> None:
    """It stays in `checked`, is told under `dismissed`, and is counted by its rule."""
    edited = office.act("olu", "edit", office.item(), copy=FALSE_COPY).json()
    rules = [one["rule"] for one in edited["checked"]["findings"]]
    blocking = next(
        place
        for place, one in enumerate(edited["checked"]["findings"])
        if one["severity"] == "block"
    )

    refused = office.act("rex", "dismiss", edited, finding=blocking, reason="other", note="Fine.")
    beyond = office.act("rex", "dismiss", edited, finding=99, reason="false_alarm")

    assert rules
    assert refused.status_code == 403
    assert beyond.status_code == 409
    assert beyond.json()["problems"][0]["field"] == "finding"
    assert office.get("rex", "/v1/dismissals").json() == {"items": []}


def test_comments_are_added_and_read(office: Office) -> None:
    """Reviewer and requester talk on the item, with a key once, without If-Match."""
    path = f"/v1/reviews/{office.item()['id']}/comments"
    key = {"Idempotency-Key": "one"}
    first = office.post("rex", path, json={"text": "New?", "slot": "subject"}, headers=key)
    again = office.post("rex", path, json={"text": "New?", "slot": "subject"}, headers=key)
    other = office.post("rex", path, json={"text": "Old?"}, headers=key)
    office.post("ada", path, json={"text": "New."})

    assert (first.status_code, again.json()) == (201, first.json())
    assert other.status_code == 409
    assert other.json()["type"] == "urn:copydesk:problem:key-reused"
    said = office.get("ada", path).json()["items"]
    assert sorted((one["by"], one["text"]) for one in said) == [("ada", "New."), ("rex", "New?")]


def test_an_item_is_escalated_to_a_role_that_somebody_holds(office: Office) -> None:
    """An admin gives the role; before, the refusal says that nobody holds it."""
    item = office.item()
    nobody = office.act("rex", "escalate", item, note="Lawful?", role="legal")
    given = office.call(
        "root", "PUT", "/v1/users/bea/reviewer-roles", json={"reviews_as": ["legal"]}
    )
    handed = office.act("rex", "escalate", item, note="Lawful?", role="legal")

    assert nobody.status_code == 409
    assert nobody.json()["problems"][0]["field"] == "role"
    assert given.json()["reviews_as"] == ["legal"]
    assert handed.json()["escalated_to"] == "legal"
    assert office.act("olu", "reject", handed.json(), reason="tone").status_code == 403
    assert office.act("bea", "approve", handed.json()).status_code == 200


def test_signatures_are_told(office: Office) -> None:
    """Where the policy asks for none beyond an approver's, none is missing."""
    item = office.item()

    said = office.get("ada", f"/v1/reviews/{item['id']}/signatures")

    assert said.json() == {"given": [], "missing": [], "blind": False}


@pytest.mark.parametrize(
    ("act", "body", "field"),
    [
        ("request-changes", {"note": " "}, "note"),
        ("answer", {}, ""),
        ("answer", {"note": " "}, ""),
        ("dismiss", {"finding": 0, "reason": "dull"}, "reason"),
        ("dismiss", {"finding": 0, "reason": "other"}, ""),
        ("approve-with-edit", {}, "copy"),
        ("check", {"copy": {"body": 3}}, "copy.body"),
        ("comments", {"text": " "}, "text"),
        ("links", {"person": " "}, "person"),
        ("links", {"person": "Eve", "hours": 721}, "hours"),
    ],
)
def test_an_act_without_what_it_needs_is_refused(
    office: Office, act: str, body: dict[str, Any], field: str
) -> None:
    """422 names the field and what would be right, before anything is looked up."""
    who = {"answer": "ada", "links": "bea"}.get(act, "rex")

    answer = office.post(who, f"/v1/reviews/rev_none/{act}", version=1, json=body)

    assert answer.status_code == 422, answer.text
    assert answer.json()["problems"][0]["field"] == field


def link(office: Office, **more: Any) -> tuple[dict[str, Any], str]:
    """Return a link to the item of COPY, and the path where it is used."""
    path = f"/v1/reviews/{office.item()['id']}/links"
    made = office.post("bea", path, json={"person": "Dr. Ng", "asks": "Safe?", **more})
    assert made.status_code == 201, made.text
    return made.json(), f"/v1/outside/{made.json()['token']}"


def test_somebody_from_outside_decides_by_the_link_alone(office: Office) -> None:
    """Without a key the link shows the item, takes a comment and one decision, uncached."""
    _, path = link(office)
    shown = office.get(None, path)
    said = office.post(None, f"{path}/comments", json={"text": "Which study?"})
    signed = office.post(None, f"{path}/approve", version=shown.json()["version"])
    again = office.post(None, f"{path}/reject", version=2, json={"reason": "tone"})

    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
    assert (shown.json()["copy"], shown.headers["etag"]) == (COPY, '"1"')
    assert (said.status_code, said.json()["by"]) == (201, "outside:Dr. Ng")
    assert (signed.json()["state"], signed.headers["etag"]) == ("approved", '"2"')
    assert again.status_code == 410
    assert again.json()["type"] == "urn:copydesk:problem:link-ended"


def test_a_link_is_listed_without_its_token_and_revoked(office: Office) -> None:
    """After that it shows nothing, and says so."""
    made, path = link(office)
    listed = office.get("rex", f"/v1/reviews/{made['item_id']}/links")
    revoked = office.call("bea", "DELETE", f"/v1/review-links/{made['id']}")

    assert [one["id"] for one in listed.json()["items"]] == [made["id"]]
    assert "token" not in listed.text
    assert revoked.json()["revoked_at"] is not None
    assert office.get(None, path).status_code == 410
    assert office.call("bea", "DELETE", f"/v1/review-links/lnk_{'0' * 20}").status_code == 404
    assert office.get(None, path[:-4] + "AAAA").status_code == 404
