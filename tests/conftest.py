"""What every test shares: an environment without settings, keys or a way to a model provider."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.postgres import Postgres

# A busy machine is no reason to fail: examples are many, their time is not measured.
settings.register_profile(
    "copydesk", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("copydesk")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away settings and provider keys, so that no test depends on the machine it runs on."""
    for name in list(os.environ):
        if name.startswith(("COPYDESK_", "OPENAI_", "HF_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Start a real PostgreSQL, once, for the tests that ask for it."""
    from tests.postgres import running_postgres

    with running_postgres() as server:
        yield server
