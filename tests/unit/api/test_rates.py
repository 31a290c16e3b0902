"""How many requests one key may send."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from copydesk.api.rates import Rate
from copydesk.errors import TooManyRequests
from tests.unit.api.office import Answer, Office
from tests.unit.api.test_serving import approved, pull


def an_office(**settings: Any) -> Office:
    office = Office.opened(**settings)
    office.let_in()
    return office


def test_a_key_that_sends_too_much_is_told_when_to_go_on() -> None:
    """The answer is 429 as problem+json, with Retry-After and the fields of the RateLimit draft."""
    office = an_office(api_requests_per_minute=2)
    first, second, third = (office.get("ada", "/v1/me") for _ in range(3))

    assert [first.status_code, second.status_code, third.status_code] == [200, 200, 429]
    assert first.headers["ratelimit-policy"] == '"api";q=2;w=60'
    assert first.headers["ratelimit"] == '"api";r=1;t=60'
    assert second.headers["ratelimit"].startswith('"api";r=0;t=')
    assert third.headers["content-type"] == "application/problem+json"
    assert third.json()["type"] == "urn:copydesk:problem:too-many-requests"
    assert "sent 2 requests within a minute" in third.json()["detail"]
    assert 0 < int(third.headers["retry-after"]) <= 60
    assert third.headers["ratelimit"].startswith('"api";r=0;t=')


def test_one_key_does_not_use_up_anothers_requests() -> None:
    """Each key counts for itself."""
    office = an_office(api_requests_per_minute=1)

    assert office.get("ada", "/v1/me").status_code == 200
    assert office.get("ada", "/v1/me").status_code == 429
    assert office.get("rex", "/v1/me").status_code == 200


def test_a_key_counts_once_however_it_is_written() -> None:
    """As bearer in any letters or as a basic password under any name, it is one key."""
    office = an_office(api_requests_per_minute=2)
    key = office.keys["ada"]
    ways = [
        f"Bearer {key}",
        f"bearer {key}",
        "Basic " + b64encode(f"one:{key}".encode()).decode(),
        "Basic " + b64encode(f"two:{key}".encode()).decode(),
    ]
    sent = [office.client.get("/v1/me", headers={"Authorization": way}) for way in ways]

    assert [answer.status_code for answer in sent] == [200, 200, 429, 429]


def test_keys_that_are_none_are_not_counted() -> None:
    """Only good keys take up memory; a bad one is told that it is bad, however often."""
    office = an_office(api_requests_per_minute=1)
    bad = [
        office.client.get("/v1/me", headers={"Authorization": "Bearer cdk_invented"})
        for _ in range(3)
    ]

    assert [answer.status_code for answer in bad] == [401] * 3
    assert not any("ratelimit" in answer.headers for answer in bad)


def test_no_limit_is_no_limit() -> None:
    """With 0 nothing is counted, and nothing told."""
    office = an_office(api_requests_per_minute=0)
    answers = [office.get("ada", "/v1/me") for _ in range(20)]

    assert {answer.status_code for answer in answers} == {200}
    assert "ratelimit" not in answers[0].headers


@pytest.fixture
def pulling() -> Office:
    office = an_office(api_requests_per_minute=9, pull_requests_per_minute=4)
    with office.client:
        approved(office)
    return office


def test_pulls_have_a_limit_of_their_own(pulling: Office) -> None:
    """The short way and the long way count together, and the rest of /v1 apart; one was before."""
    answers: list[Answer] = [pull(pulling) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 2
    assert answers[-1].headers["ratelimit-policy"] == '"pulls";q=4;w=60'
    assert pulling.get("mailer", "/v1/me").status_code == 200


def test_pulls_are_without_limit_unless_one_is_set() -> None:
    """A sending may ask as fast as it can."""
    office = an_office(api_requests_per_minute=9)
    with office.client:
        approved(office)
        statuses = {pull(office).status_code for _ in range(30)}

    assert statuses == {200}


def test_a_full_bucket_counts_nothing_more() -> None:
    """Who goes on asking does not wait longer for it."""
    rate = Rate("api", 2)
    assert [rate.has_taken("a") for _ in range(4)] == [True, True, False, False]

    with pytest.raises(TooManyRequests) as caught:
        rate.must_have_room("a")
    assert caught.value.retry_after_s <= 60
    rate.must_have_room("b")
