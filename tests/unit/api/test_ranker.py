"""`/v1/ranker`, the page of the ranker, and scores that a brand's own sends changed."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from copydesk.access import Role
from tests.factories import AUDIENCE, BRAND, COPY, NOW
from tests.unit.api.browsing import Browser
from tests.unit.api.office import OPERATOR, OTHER_COPY, Office

SUBJECTS = ("Which shoes for the mud?", "New shoes for the muddy season", "Shoes at 20% off")


def past_sends(number: int = 60, share: float = 0.04) -> str:
    pick = Random(1)
    lines = [
        f"{pick.choice(SUBJECTS)},{(NOW + timedelta(days=day - 200)).date()},5000,"
        f"{round(5000 * share * pick.uniform(0.8, 1.2))}"
        for day in range(number)
    ]
    return "\n".join(["subject,sent_at,recipients,clicks", *lines])


def learn(office: Office, **wanted: Any) -> Any:
    body = {"brand": "Northpeak", "sends_csv": past_sends(), **wanted}
    return office.post("root", "/v1/ranker/learn", json=body)


def ranked(office: Office, who: str = "ada") -> Any:
    candidates = [{"id": "a", "copy": COPY}, {"id": "b", "copy": OTHER_COPY}]
    line = {"brand": BRAND, "audience": AUDIENCE, "candidates": candidates}
    return office.post(who, "/v1/rank", json=line)


def parts(scored: Any) -> set[str]:
    return {part["name"] for part in scored["breakdown"]}


def test_what_was_learned_changes_the_next_ranking(office: Office) -> None:
    """A version in use has its part in every score of the brand; taken back, it has none."""
    before = ranked(office).json()["ranking"]
    taught = learn(office).json()
    after = ranked(office).json()["ranking"]

    assert taught["promoted"]
    assert all("own_sends.clicks" not in parts(one) for one in before)
    assert all("own_sends.clicks" in parts(one) for one in after)
    rolled = office.post("root", "/v1/ranker/rollback", json={"brand": "Northpeak"})
    assert rolled.status_code == 200
    assert ranked(office).json()["ranking"] == before


def test_a_generation_uses_the_brands_version_and_names_the_ranker(office: Office) -> None:
    """Variants carry the own part in their score, and the model's name in their provenance."""
    version = learn(office).json()["version"]
    variant = office.generate()["variants"][0]

    (own,) = (p for p in variant["score"]["breakdown"] if p["name"] == "own_sends.clicks")
    assert f"version {version}: 40 sends to 200,000 recipients" in own["why"]
    assert variant["variant"]["provenance"]["ranker"] == office.desk.ranker.name
    assert office.client.get("/readyz").json()["ranker"] == office.desk.ranker.name


def test_versions_are_listed_with_who_put_them_there(office: Office) -> None:
    """The list tells every version, the changes with their maker, and the aims."""
    taught = learn(office, objectives={"aim": "clicks", "unsubscribe": 7, "complaint": 70}).json()
    told = office.get("root", "/v1/ranker").json()

    (item,) = told["items"]
    assert told["ranker"].startswith("learned.v1:")
    assert item["versions"]["line"][-1] == taught["version"]
    assert item["versions"]["changes"][0]["by"] == "root"
    assert item["objectives"]["unsubscribe"] == 7
    drift = office.get("root", "/v1/ranker/drift?brand=Northpeak").json()
    assert drift["version"] == taught["version"]


def test_what_cannot_be_done_is_said(office: Office) -> None:
    """No sends, a wrong file, no version, nothing to take back: each has its own answer."""
    empty = office.post("root", "/v1/ranker/learn", json={"brand": "Northpeak"})
    wrong = learn(office, sends_csv="subject,clicks\nx,1")
    unknown = office.post("root", "/v1/ranker/rollback", json={"brand": "Northpeak"})
    learn(office, sends_csv=past_sends(10))
    first = office.post("root", "/v1/ranker/rollback", json={"brand": "Northpeak"})

    statuses = [answer.status_code for answer in (empty, wrong, unknown, first)]
    assert statuses == [422, 422, 404, 409]
    assert "this column is needed in the header" in wrong.text


@pytest.mark.parametrize("who", ["ada", "bea", "mailer"])
def test_only_admins_see_and_change_the_ranker(office: Office, who: str) -> None:
    """Whoever asks, signs or pulls is refused, by the API and by the page."""
    assert office.get(who, "/v1/ranker").status_code == 403
    assert office.post(who, "/v1/ranker/rollback", json={"brand": "Northpeak"}).status_code == 403
    assert Browser(office, who).open("/ranker").status == 403


def test_a_key_of_another_brand_ranks_no_copy_of_this_one(office: Office) -> None:
    """What a brand's sends taught shows in its scores, so they are for those of the brand."""
    roles = [Role.REQUESTER]
    key = office.desk.access.add_key("ada", roles, "", OPERATOR, brands=("Elsewhere",))
    office.keys["guest"] = key.secret

    assert ranked(office, "guest").status_code == 403


def test_an_admin_learns_and_rolls_back_on_the_page(office: Office) -> None:
    """A form learns, a button takes back, and the page says each time what came of it."""
    office.generate()
    root = Browser(office, "root")
    assert "Nothing was learned yet" in root.open("/ranker").text

    page = root.send("/ranker/learn", sends=past_sends(), unsubscribe="7")
    assert "it is in use from the next ranking on" in page.text
    assert "Aims at clicks; an unsubscribe costs as much as 7" in page.text
    assert "on 20 later sends: better" in page.text

    looked = root.open("/ranker?drift=Northpeak")
    assert "Nothing is shown to have changed since version" in looked.text
    assert "The version before is in use again" in root.send("/ranker/rollback").text
    page = root.send("/ranker/promote")
    assert "it is in use from the next ranking on" in page.text


def test_the_page_says_what_is_wrong(office: Office) -> None:
    """A cost that is no number, or no sends at all, leaves everything as it was, in words."""
    office.generate()
    root = Browser(office, "root")
    root.open("/ranker")

    assert "a number from 0 on" in root.send("/ranker/learn", unsubscribe="many").text
    page = root.send("/ranker/learn", unsubscribe="")
    assert (page.status, "no send of this brand is known" in page.text) == (422, True)


def test_scores_are_told_by_slot_and_where_they_come_from(office: Office) -> None:
    """An item's page tells the subject's parts, the interval, and that headlines taught it."""
    item = office.item()
    page = Browser(office, "bea").open(f"/reviews/{item['id']}")

    assert "an average line has 0.50" in page.text
    assert "Learned from experiments with headlines, not with e-mails" in page.text
    assert "others" in page.text
