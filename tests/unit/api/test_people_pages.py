"""The pages about people and keys, without scripts."""

from __future__ import annotations

import re

import pytest

from copydesk.access import Role, hash_secret, password_fits
from tests.unit.api.browsing import Browser
from tests.unit.api.office import OPERATOR, PASSWORD, Office

OTHER_PASSWORD = "another long passphrase"


def test_an_admin_adds_somebody_for_one_brand(office: Office) -> None:
    """The person's page follows, and the list shows the roles."""
    browser = Browser(office, "root")
    browser.open("/people")
    fields = {"name": "li", "password": PASSWORD, "brand-0": "Fjord & Sons"}

    page = browser.send("/people", **fields, **{"roles-0": ["reviewer", "approver"]}, roles=[])

    assert page.path == "/people/li"
    li = office.desk.access.user("li", OPERATOR)
    assert li.brand_roles == {"Fjord & Sons": (Role.APPROVER, Role.REVIEWER)}
    assert li.roles == ()
    assert "Fjord & Sons: approver reviewer" in browser.open("/people").text


def test_what_cannot_be_added_is_said(office: Office) -> None:
    """A taken name, no role and a brand without a role are told; the name typed stays."""
    browser = Browser(office, "root")
    browser.open("/people")
    assert "There is already a user ada" in browser.send("/people", name="ada", roles="puller").text

    browser.open("/people")
    refused = browser.send("/people", name="eve", roles=[], **{"roles-0": []})
    assert refused.status == 422
    assert "tick a role" in refused.text
    assert refused.forms["/people"]["name"] == "eve"


def test_an_admin_changes_somebody(office: Office) -> None:
    """Roles, reviewer roles, password, disabling and enabling: each by a form of the page."""
    browser = Browser(office, "root")
    path = "/people/bea"
    for change, typed in {
        "roles": {"roles": "approver", "brand-0": "Fjord", "roles-0": "requester"},
        "reviewer-roles": {"reviews_as": "legal, principal"},
        "password": {"password": PASSWORD},
        "disable": {},
    }.items():
        browser.open(path)
        assert browser.send(f"{path}/{change}", **typed).status == 200

    bea = office.desk.access.user("bea", OPERATOR)
    assert (bea.roles, bea.brand_roles) == ((Role.APPROVER,), {"Fjord": (Role.REQUESTER,)})
    assert (bea.reviews_as, bea.disabled) == (("legal", "principal"), True)
    assert password_fits(PASSWORD, bea.password_hash)
    browser.open(path)
    browser.send(f"{path}/enable")
    assert not office.desk.access.user("bea", OPERATOR).disabled


def test_the_last_admin_stays_one(office: Office) -> None:
    """What is refused is said on the page."""
    browser = Browser(office, "root")
    browser.open("/people/root")

    assert "last admin" in browser.send("/people/root/disable").text


def test_a_key_is_shown_once(office: Office) -> None:
    """The answer holds the secret, no later page does, and the store only its hash."""
    browser = Browser(office, "root")
    browser.open("/keys")

    made = browser.send(
        "/keys", user="mailer", roles="puller", brands="Northpeak\n", label="Braze", lives="30"
    )

    secret = re.findall(r"cdk_[A-Za-z0-9_-]{43}", made.html)[0]
    assert made.status == 201
    assert secret not in browser.open("/keys").html
    with office.desk.store.transaction() as tx:
        key = tx.keys.by_hash(hash_secret(secret))
    assert key is not None
    assert (key.brands, key.label) == (("Northpeak",), "Braze")
    assert key.expires_at is not None
    assert (key.expires_at - key.created_at).days == 30


def test_a_key_is_revoked_after_asking(office: Office) -> None:
    """The link asks first, and only the form on that page revokes."""
    key_id = office.keys["mailer"][:12]
    browser = Browser(office, "root")

    asked = browser.open(f"/keys/{key_id}/revoke")
    assert "Revoke this key?" in asked.text
    assert office.get("mailer", "/v1/me").status_code == 200
    assert "Revoked" in browser.send(f"/keys/{key_id}/revoke").text
    assert office.get("mailer", "/v1/me").status_code == 401


@pytest.mark.parametrize("path", ["/people", "/people/bea", "/keys"])
def test_people_and_keys_are_for_admins(office: Office, path: str) -> None:
    """Nobody else reads them, nor has a link to them."""
    browser = Browser(office, "bea")

    assert browser.open(path).status == 403
    assert path not in browser.open("/me").links


def test_everybody_has_a_page_of_their_own(office: Office) -> None:
    """It tells roles and keys, and makes and revokes keys within one's own roles."""
    browser = Browser(office, "bea")
    own = browser.open("/me")
    assert "approver reviewer" in own.text
    assert browser.send("/me/keys", roles=["admin"], lives="30").status == 403

    browser.open("/me")
    made = browser.send("/me/keys", roles=["reviewer"], lives="30")
    key_id = re.findall(r"cdk_[A-Za-z0-9_-]{43}", made.html)[0][:12]
    browser.open(f"/keys/{key_id}/revoke")
    assert browser.send(f"/keys/{key_id}/revoke").path == "/me"
    assert browser.open(f"/keys/{office.keys['root'][:12]}/revoke").status == 404


def test_nobody_sets_their_own_password_by_the_form_for_admins(office: Office) -> None:
    """Whoever finds a browser signed in does not get round being asked for the password of now."""
    browser = Browser(office, "bea")
    own = browser.open("/me").forms["/me/keys"]["csrf"]
    sent = {"csrf": own, "password": OTHER_PASSWORD}

    assert browser.client.post("/people/bea/password", data=sent).status_code == 403
    assert office.desk.access.user("bea", OPERATOR).password_hash is None


def test_one_changes_ones_own_password(office: Office) -> None:
    """The one of now is asked for, the new one twice; then the new one fits."""
    office.desk.access.set_password("bea", PASSWORD, OPERATOR)
    browser = Browser(office, "bea")
    new = {"new": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    for typed in ({"current": "wrong" * 4, **new}, {"current": PASSWORD, **new, "again": "else"}):
        browser.open("/me")
        assert browser.send("/me/password", **typed).status in {403, 422}

    browser.open("/me")
    assert "password is changed" in browser.send("/me/password", current=PASSWORD, **new).text
    bea = office.desk.access.user("bea", OPERATOR)
    assert password_fits(OTHER_PASSWORD, bea.password_hash)
