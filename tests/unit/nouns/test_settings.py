from pathlib import Path

import pytest

from copydesk.errors import SettingsError
from copydesk.settings import load_settings


def test_nothing_set_means_one_machine_and_the_phrase_book(tmp_path: Path) -> None:
    """The defaults need no key, no network and no server."""
    settings = load_settings(tmp_path / "copydesk.yaml")

    assert settings.model == "auto"
    assert settings.openai_api_key is None
    assert settings.database_url.startswith("sqlite:")


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable takes the place of the line in the file; other lines stand."""
    file = tmp_path / "copydesk.yaml"
    file.write_text("lease_minutes: 5\nsession_hours: 3\n")
    monkeypatch.setenv("COPYDESK_LEASE_MINUTES", "9")

    settings = load_settings(file)

    assert (settings.lease_minutes, settings.session_hours) == (9, 3)


def test_the_providers_own_variable_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OPENAI_API_KEY works as it does for the provider's client, and is never printed."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")

    settings = load_settings(tmp_path / "copydesk.yaml")

    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == "sk-secret"
    assert "sk-secret" not in repr(settings)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("lease_minutes: soon", "lease_minutes"),
        ("leese_minutes: 5", "did you mean `lease_minutes`?"),
        ("- a", "write settings as `name: value` lines"),
        ("a: [", "not valid YAML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    """A setting that is unknown or wrong stops the start with its name."""
    file = tmp_path / "copydesk.yaml"
    file.write_text(line)

    with pytest.raises(SettingsError, match=complaint):
        load_settings(file)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUSH_SECRETS", '{"news": {"key": "the-word"}}'),
        ("WEBHOOK_KEYS", '{"mautic": {"key": "the-word"}}'),
        ("NOTIFICATION_SECRETS", '["the-word"]'),
        ("KAFKA", '{"sasl.password": ["the-word"]}'),
    ],
)
def test_a_secret_in_the_wrong_shape_is_not_told(
    name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting is named, and what it should be; what it holds is not."""
    monkeypatch.setenv(f"COPYDESK_{name}", value)

    with pytest.raises(SettingsError, match=name.lower()) as told:
        load_settings(tmp_path / "copydesk.yaml")
    assert "the-word" not in str(told.value)
