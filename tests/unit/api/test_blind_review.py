from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from copydesk.api.app import create_app
from copydesk.bootstrap import bootstrap
from copydesk.generation.scripted import ScriptedModel
from copydesk.review_queue import Policy
from copydesk.settings import Settings
from copydesk.storage.memory import MemoryStore
from tests.unit.api.browsing import Browser
from tests.unit.api.office import Clock, Office, two_drafts


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office whose policy has two people read blind what is for a sensitive audience."""
    policy = Policy.load().model_dump(mode="json", exclude_defaults=True)
    asked = {**policy, "signatures": [{"when": {"sensitive": True}, "blind": True}]}
    file = tmp_path / "policy.yaml"
    file.write_text(json.dumps(asked))
    clock, settings = Clock(), Settings(database_url="memory://", policy=file)
    model = ScriptedModel(two_drafts)
    desk = bootstrap(settings, store=MemoryStore(), model=model, clock=clock)
    office = Office(desk, TestClient(create_app(desk), raise_server_exceptions=False), clock)
    office.let_in()
    with office.client:
        yield office


@pytest.mark.parametrize(
    "path", ["", "/signatures", "/comments", "/evidence", "?", "/v1/reviews", "/v1/trust"]
)
def test_nothing_tells_the_second_reader_what_the_first_decided(office: Office, path: str) -> None:
    """Item, list, signatures, comments and evidence hold neither decision, reason nor words."""
    item = office.item()
    here = f"/v1/reviews/{item['id']}"
    office.act("bea", "reject", item, reason="off_brand", note="Far too loud.")
    office.post("bea", f"{here}/comments", json={"text": "Far too loud, really."})

    answer = office.get("olu", path if path.startswith("/v1") else here + path)

    said = answer.text
    assert answer.status_code in {200, 403}
    assert [one for one in ("Far too loud", "off_brand", '"reject"') if one in said] == []


def test_both_decisions_are_told_once_both_have_decided(office: Office) -> None:
    """Two who disagree leave the item escalated, with what each of them said."""
    item = office.item()
    first = office.act("bea", "reject", item, reason="off_brand", note="Far too loud.").json()

    split = office.act("olu", "approve", first, note="It sings.").json()

    assert (first["state"], split["state"]) == ("waiting", "escalated")
    told = {one["actor"]: (one["act"], one["note"]) for one in split["decisions"]}
    assert told == {"bea": ("reject", "Far too loud."), "olu": ("approve", "It sings.")}


@pytest.mark.parametrize("path", ["/", "/reviews/{}"])
def test_no_page_tells_the_second_reader_what_the_first_decided(office: Office, path: str) -> None:
    """The first reads that their decision is kept; the second sees neither it nor their words."""
    item = office.item()
    here = f"/reviews/{item['id']}"
    first = Browser(office, "bea")
    first.open(here)
    kept = first.send(f"{here}/reject", reason="off_brand", note="Far too loud.")
    first.send(f"{here}/comment", text="Far too loud, really.")

    page = Browser(office, "olu").open(path.format(item["id"]))

    assert "Your decision is kept. Another person decides, too." in kept.text
    assert page.status == 200
    assert "Far too loud" not in page.text
    assert "bea" not in page.text
