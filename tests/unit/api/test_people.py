"""Roles of single brands and scoped keys, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from copydesk.access import Role
from tests.unit.api.office import OPERATOR, PASSWORD, Office, asked_for

FJORD = "Fjord & Sons"


def added(office: Office, name: str, **given: Any) -> str:
    """Add a user through the API, and return a key with all that the user may."""
    office.post("root", "/v1/users", json={"name": name, **given})
    roles = {*given.get("roles", ()), *(r for some in given["brand_roles"].values() for r in some)}
    made = office.post("root", "/v1/keys", json={"user": name, "roles": sorted(roles)})
    office.keys[name] = made.json()["key"]
    return office.keys[name]


def test_who_reviews_one_brand_sees_and_decides_no_other(office: Office) -> None:
    """The queue, its counts and its items are of the brand; the rest is not found."""
    item = office.item()
    added(office, "li", brand_roles={FJORD: ["reviewer", "approver"]})
    added(office, "ned", brand_roles={item["brand"]["name"]: ["reviewer"]})

    assert office.get("li", "/v1/reviews").json()["items"] == []
    assert sum(office.get("li", "/v1/review-counts").json()["states"].values()) == 0
    assert office.get("li", f"/v1/reviews/{item['id']}").status_code == 404
    assert office.act("li", "claim", item).status_code == 404
    assert len(office.get("ned", "/v1/reviews").json()["items"]) == 2
    assert office.act("ned", "claim", item).status_code == 200


def test_who_asks_for_one_brand_asks_for_no_other(office: Office) -> None:
    """Copy of another brand is refused by name of the brand."""
    added(office, "li", brand_roles={FJORD: ["requester"]})

    refused = office.post("li", "/v1/generations", json=asked_for())

    assert refused.status_code == 403
    assert "role requester for Northpeak" in refused.json()["detail"]
    assert "requester for Fjord & Sons" in refused.json()["detail"]


def test_a_key_of_one_brand_pulls_no_other(office: Office) -> None:
    """Neither the long way nor, a moment later, the fast lane gives it another brand's copy."""
    item = office.item()
    office.act("bea", "approve", item)
    added(office, "tool", brand_roles={FJORD: ["puller"], "Northpeak": ["puller"]})
    wanted = {"user": "tool", "roles": ["puller"], "brands": [FJORD]}
    office.keys["fjord"] = office.post("root", "/v1/keys", json=wanted).json()["key"]

    for _ in range(3):
        assert office.get("tool", "/v1/pull/spring").status_code == 200
        assert office.get("fjord", "/v1/pull/spring").status_code == 404


def test_a_key_ends_when_it_was_said_to(office: Office) -> None:
    """Until then it opens, from then on it says that it expired; it cannot end in the past."""
    ends = office.clock() + timedelta(days=1)
    wanted = {"user": "mailer", "roles": ["puller"], "expires_at": ends.isoformat()}
    office.keys["short"] = office.post("root", "/v1/keys", json=wanted).json()["key"]

    assert office.get("short", "/v1/me").status_code == 200
    office.clock.forward(days=1)
    over = office.get("short", "/v1/me")
    assert (over.status_code, "expired" in over.json()["detail"]) == (401, True)
    assert office.post("root", "/v1/keys", json=wanted).status_code == 409


def test_keys_tell_when_they_were_last_used(office: Office) -> None:
    """The time of use is noted, and within a minute of it no other."""
    office.get("bea", "/v1/me")
    first = office.clock().isoformat()
    office.clock.forward(seconds=59)
    office.get("bea", "/v1/me")

    (listed,) = office.get("root", "/v1/keys", params={"user": "bea"}).json()["items"]
    assert listed["last_used_at"] == first.replace("+00:00", "Z")
    office.clock.forward(seconds=2)
    office.get("bea", "/v1/me")
    (later,) = office.get("root", "/v1/keys", params={"user": "bea"}).json()["items"]
    assert later["last_used_at"] > first


def test_roles_are_set_anew(office: Office) -> None:
    """These and no others, for every brand and for single ones; keys follow at once."""
    wanted = {"roles": ["requester"], "brand_roles": {FJORD: ["approver"]}}

    changed = office.call("root", "PUT", "/v1/users/bea/roles", json=wanted)

    assert changed.json()["brand_roles"] == {FJORD: ["approver"]}
    me = office.get("bea", "/v1/me").json()
    assert (me["roles"], me["brand_roles"]) == ([], {FJORD: ["approver"]})


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"name": "eve"}, 422),
        ({"name": "eve", "brand_roles": {FJORD: ["admin"]}}, 422),
        ({"name": "eve", "brand_roles": {FJORD: []}}, 422),
        ({"name": "eve", "brand_roles": {FJORD: ["puller"]}}, 201),
    ],
)
def test_a_user_has_a_role_and_nobody_administers_a_brand(
    office: Office, wanted: dict[str, Any], status: int
) -> None:
    """A user without any role is refused, as is an admin of a single brand."""
    assert office.post("root", "/v1/users", json=wanted).status_code == status


def test_people_are_shut_out_and_let_in_again(office: Office) -> None:
    """Disabled, a user's key opens nothing; a password can be set anew."""
    assert office.post("root", "/v1/users/bea/disable").json()["disabled"]
    assert office.get("bea", "/v1/me").status_code == 401
    assert not office.post("root", "/v1/users/bea/enable").json()["disabled"]
    assert office.get("bea", "/v1/me").status_code == 200
    set_anew = office.call("root", "PUT", "/v1/users/bea/password", json={"password": PASSWORD})
    assert set_anew.status_code == 204


def test_everybodys_keys_are_listed_by_user(office: Office) -> None:
    """Without a user all keys are listed, each with its user."""
    office.desk.access.add_user("zoe", [], None, OPERATOR, {FJORD: [Role.PULLER]})
    office.desk.access.add_key("zoe", [Role.PULLER], "", OPERATOR, [FJORD])

    listed = office.get("root", "/v1/keys").json()["items"]

    assert [key["user"] for key in listed] == [*sorted(office.keys), "zoe"]
    assert listed[-1]["brands"] == [FJORD]
