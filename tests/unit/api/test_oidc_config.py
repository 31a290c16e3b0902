"""Settings of a sign-in provider: what cannot be meant is said before anything is served."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.api.app import create_app
from copydesk.api.oidc import oidc_config
from copydesk.bootstrap import bootstrap
from copydesk.errors import SettingsError
from copydesk.settings import Settings
from copydesk.storage.memory import MemoryStore

ISSUER = "https://login.example.com"
RIGHT: dict[str, Any] = {"oidc_issuer": ISSUER, "oidc_client_id": "copydesk"}


@pytest.mark.parametrize(
    ("settings", "field", "said"),
    [
        ({"oidc_only": True}, "oidc_issuer", "oidc_only is set without it"),
        ({"oidc_client_id": "copydesk"}, "oidc_issuer", "name the provider"),
        ({"oidc_issuer": ISSUER}, "oidc_client_id", "what the provider calls this Copydesk"),
        ({**RIGHT, "oidc_issuer": "login.example.com"}, "oidc_issuer", "https://login"),
        ({**RIGHT, "oidc_issuer": "http://login.example.com"}, "oidc_issuer", "https://login"),
        ({**RIGHT, "oidc_issuer": "https://me:pw@login.example"}, "oidc_issuer", "https://login"),
        ({**RIGHT, "oidc_issuer": "https://[login"}, "oidc_issuer", "https://login"),
        ({**RIGHT, "oidc_scopes": ["email"]}, "oidc_scopes", "`openid`"),
        ({**RIGHT, "oidc_scopes": ["openid"]}, "oidc_scopes", "`email`"),
        ({**RIGHT, "oidc_unknown_users": "add"}, "oidc_roles_claim", "would have none"),
        ({**RIGHT, "oidc_roles_claim": "groups"}, "oidc_roles", "which group gives which"),
        ({**RIGHT, "oidc_roles": {"a": ["admin"]}}, "oidc_roles_claim", "name the claim"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(
    settings: dict[str, Any], field: str, said: str
) -> None:
    """Each problem names the setting and what would be right."""
    with pytest.raises(SettingsError) as caught:
        oidc_config(Settings(**settings))

    (problem,) = caught.value.problems
    assert (problem.field, said in problem.remedy) == (field, True)


def test_nothing_is_served_with_wrong_settings() -> None:
    """The app does not start: it would let in by passwords alone, and say nothing of it."""
    desk = bootstrap(
        Settings(database_url="memory://", oidc_only=True, model="phrasebook"), store=MemoryStore()
    )

    with pytest.raises(SettingsError, match="oidc_issuer"):
        create_app(desk)


def test_unknown_people_are_refused_unless_the_settings_say_otherwise() -> None:
    """The default fails closed, and takes names from verified addresses."""
    config = oidc_config(Settings(**RIGHT))

    assert config is not None
    assert (config.adds_unknown, config.only, config.name_claim) == (False, False, "email")


def test_a_provider_on_this_machine_needs_no_https() -> None:
    """As in tests, and behind a proxy of its own."""
    for address in ("http://127.0.0.1:9400", "http://localhost:9400", "http://[::1]:9400"):
        assert oidc_config(Settings(**{**RIGHT, "oidc_issuer": address})) is not None


def test_without_settings_there_is_no_provider() -> None:
    """The default is passwords."""
    assert oidc_config(Settings()) is None
