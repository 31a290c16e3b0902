"""Objections and rotated keys, as a campaign tool meets them."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.api.office import OPERATOR, Office
from tests.unit.api.test_serving import EVENT, PLAIN_COPY, approved, pull

READER = {"recipient_keys": ["reader-1"]}


def with_fallback(office: Office) -> None:
    approved(office)
    path = "/v1/campaigns/spring/fallback"
    version = office.get("ada", "/v1/campaigns/spring").json()["version"]
    assert office.call("bea", "PUT", path, version=version, json=PLAIN_COPY).status_code == 200


def test_who_objects_gets_generic_copy_from_the_next_pull_on(office: Office) -> None:
    """The segment's copy was written from signals, so it is the fallback; others keep theirs."""
    with_fallback(office)

    said = office.post("mailer", "/v1/objections", json=READER)

    assert said.json() == {"accepted": 1, "new": 1}
    assert pull(office, r="reader-1").json()["source"] == "fallback"
    assert pull(office, r="reader-2").json()["source"] == "approved"


def test_an_objection_can_be_taken_back(office: Office) -> None:
    """Then the recipient gets what everybody gets."""
    with_fallback(office)
    office.post("mailer", "/v1/objections", json=READER)
    stood = office.get("mailer", "/v1/objections/reader-1").json()["objects"]

    office.call("mailer", "DELETE", "/v1/objections/reader-1")

    assert stood is True
    assert office.get("mailer", "/v1/objections/reader-1").json()["objects"] is False
    assert pull(office, r="reader-1").json()["source"] == "approved"


def test_an_objection_outlives_a_rotation_of_keys(office: Office) -> None:
    """Who objected by the key of before objects by that of now."""
    with_fallback(office)
    identities = office.desk.identities
    office.post(
        "mailer", "/v1/objections", json={"recipient_keys": [identities.ring.key_for("4711")]}
    )

    identities.rotate(timedelta(days=1), OPERATOR)

    assert identities.ring.key_for("4711").startswith("k1.")
    assert pull(office, r=identities.ring.key_for("4711")).json()["source"] == "fallback"
    assert pull(office, r=identities.ring.key_for("4712")).json()["source"] == "approved"


def test_a_key_whose_overlap_is_over_gets_generic_copy(office: Office) -> None:
    """Nobody can tell who it is, nor whether they objected."""
    with_fallback(office)
    before = office.desk.identities.ring.key_for("4711")
    office.desk.identities.rotate(timedelta(hours=1), OPERATOR)
    during = pull(office, r=before).json()["source"]

    office.clock.forward(hours=2)

    assert during == "approved"
    assert pull(office, r=before).json()["source"] == "fallback"


def test_outcomes_by_any_key_are_kept_under_one(office: Office) -> None:
    """What was reported before and after a rotation is about one recipient."""
    with_fallback(office)
    for number in range(2):
        key = office.desk.identities.ring.key_for("4711")
        event = {**EVENT, "event_id": f"evt-{number}", "recipient_key": key}
        assert office.post("mailer", "/v1/outcomes", json=[event]).status_code == 202
        office.desk.identities.rotate(timedelta(days=1), OPERATOR)

    kept = office.desk.serving.recipient_key("4711")
    with office.desk.store.transaction() as tx:
        found = tx.outcomes.of_recipient(kept, office.clock() - timedelta(days=30), 10)

    assert len(found) == 2


def test_only_who_may_pull_notes_objections(office: Office) -> None:
    """A requester may not, and a stranger is not let in."""
    assert office.post("ada", "/v1/objections", json=READER).status_code == 403
    assert office.post(None, "/v1/objections", json=READER).status_code == 401
    assert office.post("mailer", "/v1/objections", json={"recipient_keys": []}).status_code == 422


def test_who_pulls_for_no_brand_learns_of_no_objection(office: Office) -> None:
    """That somebody objected is about them: a requester and a reviewer are not told."""
    said = {who: office.get(who, "/v1/objections/reader-1").status_code for who in ("ada", "rex")}

    assert said == {"ada": 403, "rex": 403}
