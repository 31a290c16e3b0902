"""What `copydesk doctor` finds of campaign tools, and what /readyz tells of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from copydesk.access import Actor, Role
from copydesk.bootstrap import secret_of, tool_keys_of
from copydesk.cli.diagnosis import diagnose
from copydesk.cli.symptoms import State
from copydesk.settings import Settings
from copydesk.storage.build import open_store
from tests.factories import NOW
from tests.unit.api.office import Office

ADMIN = Actor("root", frozenset({Role.ADMIN}))
FILES = {
    "triggers": "triggers: [{name: cart, on: cart_abandoned, campaign: spring, audience: carts}]\n",
    "push_targets": "targets: {list: {tool: mautic, url: 'https://m.example', user: u}}\n",
    "attribution": "braze: {c1: {campaign: spring}}\n",
}


def found(**given: Any) -> dict[str, tuple[State, str]]:
    settings = Settings.model_validate({"database_url": "memory://", **given})
    tools = [one for one in diagnose(settings).symptoms if one.area == "campaign tools"]
    return {one.name: (one.state, one.detail) for one in tools}


def test_what_is_not_set_up_is_off() -> None:
    """That is no illness."""
    told = found()

    assert {state for state, _ in told.values()} == {State.ABSENT}
    assert told.keys() >= {"push targets", "triggers", "attribution", "kafka"}


def test_what_is_set_up_is_told(tmp_path: Path) -> None:
    """By name, with how much of it there is."""
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    given = {name: str(tmp_path / f"{name}.yaml") for name in FILES}
    told = found(**given, push_secrets={"list": "hush"})

    assert told["triggers"] == (State.OK, "rules: 1, for spring")
    assert told["push targets"] == (State.OK, "list (mautic)")
    assert told["attribution"] == (State.OK, "braze: ids of 1")
    assert "push_secrets.list" in found(**given)["push targets"][1]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"triggers": "/nowhere.yaml"}, "triggers"),
        ({"push_secrets": {"list": "hush"}}, "push targets"),
        ({"kafka": {"group.id": "copydesk"}}, "kafka"),
    ],
)
def test_what_cannot_be_used_is_told(given: dict[str, Any], name: str) -> None:
    """What is asked for, and is not there, is an illness."""
    assert found(**given)[name][0] is State.WRONG


def test_secrets_rounds_and_rankers_are_read_from_the_database(tmp_path: Path) -> None:
    """A tool with its secrets; a secret sealed under another key is wrong; failures are told."""
    url, own = f"sqlite:///{tmp_path}/copydesk.db", {"webhook_keys": {"mautic": "m" * 32}}
    store = open_store(url)
    settings = Settings.model_validate({"database_url": url, **own})
    tool_keys_of(settings, store, secret_of(settings)).add("braze", None, ADMIN)
    with store.transaction() as tx:
        tx.rounds.know("timing", NOW)
        (state,) = tx.rounds.all()
        tx.rounds.put(state.model_copy(update={"failures": 2, "error": "ValueError: no zone"}))
    store.close()
    told = found(database_url=url, **own)

    assert told["webhooks"] == (State.OK, "braze, mautic")
    assert told["rounds"] == (State.WRONG, "timing failed 2 times in a row: ValueError: no zone")
    assert told["own rankers"] == (State.ABSENT, "nothing was learned yet")
    assert found(database_url=url, secret="another" * 8)["webhooks"][0] is State.WRONG


def test_readiness_names_what_serves_campaign_tools(tmp_path: Path) -> None:
    """Targets, rules and tools with a secret; brokers without the extra are told; no secret is."""
    (tmp_path / "triggers.yaml").write_text(FILES["triggers"])
    keys = {"mautic": "m" * 32}
    office = Office.opened(triggers=tmp_path / "triggers.yaml", webhook_keys=keys)
    with office.client:
        said = office.get(None, "/readyz").json()

    assert (said["triggers"], said["webhooks"], said["push_targets"]) == (1, ["mautic"], [])
    assert (said["kafka"], said["ranker"][:7]) == ("off", "learned")
    assert said["rounds"].keys() <= {"rules", "timing", "experiments", "drift"}
    assert "mmm" not in str(said)
