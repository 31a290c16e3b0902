"""What every test shares: an environment without settings, keys or a way to a model provider."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

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
