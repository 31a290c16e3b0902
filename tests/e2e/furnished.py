"""An office in which everything a person can write holds text that wants to be more than text."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from copydesk.access import Role
from copydesk.api.pages import NOUNS
from copydesk.generation import Draft, DraftRequest
from copydesk.pushing import PushState
from copydesk.ranking.sends import PastSend
from tests.contract.test_pushes import a_place, a_push
from tests.factories import AUDIENCE, BRAND, BRIEF, COPY, NOW
from tests.unit.api.office import OPERATOR, OTHER_COPY, PASSWORD, Answer, Office, draft

HOSTILE: list[str] = yaml.safe_load(Path(__file__).with_name("hostile.yaml").read_text("utf-8"))
EVERYTHING = " ".join(HOSTILE)
EVERYBODY = "ines"
"""Holds every role, so sees every page with all that can be on it."""


def hostile_drafts(request: DraftRequest) -> list[Draft]:
    """Give lawful copy, then copy that is hostile in every slot."""
    hostile = [
        {"subject": text[:150], "preheader": text, "body": f"{text}\n\n{COPY['body']}"}
        for text in HOSTILE
    ]
    return [draft(copy) for copy in (COPY, OTHER_COPY, *hostile)][: request.n]


LOOKED_FOR = (
    "/ranker?drift=Northpeak",
    "/brand?name=Northpeak",
    "/library?text=trail",
    "/rules?q=urgent",
    "/ask?example=1",
)
"""Pages that show something else for what is asked of them."""


def furnish(office: Office) -> dict[str, str]:
    """Put something on every page of a running office; return what fills parts of addresses."""
    office.let_in()
    office.desk.access.add_user(EVERYBODY, [*Role], PASSWORD, OPERATOR)
    facts = [{"id": f"fact-{at}", "text": text} for at, text in enumerate(HOSTILE)]
    brief = {**BRIEF, "goal": EVERYTHING, "facts": [*BRIEF["facts"], *facts]}
    audience = {**AUDIENCE, "description": EVERYTHING, "sensitive": True}
    brand = {**BRAND, "samples": HOSTILE, "voice": HOSTILE[:3], "banned_terms": HOSTILE[3:6]}
    generation = office.generate(brief=brief, audience=audience, brand=brand, n=10)
    key = office.desk.access.add_key(EVERYBODY, [Role.PULLER], HOSTILE[0], OPERATOR).stored
    _have_learned(office)
    return {
        "generation_id": generation["id"],
        "variant_id": generation["variants"][-1]["variant"]["id"],
        "campaign_id": "spring",
        "name": "ada",
        "key_id": key.id,
        "rule_id": "promise.market_comparison",
        **_acted_on(office),
    }


def _have_learned(office: Office) -> None:
    """Have the ranker learn from sends of hostile subjects, so that a version can be taken back."""
    sends = [
        PastSend(HOSTILE[day % len(HOSTILE)], NOW + timedelta(days=day - 90), 5_000, 200)
        for day in range(60)
    ]
    for known in (sends[:40], sends):
        office.desk.learning.learn(BRAND["name"], OPERATOR, known)


def _acted_on(office: Office) -> dict[str, str]:
    """Have people say hostile things of the items; return the one to look at and a way to it."""
    items: list[dict[str, Any]] = office.get("rex", "/v1/reviews?limit=50").json()["items"]
    lawful = next(item for item in items if item["copy_now"] == COPY)
    other = next(item for item in items if item["copy_now"] == OTHER_COPY)
    hostile = next(item for item in items if "owned" in item["copy_now"]["subject"])
    invited = {"person": HOSTILE[0][:60], "asks": EVERYTHING}
    link = office.post("bea", f"/v1/reviews/{hostile['id']}/links", json=invited).json()
    done = [
        office.act("bea", "approve", other, note=EVERYTHING),
        office.post("rex", f"/v1/reviews/{hostile['id']}/comments", json={"text": EVERYTHING}),
        office.act("rex", "escalate", hostile, note=EVERYTHING),
        office.act("rex", "request-changes", lawful, note=EVERYTHING),
    ]
    done += _experimented_on(office, other["variant"]["id"])
    done.append(_taken_out(office))
    assert [answer.text for answer in done if not answer.is_success] == []
    return {"item_id": hostile["id"], "token": link["token"], "experiment_id": "subjects"}


def _taken_out(office: Office) -> Answer:
    """Have copy exported, and a push that a tool refused in hostile words."""
    with office.desk.store.transaction() as tx:
        tx.pushes.add(a_push(left_out=(EVERYTHING,)))
        tx.pushes.put(a_place(state=PushState.FAILED, trouble=EVERYTHING))
    return office.get("mailer", "/v1/export/spring")


def _experimented_on(office: Office, variant: str) -> list[Answer]:
    """Have an experiment run and end, for hostile reasons."""
    plan = {"id": "subjects", "campaign": "spring", "recipients": 5_000, "looks": 4}
    plan |= {"control": variant, "holdout": 0.1, "rule": "squared"}
    return [
        office.post("ada", "/v1/experiments", json=plan),
        office.post("ada", "/v1/experiments/subjects/start"),
        office.post("ada", "/v1/experiments/subjects/update"),
        office.post("bea", "/v1/experiments/subjects/stop", json={"because": EVERYTHING[:1_500]}),
    ]


def addresses(places: dict[str, str]) -> list[str]:
    """Return an address of every page. Raises KeyError for a part that `furnish` does not fill."""
    paths = {route.path for noun in NOUNS for route in noun.router.routes if "GET" in route.methods}
    return sorted([*(path.format_map(places) for path in paths), *LOOKED_FOR])
