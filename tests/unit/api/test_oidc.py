"""Signing in with a provider: the way there and back, and every answer that must not let in."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from copydesk.access import Role
from copydesk.desk.throttling import FOR_ADDRESS
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, Claims, Provider, running_provider
from tests.unit.api.browsing import Browser, Page
from tests.unit.api.office import OPERATOR, PASSWORD, Office

ANA = "ana@northpeak.example"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


def an_office(provider: Provider, **settings: Any) -> Office:
    """Open an office where people sign in with the provider, and ana is known."""
    oidc = {
        "oidc_issuer": provider.address,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
    }
    office = Office.opened(**{**oidc, **settings})
    office.desk.access.add_user(ANA, [Role.REVIEWER], None, OPERATOR)
    return office


class Visitor(Browser):
    """A browser on its way to the provider and back."""

    def set_out(self, then: str = "/") -> str:
        """Go to the provider; return the address there."""
        self.client.follow_redirects = False
        answer = self.client.get("/login/oidc", params={"next": then})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def come_back(self, address: str) -> Page:
        self.client.follow_redirects = True
        self.page = Page(self.client.get(address))
        return self.page

    def sign_in(self, provider: Provider, then: str = "/") -> Page:
        return self.come_back(provider.authorize(self.set_out(then)))


def refused(office: Office, provider: Provider) -> str:
    """Return the words of a sign-in that must not succeed, and see that it left nothing behind."""
    visitor = Visitor(office)
    page = visitor.sign_in(provider)
    assert page.status in {401, 503}, page.text
    assert "copydesk_session" not in visitor.client.cookies
    with office.desk.store.transaction() as tx:
        assert not tx.sessions.of_user(ANA)
    return page.text


def acts(office: Office, subject: str) -> list[tuple[str, str]]:
    with office.desk.store.transaction() as tx:
        return [(event.act, event.actor) for event in tx.audit.about(subject)]


def test_a_known_person_is_let_in_and_led_to_where_they_wanted(provider: Provider) -> None:
    """From the door to the provider and back to the page, under the verified address as name."""
    office = an_office(provider)

    page = Visitor(office).sign_in(provider, "/generations?state=done")

    assert (page.status, page.path) == (200, "/generations")
    assert ANA in page.text
    assert acts(office, f"user:{ANA}")[1:] == [
        ("user.linked", "provider:oidc"),
        ("session.opened", ANA),
    ]


def test_the_way_there_is_bound_to_this_browser(provider: Provider) -> None:
    """The cookie of the way is short-lived, kept from scripts, sealed, and gone afterwards."""
    visitor = Visitor(an_office(provider))
    visitor.client.follow_redirects = False
    answer = visitor.client.get("/login/oidc")
    (cookie,) = answer.headers.get_list("set-cookie")
    address = provider.authorize(answer.headers["location"])

    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Max-Age=600"))
    assert "code_verifier" not in cookie
    visitor.come_back(address)
    assert "copydesk_way" not in visitor.client.cookies


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"]
)
def test_signing_in_with_a_provider_leads_to_no_other_site(
    provider: Provider, elsewhere: str
) -> None:
    """Only paths of this site are followed after it."""
    page = Visitor(an_office(provider)).sign_in(provider, elsewhere)

    assert page.path == "/"


TWISTS: dict[str, Callable[[Claims], Claims]] = {
    "nonce": lambda claims: {**claims, "nonce": "another"},
    "no nonce": lambda claims: {name: claims[name] for name in claims if name != "nonce"},
    "audience": lambda claims: {**claims, "aud": "another"},
    "audience with our azp": lambda claims: {**claims, "aud": ["another"], "azp": CLIENT_ID},
    "issuer": lambda claims: {**claims, "iss": "https://evil.example"},
    "no issuer": lambda claims: {name: claims[name] for name in claims if name != "iss"},
    "expired": lambda claims: {**claims, "exp": int(time.time()) - 120},
    "no expiry": lambda claims: {name: claims[name] for name in claims if name != "exp"},
    "of the future": lambda claims: {**claims, "iat": int(time.time()) + 3600},
    "no subject": lambda claims: {name: claims[name] for name in claims if name != "sub"},
    "not verified": lambda claims: {**claims, "email_verified": False},
    "verified in words": lambda claims: {**claims, "email_verified": "true"},
    "no name": lambda claims: {**claims, "email": ""},
    "a name that is none": lambda claims: {**claims, "email": "ana+spam@northpeak.example"},
    "a name that is a list": lambda claims: {**claims, "email": [ANA]},
}


@pytest.mark.parametrize("what", TWISTS)
def test_an_id_token_with_a_wrong_claim_lets_nobody_in(provider: Provider, what: str) -> None:
    """Each claim counts; the page says what is wrong, and the record that nobody came in."""
    provider.twist = TWISTS[what]
    office = an_office(provider)
    provider.metadata = {"userinfo_endpoint": None}

    said = refused(office, provider)

    assert "Sign in" in said
    assert acts(office, "sign-in") == [("session.refused", "nobody")]


def unsigned(provider: Provider, claims: Claims) -> str:
    parts = ({"alg": "none", "kid": provider.key.kid}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return ".".join([*(part.decode() for part in encoded), ""])


def signed_with_what_is_public(provider: Provider, claims: Claims) -> str:
    public = OctKey.import_key(json.dumps(provider.key.as_dict(private=False)))
    return jwt.encode({"alg": "HS256", "kid": provider.key.kid}, claims, public)


def signed_with_the_clients_secret(_: Provider, claims: Claims) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET))


def signed_by_another(provider: Provider, claims: Claims) -> str:
    another = ECKey.generate_key("P-256", {"kid": str(provider.key.kid)})
    return jwt.encode({"alg": "ES256", "kid": provider.key.kid}, claims, another)


def signed_by_its_own_key(_: Provider, claims: Claims) -> str:
    own = ECKey.generate_key("P-256", {"kid": "own"})
    header = {"alg": "ES256", "jwk": own.as_dict(private=False)}
    return jwt.encode(header, claims, own)


@pytest.mark.parametrize(
    "sign",
    [
        unsigned,
        signed_with_what_is_public,
        signed_with_the_clients_secret,
        signed_by_another,
        signed_by_its_own_key,
        lambda _provider, _claims: "not.a.token",
        lambda _provider, _claims: "",
        lambda _provider, _claims: 7,
    ],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_an_id_token_that_the_provider_did_not_sign_lets_nobody_in(
    provider: Provider, sign: Any
) -> None:
    """Whatever the token says of its own signature, and whatever discovery lists."""
    provider.signs = sign

    assert "Sign in again" in refused(an_office(provider), provider)


def test_a_code_is_good_once(provider: Provider) -> None:
    """Whoever sees the address afterwards gets in neither in this browser nor in another."""
    office = an_office(provider)
    visitor = Visitor(office)
    there = visitor.set_out()
    way = visitor.client.cookies["copydesk_way"]
    back = provider.authorize(there)
    assert visitor.come_back(back).path == "/"

    assert "was not begun in this browser" in visitor.come_back(back).text
    thief = Visitor(office)
    thief.client.cookies.set("copydesk_way", way)
    assert "invalid_grant" in thief.come_back(back).text
    assert thief.open("/").path == "/login"


def test_an_answer_to_another_browser_lets_nobody_in(provider: Provider) -> None:
    """A victim who follows an attacker's link back is not signed in as the attacker."""
    office = an_office(provider)
    attacker, victim = Visitor(office), Visitor(office)
    back = provider.authorize(attacker.set_out())

    assert "was not begun in this browser" in victim.come_back(back).text
    victim.set_out()
    page = victim.come_back(back)
    assert (page.status, "was not begun" in page.text) == (401, True)
    assert "copydesk_session" not in victim.client.cookies


def test_a_sign_in_that_took_too_long_begins_again(provider: Provider) -> None:
    """What the browser kept is good for ten minutes."""
    office = an_office(provider)
    visitor = Visitor(office)
    back = provider.authorize(visitor.set_out())
    office.clock.forward(minutes=11)

    assert "more than ten minutes ago" in visitor.come_back(back).text


def test_a_code_that_was_injected_is_refused(provider: Provider) -> None:
    """A stolen code in the attacker's own flow fails: PKCE and nonce are of another browser."""
    office = an_office(provider)
    victim, attacker = Visitor(office), Visitor(office)
    stolen = provider.authorize(victim.set_out()).partition("code=")[2].partition("&")[0]
    back = provider.authorize(attacker.set_out(), code=stolen)

    assert "invalid_grant" in attacker.come_back(back).text


def test_an_answer_of_another_issuer_is_refused(provider: Provider) -> None:
    """RFC 9207: the answer says whose it is, and it is not the one that was asked."""
    visitor = Visitor(an_office(provider))
    back = provider.authorize(visitor.set_out(), iss="https://evil.example")

    assert "another provider's" in visitor.come_back(back).text


def test_a_refusal_of_the_provider_is_told(provider: Provider) -> None:
    """Who does not agree there is told so here, and nothing that an address carries is repeated."""
    visitor = Visitor(an_office(provider))
    there = visitor.set_out()
    denied = provider.authorize(there, error="access_denied", error_description="call 555")
    page = visitor.come_back(denied)

    assert (page.status, "access_denied" in page.text) == (401, True)
    assert "555" not in page.text


def test_who_is_not_known_here_is_refused(provider: Provider) -> None:
    """Being let in by the provider is not enough, and the page says what to do."""
    provider.person["email"] = "eve@northpeak.example"
    office = an_office(provider)

    assert "ask an admin of Copydesk to add you" in refused(office, provider)
    assert acts(office, "user:eve@northpeak.example") == [("session.refused", "provider:oidc")]


def test_who_is_disabled_here_is_refused(provider: Provider) -> None:
    """The provider's word does not bring a disabled user back."""
    office = an_office(provider)
    office.desk.access.disable_user(ANA, OPERATOR)

    assert "is disabled here" in refused(office, provider)


def test_a_name_that_changed_hands_is_refused(provider: Provider) -> None:
    """An address given to somebody else does not open the account of who had it before."""
    office = an_office(provider)
    visitor = Visitor(office)
    assert visitor.sign_in(provider).path == "/"
    visitor.send("/logout")
    provider.person["sub"] = "account-2"

    assert f"copydesk users unlink {ANA}" in refused(office, provider)
    office.desk.access.unlink(ANA, OPERATOR)
    assert Visitor(office).sign_in(provider).path == "/"


def test_an_account_that_is_renamed_stays_one_person(provider: Provider) -> None:
    """Under a second name they could sign what they wrote; and a disabled user would come back."""
    office = an_office(provider, oidc_unknown_users="add", **GROUPS)
    provider.person["groups"] = ["marketing"]
    Visitor(office).sign_in(provider)
    provider.person["email"] = "ana.married@northpeak.example"

    assert Visitor(office).sign_in(provider).status == 200
    assert acts(office, f"user:{ANA}")[-1] == ("session.opened", ANA)
    office.desk.access.disable_user(ANA, OPERATOR)
    assert "is disabled here" in Visitor(office).sign_in(provider).text
    assert ANA in {user.name for user in office.desk.access.users(OPERATOR)}
    assert not acts(office, "user:ana.married@northpeak.example")[:-1]


GROUPS = {"oidc_roles_claim": "groups", "oidc_roles": {"marketing": ["requester"]}}


def test_groups_give_roles_anew_at_every_sign_in(provider: Provider) -> None:
    """What somebody may do follows their groups, and no group that counts lets nobody in."""
    roles = {"marketing": ["requester"], "legal": ["reviewer", "approver"]}
    office = an_office(provider, oidc_roles_claim="groups", oidc_roles=roles)
    Visitor(office).sign_in(provider)
    assert office.desk.access.user(ANA, OPERATOR).roles == (Role.REQUESTER,)

    provider.person["groups"] = ["legal", "chess club"]
    Visitor(office).sign_in(provider)
    assert office.desk.access.user(ANA, OPERATOR).roles == (Role.APPROVER, Role.REVIEWER)

    provider.person["groups"] = ["chess club"]
    page = Visitor(office).sign_in(provider)
    assert "None of your groups" in page.text


def test_unknown_people_are_added_where_that_is_set(provider: Provider) -> None:
    """With the roles of their groups, on the record, and only if a group gives any."""
    provider.person["email"] = "eve@northpeak.example"
    office = an_office(provider, oidc_unknown_users="add", **GROUPS)

    assert Visitor(office).sign_in(provider).status == 200
    added = office.desk.access.user("eve@northpeak.example", OPERATOR)
    assert (added.roles, added.password_hash) == ((Role.REQUESTER,), None)
    assert acts(office, "user:eve@northpeak.example")[0] == ("user.added", "provider:oidc")


def test_groups_within_another_claim_are_found(provider: Provider) -> None:
    """As some providers nest them: `realm_access.roles`."""
    provider.person["realm_access"] = {"roles": ["marketing"]}
    provider.told_in_id_token.add("realm_access")
    nested = {**GROUPS, "oidc_roles_claim": "realm_access.roles"}

    assert Visitor(an_office(provider, **nested)).sign_in(provider).status == 200


def test_what_the_id_token_leaves_out_is_asked_for(provider: Provider) -> None:
    """Many providers tell address and groups at their userinfo endpoint only."""
    provider.told_in_id_token = {"sub"}

    assert Visitor(an_office(provider, **GROUPS)).sign_in(provider).status == 200
    assert "/userinfo" in provider.asked


def test_user_info_about_somebody_else_is_refused(provider: Provider) -> None:
    """Both answers must be about one account."""
    provider.told_in_id_token = {"sub"}
    provider.user_info = {"sub": "account-9"}

    assert "about two accounts" in refused(an_office(provider), provider)


def test_another_name_claim_needs_no_verified_address(provider: Provider) -> None:
    """`preferred_username` is taken as it is, where the operator trusts it."""
    provider.person |= {"preferred_username": "Bea", "email_verified": False}
    office = an_office(provider, oidc_name_claim="preferred_username")
    office.desk.access.add_user("bea", [Role.REVIEWER], None, OPERATOR)

    assert "bea" in Visitor(office).sign_in(provider).text


def test_new_keys_of_the_provider_are_found(provider: Provider) -> None:
    """A key under a new name is fetched at once; a new one under the old name after one failure."""
    office = an_office(provider)
    assert Visitor(office).sign_in(provider).path == "/"
    provider.key = ECKey.generate_key("P-256", {"kid": "second"})
    assert Visitor(office).sign_in(provider).path == "/"

    provider.key = ECKey.generate_key("P-256", {"kid": "second"})
    assert Visitor(office).sign_in(provider).status == 401
    assert Visitor(office).sign_in(provider).path == "/"


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"issuer": "https://evil.example"}, "it calls itself"),
        ({"token_endpoint": "http://evil.example/token"}, "token_endpoint"),
        ({"jwks_uri": None}, "jwks_uri"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint"),
    ],
)
def test_a_provider_that_is_not_what_the_settings_say_is_not_used(
    provider: Provider, metadata: Claims, said: str
) -> None:
    """Nobody is sent anywhere; the page says what does not fit."""
    provider.metadata = metadata
    browser = Browser(an_office(provider))
    page = browser.open("/login/oidc")

    assert (page.status, said in page.text) == (503, True)


def test_a_provider_that_is_gone_is_told(provider: Provider) -> None:
    """The door says that it cannot be used; passwords still open it."""
    office = an_office(provider, oidc_issuer="http://127.0.0.1:9")
    office.desk.access.set_password(ANA, PASSWORD, OPERATOR)
    browser = Browser(office)

    assert browser.open("/login/oidc").status == 503
    assert browser.send("/login", name=ANA, password=PASSWORD).path == "/"


def test_passwords_are_refused_where_only_the_provider_lets_in(provider: Provider) -> None:
    """There is no form, and one that is made up is refused."""
    office = an_office(provider, oidc_only=True)
    office.desk.access.set_password(ANA, PASSWORD, OPERATOR)
    browser = Browser(office)
    token = browser.client.cookies["copydesk_login"]
    fields = {"csrf": token, "name": ANA, "password": PASSWORD}

    assert "/login" not in browser.page.forms
    assert browser.client.post("/login", data=fields).status_code == 403
    assert Visitor(office).sign_in(provider).path == "/"


def test_without_a_provider_there_is_no_way_to_one(office: Office) -> None:
    """Neither a link at the door nor a path behind it."""
    browser = Browser(office)

    assert "/login/oidc" not in browser.page.html
    assert browser.open("/login/oidc").status == 404
    assert browser.open("/login/oidc/callback?code=a&state=b").status == 404


def test_made_up_answers_cannot_fill_the_record(provider: Provider) -> None:
    """Beyond the address's limit nothing is recorded, and the answer is 429."""
    office = an_office(provider)
    browser = Browser(office)
    statuses = [
        browser.open("/login/oidc/callback?code=x&state=y").status for _ in range(FOR_ADDRESS + 3)
    ]

    assert statuses == [401] * FOR_ADDRESS + [429] * 3
    assert len(acts(office, "sign-in")) == FOR_ADDRESS + 1
