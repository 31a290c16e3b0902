"""What tools post becomes outcomes once, and its twins change nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from copydesk.access import Actor, Role
from copydesk.bootstrap import sorting_of, tool_keys_of
from copydesk.desk.receiving import Receipt, Receiving
from copydesk.desk.sorting import Sorting
from copydesk.desk.tool_keys import ToolKeys
from copydesk.errors import BadSignature, SettingsError
from copydesk.feedback import Outcome
from copydesk.feedback.tools import tools
from copydesk.publishing import recipient_key
from copydesk.settings import Settings
from copydesk.storage.memory import MemoryStore
from tests.contract.nouns import a_campaign
from tests.factories import NOW, a_brand
from tests.unit.feedback.signing import (
    SAMPLES,
    SECRET,
    SIGNED,
    SIGNERS,
    TIMED,
    Posted,
    expected,
    keys,
    posted,
    public_key,
    sample,
)

ADMIN = Actor("root", frozenset({Role.ADMIN}))
OURS = b"s" * 32
FAR = (
    b'{"mautic.email_on_open": [{"stat": {"id": 9, "trackingHash": "a",'
    b' "dateRead": "0001-01-01T00:00:00+14:00"}, "timestamp": "0001-01-01T00:00:00+14:00"}]}'
)
"""A time that is none in UTC."""


class Office(NamedTuple):
    """What takes deliveries, on a store with nothing in it."""

    store: MemoryStore
    keys: ToolKeys
    receiving: Receiving
    sorting: Sorting

    def post(self, sent: Posted) -> Receipt:
        return self.receiving.receive(sent.tool, sent.body, sent.headers)

    def kept(self) -> list[Outcome]:
        self.sorting.everything()
        with self.store.transaction() as tx:
            found = [*tx.outcomes.about("spring"), *tx.outcomes.about("")]
        return sorted(found, key=lambda one: one.at)


@pytest.fixture
def office() -> Office:
    settings = Settings.model_validate({"database_url": "memory://", "webhook_keys": keys()})
    store = MemoryStore()
    known = tool_keys_of(settings, store, OURS, lambda: NOW)
    receiving = Receiving(store, known, lambda one: recipient_key(OURS, one), OURS, lambda: NOW)
    return Office(store, known, receiving, sorting_of(settings, store, lambda: NOW))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_tools_documented_sample_becomes_outcomes(name: str, office: Office) -> None:
    """Kind, time, verdict with its reasons, campaign and variant are as the tool told them."""
    receipt = office.post(posted(name))

    told = [
        [one.kind, f"{one.at:%H:%M:%S}", one.human, list(one.reasons), one.campaign, one.variant_id]
        for one in office.kept()
    ]
    assert not receipt.repeated
    assert told == expected(name)


@pytest.mark.parametrize("name", SAMPLES)
def test_nobodys_address_is_kept(name: str, office: Office) -> None:
    """Neither what is stored as it came nor what became of it holds an address or an id."""
    office.post(posted(name))
    with office.store.transaction() as tx:
        (raw,) = tx.inbox.waiting(10)
    everything = raw.body + "".join(one.model_dump_json() for one in office.kept())

    for private in ("reader@", "reader%40", "203.0.113.7", "customer-7", "01PROFILE", "Ada"):
        assert private not in everything
    assert len({one.recipient_key for one in office.kept() if one.recipient_key}) <= 2


@pytest.mark.parametrize("name", SAMPLES)
def test_a_delivery_that_comes_again_changes_nothing(name: str, office: Office) -> None:
    """Tools try again when an answer was lost: it is taken, told apart, and counts once."""
    office.post(posted(name))
    before = office.kept()

    assert office.post(posted(name)).repeated
    assert office.kept() == before


@pytest.mark.parametrize("name", SIGNED)
def test_an_altered_delivery_is_refused(name: str, office: Office) -> None:
    """One byte of the body is enough."""
    sent = posted(name)
    altered = sent._replace(body=sent.body.replace(b"reader", b"writer"))

    with pytest.raises(BadSignature):
        office.post(altered)
    assert office.kept() == []


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize("age", [timedelta(days=8), -timedelta(minutes=10)])
def test_a_replay_after_its_time_is_refused(name: str, age: timedelta, office: Office) -> None:
    """A good signature of last week, or of a time to come, opens nothing."""
    with pytest.raises(BadSignature, match="stale"):
        office.post(posted(name, age=age))
    assert office.kept() == []


def test_a_good_signature_for_another_webhook_is_refused(office: Office) -> None:
    """Klaviyo's header must name the webhook that the signed body names."""
    sent = posted("klaviyo")
    with pytest.raises(BadSignature, match="klaviyo-webhook-id"):
        office.post(sent._replace(headers={**sent.headers, "klaviyo-webhook-id": "whk-9"}))


def test_events_in_another_order_come_to_the_same(office: Office) -> None:
    """A delivery event that comes after the open judges the open all the same."""
    events = sample("dittofeed")["batch"]
    for event in reversed(events):
        office.post(posted("dittofeed", {"batch": [event]}))
        office.sorting.everything()

    opened = next(one for one in office.kept() if one.kind == "open")
    assert (opened.human, opened.reasons) == ("no", ("timing:seconds-after-delivery",))


def test_links_all_opened_at_once_are_a_machines(office: Office) -> None:
    """Three links of one message within two seconds; a later click is not held against it."""
    click = sample("sendgrid")[2]
    events: list[dict[str, Any]] = [
        {**click, "sg_event_id": f"c{i}", "timestamp": at, "url": f"https://northpeak.example/{i}"}
        for i, at in enumerate((1772798100, 1772798101, 1772798101, 1772798300))
    ]
    office.post(posted("sendgrid", events))

    swept = [one.reasons == ("timing:every-link-at-once",) for one in office.kept()]
    assert swept == [True, True, True, False]


def test_what_cannot_be_read_is_kept_and_told(office: Office) -> None:
    """Of a signed delivery the good events count, and the bad one is listed with why."""
    events = sample("sendgrid")
    broken = {**events[2], "timestamp": "yesterday", "sg_event_id": "bad"}
    office.post(posted("sendgrid", [events[0], broken, "no event"]))

    assert [one.kind for one in office.kept()] == ["delivered"]
    unread = office.sorting.unread(ADMIN)
    assert [one.place for one in unread] == [1, 2]
    assert "timestamp" in unread[0].why
    assert office.sorting.counts()["sendgrid"] == (0, 2)


def test_what_is_signed_is_kept_even_if_it_is_no_json(office: Office) -> None:
    """The tool would never send it again: it is stored without addresses, and can be read later."""
    sent = posted("mautic", "reader@inbox.example at 203.0.113.7")

    assert not office.post(sent).repeated
    assert office.kept() == []
    (unread,) = office.sorting.unread(ADMIN)
    assert (unread.place, "reader@" in unread.event, "203.0" in unread.event) == (-1, False, False)
    assert office.sorting.again(ADMIN) == 1


def test_a_new_secret_and_the_old_one_are_good_together(office: Office) -> None:
    """Secrets rotate: each opens until it is ended, and one that is ended opens nothing."""
    made = office.keys.add("braze", None, ADMIN)
    sent = posted("braze")
    with_new = sent._replace(headers={"authorization": f"Bearer {made.secret}"})

    assert [office.post(one).repeated for one in (sent, with_new)] == [False, True]
    office.keys.end(made.stored.id, ADMIN)
    with pytest.raises(BadSignature):
        office.post(with_new)
    assert made.secret not in made.stored.model_dump_json()


def test_salesforce_shakes_hands_only_when_it_is_waited_for(office: Office) -> None:
    """Its unsigned question is answered 200 within the hours that it was awaited, else refused."""
    asked = Posted("sfmc", b'{"callbackId": "cb-1", "verificationKey": "vk-1"}', {})
    with pytest.raises(BadSignature):
        office.post(asked)

    office.keys.wait_for_handshake("sfmc", ADMIN)

    assert office.post(asked).handshake
    with pytest.raises(BadSignature):
        office.post(Posted("sfmc", asked.body.replace(b"cb-1", b"cb-of-somebody-else"), {}))
    assert office.post(asked).handshake
    (shaken,) = office.keys.handshakes(ADMIN)
    assert shaken.said == {"callbackId": "cb-1", "verificationKey": "vk-1"}
    assert "vk-1" not in shaken.stored.model_dump_json()


def test_a_key_in_pem_does_as_well(office: Office) -> None:
    """SendGrid's key is base64 of DER; the same key as PEM is taken, too."""
    text = public_key()
    lines = ["-----BEGIN PUBLIC KEY-----", text, "-----END PUBLIC KEY-----"]

    assert office.keys.add("sendgrid", "\n".join(lines), ADMIN).stored.tool == "sendgrid"
    assert SECRET not in repr(office.keys.all(ADMIN))


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"sendgrid": "not a key"}, "paste the verification key"),
        ({"mautic": "short"}, "at least 12"),
        ({"fax": "x" * 20}, "known tools are"),
    ],
)
def test_a_key_that_cannot_verify_stops_the_start(given: dict[str, str], complaint: str) -> None:
    """A wrong key or an unknown tool is a settings error, not a refusal at three in the morning."""
    settings = Settings.model_validate({"database_url": "memory://", "webhook_keys": given})

    with pytest.raises(SettingsError, match=complaint):
        tool_keys_of(settings, MemoryStore(), OURS)


@pytest.mark.parametrize(
    "text", [b"[" * 5_000, b"\xff\xfe", b"null", b'[[], 5, {"a": "\\ud800"}]', FAR]
)
def test_nothing_that_is_signed_stops_the_reading(text: bytes, office: Office) -> None:
    """However deep or broken: it is kept and told, and what comes after it is read."""
    sent = posted("mautic")
    office.post(sent._replace(body=text, headers=SIGNERS["mautic"](text, "", SECRET.encode())))
    office.post(sent)

    assert len(office.kept()) == 2
    assert office.sorting.unread(ADMIN) or text == b"null"


def test_secrets_sealed_under_another_secret_are_told(office: Office) -> None:
    """Whoever changes COPYDESK_SECRET is told which secrets to add again; others still open."""
    office.keys.add("dittofeed", None, ADMIN)
    elsewhere = ToolKeys(office.store, {}, b"another secret", lambda: NOW)

    with pytest.raises(SettingsError, match="sealed under another"):
        elsewhere.of(tools()["dittofeed"])


def test_a_secret_of_one_brand_tells_nothing_of_another(office: Office) -> None:
    """What it says of another brand's campaign, or of none that is there, is set aside and told."""
    with office.store.transaction() as tx:
        for campaign, brand in (("spring", "Northpeak"), ("autumn", "Fjordmark")):
            tx.campaigns.add(a_campaign(campaign, brand=a_brand(name=brand)))
    secret = office.keys.add("mautic", "of-fjordmark-alone", ADMIN, ["Fjordmark"]).secret
    events = posted("mautic")
    signed = SIGNERS["mautic"](events.body, "", secret.encode())
    office.post(events._replace(headers=signed))

    assert [one for one in office.kept() if one.campaign == "spring"] == []
    told = [one.why for one in office.sorting.unread(ADMIN)]
    assert told == ["its secret does not speak for the brand of campaign spring"]


def test_a_delivery_of_millions_of_events_is_not_unfolded(office: Office) -> None:
    """Five million numbers are not five million events: it is kept as it came, and told."""
    body = b'{"mautic.email_on_open": [' + b"1," * 4_900_000 + b"1]}"
    office.post(Posted("mautic", body, SIGNERS["mautic"](body, "", SECRET.encode())))

    assert office.kept() == []
    assert len(office.sorting.unread(ADMIN)) == 1
