from __future__ import annotations

import pytest

from tests.factories import COPY
from tests.unit.api.office import PASSWORD, Office, asked_for


def test_without_a_key_nothing_is_answered(office: Office) -> None:
    """401 names both ways to send a key."""
    answer = office.get(None, "/v1/me")

    assert answer.status_code == 401
    assert "Bearer" in answer.headers["www-authenticate"]
    assert "Basic" in answer.headers["www-authenticate"]


def test_a_key_opens_as_bearer_and_as_basic_password(office: Office) -> None:
    """Tools that only do basic send any user name with the key as password."""
    bearer = office.get("bea", "/v1/me").json()
    basic = office.client.get("/v1/me", auth=("whoever", office.keys["bea"])).json()

    assert bearer == {"name": "bea", "roles": ["approver", "reviewer"], "brand_roles": {}} == basic


@pytest.mark.parametrize(
    "header", ["Bearer cdk_nonsense", "Bearer", "Basic !!!", "Digest x", "Basic", ""]
)
def test_a_key_that_is_not_known_opens_nothing(office: Office, header: str) -> None:
    """Unknown keys, broken headers and other schemes are 401 problems alike."""
    answer = office.client.get("/v1/me", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_revoked_key_opens_nothing_from_then_on(office: Office) -> None:
    """DELETE makes a key useless at once, and another key of the user stays good."""
    wanted = {"user": "mailer", "roles": ["puller"], "label": "second"}
    made = office.post("root", "/v1/keys", json=wanted).json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    before = office.client.get("/v1/me", headers=headers)

    revoked = office.call("root", "DELETE", f"/v1/keys/{made['id']}")

    assert (before.status_code, revoked.status_code) == (200, 204)
    assert office.client.get("/v1/me", headers=headers).status_code == 401
    assert office.get("mailer", "/v1/me").status_code == 200


@pytest.mark.parametrize(
    ("who", "method", "path", "needed"),
    [
        ("rex", "POST", "/v1/generations", "requester"),
        ("ada", "GET", "/v1/reviews", "reviewer"),
        ("mailer", "POST", "/v1/reviews/rev_1/approve", "reviewer"),
        ("root", "POST", "/v1/reviews/rev_1/claim", "reviewer"),
        ("ada", "GET", "/v1/pull/spring", "puller"),
        ("ada", "POST", "/v1/outcomes", "puller"),
        ("rex", "PUT", "/v1/campaigns/spring/brief", "requester"),
        ("ada", "PUT", "/v1/campaigns/spring/fallback", "approver"),
        ("bea", "GET", "/v1/users", "admin"),
        ("bea", "POST", "/v1/keys", "admin"),
    ],
)
def test_a_route_answers_only_to_its_role(
    office: Office, who: str, method: str, path: str, needed: str
) -> None:
    """403 names the role that is needed and those that the caller has."""
    answer = office.call(who, method, path, json=asked_for() if method != "GET" else None)

    assert answer.status_code == 403, answer.text
    assert needed in answer.json()["detail"]


def test_users_are_listed_without_their_secrets(office: Office) -> None:
    """An admin adds a user with a password, and no answer holds it or its hash."""
    wanted = {"name": "eve", "roles": ["reviewer"], "password": PASSWORD}

    added = office.post("root", "/v1/users", json=wanted)
    listed = office.get("root", "/v1/users")

    assert added.status_code == 201
    assert {
        "name": "eve",
        "roles": ["reviewer"],
        "brand_roles": {},
        "reviews_as": [],
        "has_password": True,
        "disabled": False,
    } in (listed.json()["items"])
    assert "argon2" not in listed.text + added.text


def test_a_name_is_taken_once(office: Office) -> None:
    """Adding a user again is a conflict."""
    answer = office.post("root", "/v1/users", json={"name": "ada", "roles": ["admin"]})

    assert answer.status_code == 409


def test_a_short_password_is_refused_without_being_repeated(office: Office) -> None:
    """The answer says how long it must be, and does not hold what was sent."""
    wanted = {"name": "eve", "roles": ["reviewer"], "password": "hunter2"}

    answer = office.post("root", "/v1/users", json=wanted)

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["field"] == "password"
    assert "hunter2" not in answer.text


def test_a_key_has_roles_of_its_user_only(office: Office) -> None:
    """A key cannot do more than its user; its secret is shown once and listed never."""
    refused = office.post("root", "/v1/keys", json={"user": "ada", "roles": ["approver"]})
    made = office.post("root", "/v1/keys", json={"user": "ada", "roles": ["requester"]}).json()
    listed = office.get("root", "/v1/keys", params={"user": "ada"})

    assert refused.status_code == 403
    assert made["id"] in [key["id"] for key in listed.json()["items"]]
    assert made["key"] not in listed.text
    assert "key_hash" not in listed.text


def test_the_key_that_is_used_is_not_in_any_answer(office: Office) -> None:
    """Errors do not repeat the Authorization header."""
    answer = office.post("ada", "/v1/check", json={"copy": COPY, "brief": 3})

    assert office.keys["ada"] not in answer.text
