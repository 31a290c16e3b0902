"""`/v1/reviews` as a list, counts, views, and decisions on many items at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import AUDIENCE, BRIEF
from tests.unit.api.office import FALSE_COPY, Office

SIZED = {**AUDIENCE, "sensitive": True, "signals": {"audience_size": 100_000}}


def listed(office: Office, **wanted: Any) -> list[str]:
    answer = office.get("rex", "/v1/reviews", params=wanted)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_the_list_tells_why_an_item_is_where_it_is(office: Office) -> None:
    """Each item has its points, when it is due, and the parts that add up to them."""
    office.generate(audience=SIZED)

    page = office.get("rex", "/v1/reviews").json()

    told = page["priorities"][page["items"][0]["id"]]
    assert [part["name"] for part in told["parts"]] == ["risk", "age", "sending", "value"]
    assert told["points"] == pytest.approx(sum(part["points"] for part in told["parts"]))
    assert told["parts"][3]["why"] == "100,000 people in the audience"
    assert told["is_late"] is False


def test_the_more_urgent_request_comes_first(office: Office) -> None:
    """What is for many people stands before what came earlier; `oldest` turns that round."""
    small = office.generate(n=1)["variants"][0]["review_id"]
    office.clock.forward(minutes=5)
    large = office.generate(audience=SIZED, n=1, campaign="big")["variants"][0]["review_id"]

    assert listed(office) == [large, small]
    assert listed(office, order="oldest") == [small, large]


def test_filters_come_in_the_address(office: Office) -> None:
    """Fields narrow the list, repeated ones widen it, and a field that is not known is refused."""
    item = office.item()
    everything = set(listed(office))

    assert set(listed(office, locale=["en-US", "de-DE"], brand="Northpeak")) == everything
    assert listed(office, locale="de-DE") == []
    assert set(listed(office, text="MUD season:", requester="ada")) == everything - {item["id"]}
    assert office.get("rex", "/v1/reviews", params={"colour": "red"}).status_code == 422
    assert office.get("rex", "/v1/reviews", params={"after": "rev_1"}).status_code == 422


def test_what_i_hold_is_told_from_what_others_hold(office: Office) -> None:
    """`claimed` means running leases: mine, anyone's, or none."""
    item = office.item()
    office.act("rex", "claim", item)

    assert listed(office, claimed="me") == [item["id"]]
    mine_for_bea = office.get("bea", "/v1/reviews", params={"claimed": "me"}).json()["items"]
    assert mine_for_bea == []
    assert item["id"] not in listed(office, claimed="nobody")


def test_counts_follow_the_filter(office: Office) -> None:
    """States, late, mine, and the facets that are asked for."""
    office.act("rex", "claim", office.item())

    counted = office.get("rex", "/v1/review-counts", params={"by": ["kind", "locale"]}).json()
    none = office.get("rex", "/v1/review-counts", params={"campaign": "autumn"}).json()

    assert (counted["states"]["waiting"], counted["states"]["claimed"]) == (1, 1)
    assert counted["mine"] == 1
    assert counted["values"] == {"kind": {BRIEF["kind"]: 2}, "locale": {"en-US": 2}}
    assert set(none["states"].values()) == {0}


def test_a_view_is_kept_and_used_by_its_name(office: Office) -> None:
    """A view's filter holds where the address says nothing else, and is only its owner's."""
    item = office.item()
    office.act("bea", "reject", item, reason="tone")
    kept = {"filter": {"state": ["rejected"]}, "order": "oldest"}

    put = office.call("rex", "PUT", "/v1/review-views/done", json=kept)

    assert put.json()["filter"]["state"] == ["rejected"]
    assert [view["name"] for view in office.get("rex", "/v1/review-views").json()["items"]] == [
        "done"
    ]
    assert listed(office, view="done") == [item["id"]]
    assert item["id"] not in listed(office, view="done", state="waiting")
    assert office.get("bea", "/v1/reviews", params={"view": "done"}).status_code == 404
    assert office.call("rex", "DELETE", "/v1/review-views/done").status_code == 204
    assert office.call("rex", "DELETE", "/v1/review-views/done").status_code == 404


def test_many_items_are_decided_on_at_once(office: Office) -> None:
    """The answer tells of each item whether it was done; whoever asked for it is refused."""
    office.generate()
    items = office.get("rex", "/v1/reviews").json()["items"]
    selected = [{"id": item["id"], "version": item["version"]} for item in items]
    decision = {"act": "approve", "items": [*selected, {"id": "rev_gone", "version": 1}]}

    answer = office.post("bea", "/v1/review-decisions", json=decision).json()

    assert (answer["done"], answer["refused"]) == (2, 1)
    assert [one["state"] for one in answer["results"]] == ["approved", "approved", None]
    assert answer["results"][2]["error"] == "not-found"


@pytest.mark.parametrize(
    "decision",
    [
        {"act": "reject"},
        {"act": "approve", "reason": "tone"},
        {"act": "reject", "reason": "other", "note": " "},
        {"act": "escalate", "reason": "tone"},
        {"act": "approve", "items": []},
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    office: Office, decision: dict[str, Any]
) -> None:
    """A rejection needs a reason, an approval takes none, and something has to be selected."""
    sent = {"items": [{"id": "rev_1", "version": 1}], **decision}

    assert office.post("bea", "/v1/review-decisions", json=sent).status_code == 422


def test_items_with_different_findings_are_not_decided_on_together(office: Office) -> None:
    """The refusal names the groups, and nothing was done."""
    office.act("rex", "edit", office.item(), copy=FALSE_COPY)
    items = office.get("rex", "/v1/reviews").json()["items"]
    selected = [{"id": item["id"], "version": item["version"]} for item in items]

    answer = office.post("bea", "/v1/review-decisions", json={"act": "approve", "items": selected})

    assert answer.status_code == 409
    assert "Nothing was done" in answer.json()["detail"]
    assert all(item["id"] in answer.json()["detail"] for item in items)
    assert listed(office, state="approved") == []
