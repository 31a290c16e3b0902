from __future__ import annotations

import pytest

from tests.factories import COPY
from tests.unit.api.office import FALSE_COPY, Office, asked_for


def test_an_item_has_all_that_is_needed_to_decide(office: Office) -> None:
    """Copy, check, brief, reason for the routing and version come together; ETag is the version."""
    item = office.item()

    answer = office.get("rex", f"/v1/reviews/{item['id']}")

    said = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert all(said[part] for part in ("copy_now", "brief", "checked", "routed_because"))


def test_approval_by_another_person_is_a_signature(office: Office) -> None:
    """The approver's name and a hash of all that was approved are kept, and the version grows."""
    item = office.item()

    answer = office.act("bea", "approve", item, note="Fine.")

    said = answer.json()
    assert answer.status_code == 200
    assert (said["state"], said["version"]) == ("approved", 2)
    assert answer.headers["etag"] == '"2"'
    assert len(said["approval_hash"]) == 64
    assert said["decisions"][-1]["actor"] == "bea"
    assert said["decisions"][-1]["note"] == "Fine."


def test_whoever_asked_cannot_approve(office: Office) -> None:
    """The requester is refused, also with the role of an approver: two people, four eyes."""
    wanted = office.post("olu", "/v1/generations?wait=30", json=asked_for()).json()
    item = office.get("bea", f"/v1/reviews/{wanted['variants'][0]['review_id']}").json()

    answer = office.act("olu", "approve", item)

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:copydesk:problem:self-approval"
    assert office.act("bea", "approve", item).status_code == 200


def test_whoever_edited_cannot_approve(office: Office) -> None:
    """An editor is an author: somebody else signs."""
    item = office.item()
    copy = {**COPY, "subject": "20% off trail shoes until March 8"}
    edited = office.act("bea", "edit", item, copy=copy).json()

    answer = office.act("bea", "approve", edited)

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:copydesk:problem:self-approval"


def test_an_edit_is_checked_again(office: Office) -> None:
    """A false number written in by hand blocks the item, and it cannot be approved then."""
    edited = office.act("rex", "edit", office.item(), copy=FALSE_COPY, note="Stronger").json()

    refused = office.act("bea", "approve", edited)

    assert edited["checked"]["verdict"] == "block"
    assert edited["editors"] == ["rex"]
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:copydesk:problem:blocked-copy"


@pytest.mark.parametrize("act", ["claim", "approve", "release"])
def test_a_change_without_the_version_is_refused(office: Office, act: str) -> None:
    """428 asks for If-Match, and nothing has changed."""
    item = office.item()

    answer = office.post("bea", f"/v1/reviews/{item['id']}/{act}")

    assert answer.status_code == 428
    assert office.get("bea", f"/v1/reviews/{item['id']}").json()["version"] == 1


def test_a_change_of_what_has_changed_is_refused(office: Office) -> None:
    """412 tells the second of two that the first was quicker."""
    item = office.item()
    office.act("rex", "claim", item)

    answer = office.act("bea", "approve", item)

    assert answer.status_code == 412
    assert "read it again" in answer.json()["detail"]


def test_a_claim_holds_off_others_until_its_lease_ends(office: Office) -> None:
    """Somebody else is refused while the lease runs, and let in when it has run out."""
    claimed = office.act("rex", "claim", office.item()).json()
    held = office.act("bea", "approve", claimed)

    office.clock.forward(minutes=16)

    assert held.status_code == 409
    assert "rex holds this item" in held.json()["detail"]
    assert office.act("bea", "approve", claimed).status_code == 200


def test_a_claimed_item_can_be_given_back(office: Office) -> None:
    """After release the item waits again, held by nobody."""
    claimed = office.act("rex", "claim", office.item()).json()

    released = office.act("rex", "release", claimed).json()

    assert (claimed["state"], claimed["holder"]) == ("claimed", "rex")
    assert (released["state"], released["holder"]) == ("waiting", None)


def test_a_rejection_has_a_reason_and_is_final(office: Office) -> None:
    """A rejected item keeps its reason and takes no other act."""
    rejected = office.act("rex", "reject", office.item(), reason="tone", note="Too loud.").json()

    again = office.act("bea", "approve", rejected)

    assert rejected["state"] == "rejected"
    assert rejected["decisions"][-1]["reason"] == "tone"
    assert again.status_code == 409
    assert again.json()["type"] == "urn:copydesk:problem:wrong-move"


@pytest.mark.parametrize(
    ("act", "body", "field"),
    [
        ("reject", {"reason": "ugly"}, "reason"),
        ("reject", {"reason": "other"}, ""),
        ("reject", {}, "reason"),
        ("escalate", {"note": "  "}, "note"),
        ("edit", {"copy": {"body": 3}}, "copy.body"),
    ],
)
def test_an_act_without_what_it_needs_is_refused(
    office: Office, act: str, body: dict[str, object], field: str
) -> None:
    """Reasons are of a list, `other` and escalation need words, copy is text."""
    item = office.item()
    path = f"/v1/reviews/{item['id']}/{act}"

    answer = office.post("rex", path, version=1, json=body)

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["field"] == field


def test_an_escalated_item_is_left_to_approvers(office: Office) -> None:
    """A reviewer hands over with a note, and cannot act on it any more; an approver can."""
    handed = office.act("rex", "escalate", office.item(), note="Is this lawful?").json()

    refused = office.act("rex", "reject", handed, reason="unlawful")

    assert handed["state"] == "escalated"
    assert refused.status_code == 403
    assert office.act("bea", "approve", handed).status_code == 200


def test_the_queue_comes_in_pages_oldest_first(office: Office) -> None:
    """`next` leads through all items once, and is null at the end."""
    wanted = office.generate()
    first = office.get("rex", "/v1/reviews", params={"limit": 1}).json()
    second = office.get("rex", "/v1/reviews", params={"limit": 1, "after": first["next"]}).json()

    seen = {page["items"][0]["id"] for page in (first, second)}

    assert seen == {variant["review_id"] for variant in wanted["variants"]}
    assert second["next"] is None


def test_the_queue_can_be_narrowed(office: Office) -> None:
    """States and campaign filter; a state that does not exist is refused."""
    item = office.item()
    office.act("bea", "approve", item)

    approved = office.get("rex", "/v1/reviews", params={"state": "approved"}).json()["items"]
    elsewhere = office.get("rex", "/v1/reviews", params={"campaign": "autumn"}).json()["items"]
    both = office.get("rex", "/v1/reviews?state=approved&state=waiting").json()["items"]

    assert [one["id"] for one in approved] == [item["id"]]
    assert elsewhere == []
    assert len(both) == 2
    assert office.get("rex", "/v1/reviews", params={"state": "lost"}).status_code == 422


def test_an_item_that_is_not_there_is_told_before_a_missing_header(office: Office) -> None:
    """404 comes first, for reading and for every act."""
    assert office.get("rex", "/v1/reviews/rev_none").status_code == 404
    assert office.post("rex", "/v1/reviews/rev_none/claim").status_code == 404


def test_an_item_carries_what_its_claims_rest_on(office: Office) -> None:
    """The resolution is stored with the variant, and worked out anew for an edit."""
    item = office.item()
    claimed = office.act("rex", "claim", item).json()
    copy = {**COPY, "subject": "Trail shoes, 2,314 reviews"}

    edited = office.act("rex", "edit", claimed, copy=copy).json()

    before, after = ({b["match"] for b in one["checked"]["bindings"]} for one in (item, edited))
    assert "20% off" in before
    assert "2,314" in after - before
