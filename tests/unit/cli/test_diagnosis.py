"""What `copydesk doctor` finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from copydesk.cli.diagnosis import HIDDEN, diagnose, shown_settings
from copydesk.cli.symptoms import State, Symptom
from copydesk.settings import Settings
from copydesk.storage.build import open_store
from tests.oidc_provider import running_provider


def symptom(name: str, **settings: Any) -> Symptom:
    found = diagnose(Settings(**{"database_url": "memory://", **settings}))
    (wanted,) = [symptom for symptom in found.symptoms if symptom.name == name]
    return wanted


def test_defaults_are_healthy(tmp_path: Path) -> None:
    """The defaults are healthy, with a database that is made at the first use."""
    found = diagnose(Settings(database_url=f"sqlite:///{tmp_path}/new.db"))

    assert found.healthy
    assert list(tmp_path.iterdir()) == []


def test_secrets_and_passwords_are_hidden() -> None:
    """Keys, secrets and passwords in addresses are not shown, wherever they stand."""
    shown = shown_settings(
        Settings(
            secret=SecretStr("hush-1"),
            openai_api_key=SecretStr("hush-2"),
            openai_base_url="https://user:hush-3@models.example/v1",
            database_url="postgresql+psycopg://user:hush@4@db.example/copydesk",
        )
    )

    assert "hush" not in str(shown)
    assert (shown["secret"], shown["openai_api_key"]) == (HIDDEN, HIDDEN)
    assert shown["database_url"] == "postgresql+psycopg://user:***@db.example/copydesk"


def test_migrated_database_is_reachable(tmp_path: Path) -> None:
    """A database at the newest migration is in order."""
    url = f"sqlite:///{tmp_path}/copydesk.db"
    open_store(url).close()

    assert symptom("database", database_url=url).state is State.OK


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "sqlite:///FILE"),
        ("postgresql+psycopg://nobody@127.0.0.1:1/none", "COPYDESK_SECRET"),
    ],
)
def test_unusable_database_is_wrong(url: str, said: str) -> None:
    """A database that cannot be used is wrong, with what would be right."""
    found = symptom("database", database_url=url)

    assert found.state is State.WRONG
    assert said in found.detail


def test_database_that_does_not_answer_is_wrong() -> None:
    """A PostgreSQL that does not answer is wrong, and its password is not shown."""
    url = "postgresql+psycopg://nobody:hush@127.0.0.1:1/none"

    found = symptom("database", database_url=url, secret=SecretStr("s"))

    assert found.state is State.WRONG
    assert "hush" not in found.detail


def test_model_asked_for_by_name_and_not_configured_is_wrong() -> None:
    """A model that the settings name and that cannot write is wrong; one not named is absent."""
    assert symptom("openai", model="openai").state is State.WRONG
    assert symptom("openai").state is State.ABSENT


def test_policy_that_is_not_there_is_wrong() -> None:
    """A policy file that cannot be read is wrong, by name."""
    found = symptom("policy", policy=Path("/nowhere/policy.yaml"))

    assert found.state is State.WRONG
    assert "/nowhere/policy.yaml" in found.detail


def test_guard_that_cannot_run_is_wrong_only_when_asked_for() -> None:
    """detoxify without a checkpoint is absent by default, and wrong when the settings want it."""
    name = "toxicity.detoxify"

    assert symptom(name).state is State.ABSENT
    assert symptom(name, guards=("rules", "detoxify")).state is State.WRONG


def test_guard_that_does_not_exist_is_wrong() -> None:
    """A guard by a name that nobody knows is wrong, with the known ones."""
    found = symptom("checks", guards=("rulez",))

    assert found.state is State.WRONG
    assert "rules" in found.detail


def test_sign_in_is_with_passwords_by_default() -> None:
    """Where no provider is named, that is told and not wrong."""
    assert symptom("provider").state is State.ABSENT


def test_a_sign_in_provider_is_looked_at() -> None:
    """One that answers is in order; its secret is not shown."""
    with running_provider() as running:
        oidc = {"oidc_issuer": running.address, "oidc_client_id": "copydesk"}
        found = symptom("provider", **oidc)

    assert (found.state, found.detail) == (
        State.OK,
        f"{running.address}: reachable, or with passwords",
    )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "copydesk"}, "cannot be used"),
        ({"oidc_only": True}, "oidc_only is set without it"),
    ],
)
def test_a_sign_in_provider_that_cannot_be_used_is_wrong(
    settings: dict[str, Any], said: str
) -> None:
    """Neither one that is gone nor settings that cannot be meant pass for healthy."""
    found = symptom("provider", **settings)

    assert found.state is State.WRONG
    assert said in found.detail


def test_notifications_are_off_until_a_channel_is_set_up(tmp_path: Path) -> None:
    """Nothing to be told is no illness; a file that cannot be used is."""
    assert symptom("notifications").state is State.ABSENT
    file = tmp_path / "notifications.yaml"
    file.write_text("channels: {ops: {kind: webhook, url: 'http://hooks.example/'}}")
    wrong = symptom("notifications", notifications=file)

    assert wrong.state is State.WRONG
    assert "use https://" in wrong.detail
