"""Individual copy: approved templates with what the tool knows of a recipient, and no more."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import AUDIENCE, COPY
from tests.unit.api.office import Answer, Office
from tests.unit.api.test_objections import with_fallback
from tests.unit.api.test_serving import approved

GREETED = COPY["body"].replace('{{ first_name | fallback: "there" }}', "{}")


def render(office: Office, fields: object, **asked: str) -> Answer:
    query = {"r": "reader-1", **asked}
    return office.post("mailer", "/v1/pull/spring", params=query, json={"fields": fields})


def test_a_name_stands_in_the_copy_that_was_signed(office: Office) -> None:
    """The tag is resolved, the rest is what was approved, and no cache may keep it."""
    signed = approved(office).json()

    answer = render(office, {"first_name": " Zoë-Marie ", "shoe_size": "44"})

    said = answer.json()
    assert said["body"] == GREETED.format("Zoë-Marie")
    assert (said["approval_hash"], said["fallbacks"]) == (signed["approval_hash"], [])
    assert answer.headers["cache-control"] == "private, no-store"
    assert "etag" not in answer.headers


@pytest.mark.parametrize("name", ["Ada", "D'Angelo", "J. R. Tolkien", "Søren", "李小龍", "H&M"])
def test_names_of_many_kinds_are_names(office: Office, name: str) -> None:
    """Letters of any script, with what stands in names between them."""
    approved(office)

    assert render(office, {"first_name": name}).json()["body"] == GREETED.format(name)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("x" * 21, "longer than the 20 characters"),
        ("Ann\nBcc: x", "no name has"),
        ("{{ 7|times:7 }}", "no name has"),
        ("<b>Ann</b>", "no name has"),
        ("Ann\u202egnaw", "no name has"),
        ("Ann\x00", "no name has"),
        ("\U0001d400nn", "no name has"),
        ("evil.example", "an address"),
        ("\u0410nn", "look alike"),
        ("90 percent off", "a figure"),
        ("until March 9", "a figure"),
        ("fucking idiot", "not approved"),
        (7, "no text"),
        ({"first_name": "Ann"}, "no text"),
        (None, "no value"),
        ("  ", "no value"),
    ],
)
def test_what_is_no_name_leaves_as_the_fallback(office: Office, value: object, why: str) -> None:
    """The answer is what was approved, and tells which field fell back and why."""
    approved(office)

    answer = render(office, {"first_name": value})

    (told,) = answer.json()["fallbacks"]
    assert answer.status_code == 200
    assert answer.json()["body"] == GREETED.format("there")
    assert told["field"] == "first_name"
    assert why in told["why"]


VALUES = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="{}%<>[]()$|*&;:/.#@=\"'\\ \n\r\t\u202e\u200baA1€", max_size=20),
    st.sampled_from(["50% off", "$5", "only 3 left", "www.x.yz", "free today", "{% raw %}"]),
    st.integers(), st.none(), st.lists(st.text(), max_size=2),
)  # fmt: skip
FORBIDDEN = frozenset('{}%<>[]()$|*;:/#@="\\\n\r\t\u202e\u200b€')


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=VALUES)
def test_nothing_hostile_leaves(signed: Office, value: object) -> None:
    """Whatever is sent as a value, the answer is the template with a plain name or its fallback."""
    answer = render(signed, {"first_name": value})

    said = answer.json()
    before, after = GREETED.split("{}")
    assert answer.status_code == 200
    assert said["body"].startswith(before)
    assert said["body"].endswith(after)
    put = said["body"][len(before) : len(said["body"]) - len(after)]
    assert not FORBIDDEN & set(put)
    assert len(put) <= 20
    assert (put == "there") == bool(said["fallbacks"])


@pytest.fixture
def signed(office: Office) -> Office:
    approved(office)
    return office


def test_who_objects_is_not_greeted_by_name(office: Office) -> None:
    """An objection holds for values too; so does a pull that names nobody."""
    with_fallback(office)
    office.post("mailer", "/v1/objections", json={"recipient_keys": ["reader-1"]})

    said = render(office, {"first_name": "Ada"})
    unnamed = office.post("mailer", "/v1/pull/spring", json={"fields": {"first_name": "Ada"}})

    assert said.json()["source"] == "fallback"
    assert "Ada" not in said.text + unnamed.text
    assert "nobody can tell" in unnamed.json()["fallbacks"][0]["why"]


def test_without_consent_no_value_is_put_in(office: Office) -> None:
    """Copy for people who did not agree is the same for all of them."""
    audience = {**AUDIENCE, "consent": False, "sensitive": True}
    office.act("bea", "approve", office.item(n=1, audience=audience))

    said = render(office, {"first_name": "Ada"}).json()

    assert said["body"] == GREETED.format("there")
    assert said["fallbacks"] == [{"field": "first_name", "why": "consent is withheld"}]


def test_a_value_is_kept_nowhere(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the record nor a log line holds it, whether it was good or not."""
    approved(office)
    with caplog.at_level(0):
        for name in ("Ottiliana", "Ottiliana {{x}}"):
            assert render(office, {"first_name": name}).status_code == 200

    with office.desk.store.transaction() as tx:
        kept = json.dumps([entry.model_dump(mode="json") for entry in tx.audit.entries()])
    assert "Ottiliana" not in kept + caplog.text


def test_who_sends_no_fields_is_told(office: Office) -> None:
    """A body of another shape is an input error; who may not pull gets nothing."""
    approved(office)
    path = "/v1/pull/spring"

    assert office.post("mailer", path, json=["first_name"]).status_code == 422
    assert office.post("mailer", path, json={"fields": {}, "more": 1}).status_code == 422
    assert office.post("ada", path, json={"fields": {}}).status_code == 403
    assert office.post("mailer", "/v1/pull/nowhere", json={"fields": {}}).status_code == 404
