from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from copydesk.errors import ModelMisconfigured
from copydesk.generation import ModelChoice, build_model, engine_states
from copydesk.settings import Settings
from tests.servers import FaultServer, has_models, refuses, says
from tests.unit.generation.samples import a_request

SCRIPT = """\
answers:
  - drafts: [{angle: news, subject: Mud season, preheader: It is back, body: So is the Ridgeline.}]
"""


@pytest.mark.parametrize(
    ("settings", "name", "because"),
    [
        ({}, "phrasebook", "no key, base URL or local model is configured"),
        ({"openai_api_key": "sk"}, "openai:gpt-5-mini > phrasebook", "a key is configured"),
        (
            {"openai_base_url": "http://127.0.0.1:1/v1", "openai_model": "m"},
            "openai:m > phrasebook",
            "a base URL is configured",
        ),
        (
            {"transformers_model": "models/tiny"},
            "transformers:tiny > phrasebook",
            "a local model is configured",
        ),
        (
            {"openai_api_key": "sk", "transformers_model": "models/tiny"},
            "openai:gpt-5-mini > phrasebook",
            "a key is configured",
        ),
        (
            {"openai_api_key": "sk", "model": "phrasebook", "fallback_models": ()},
            "phrasebook",
            "the settings name phrasebook",
        ),
        (
            {"model": "openai", "transformers_model": "t", "fallback_models": ("transformers",)},
            "openai:gpt-5-mini > transformers:t",
            "the settings name openai",
        ),
    ],
)
def test_the_choice_is_explained(settings: dict[str, Any], name: str, because: str) -> None:
    """The named model comes first, else what is configured, and the reason is in words."""
    chosen = build_model(ModelChoice(**settings))

    assert chosen.model.name == name
    assert chosen.because == because


def test_a_script_file_is_a_model(tmp_path: Path) -> None:
    """The scripted model answers from the file that the settings name."""
    file = tmp_path / "script.yaml"
    file.write_text(SCRIPT)
    chosen = build_model(ModelChoice(model="scripted", scripted_file=file))

    assert asyncio.run(chosen.model.draft(a_request())).drafts[0].subject == "Mud season"


@pytest.mark.parametrize("model", ["scripted", "transformers"])
def test_a_model_without_its_setting_is_refused(model: Any) -> None:
    """A model that is named without the file or weights that it needs says what to set."""
    with pytest.raises(ModelMisconfigured, match="set COPYDESK_"):
        build_model(ModelChoice(model=model))


def test_the_choice_has_the_names_and_defaults_of_the_settings() -> None:
    """Every field of the choice is a setting with the same default, so the two cannot differ."""
    settings = Settings()

    assert ModelChoice(**{f.name: getattr(settings, f.name) for f in fields(ModelChoice)}) == (
        ModelChoice()
    )


def test_a_key_is_not_shown() -> None:
    """The representation of a choice does not hold the key."""
    assert "sk-secret" not in repr(ModelChoice(openai_api_key="sk-secret"))


def test_the_phrase_book_needs_neither_client_nor_weights() -> None:
    """Building and using the default imports no provider's client, no torch and no transformers."""
    program = (
        "import sys; from copydesk.generation import ModelChoice, build_model;"
        "build_model(ModelChoice());"
        "print([m for m in ('openai', 'torch', 'transformers', 'llguidance') if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert ran.stdout == "[]\n"


def states_of(choice: ModelChoice, *, reach: bool = False) -> dict[str, tuple[str, str]]:
    return {name: (state, detail) for name, state, detail in engine_states(choice, reach=reach)}


def test_unset_engines_say_what_to_set() -> None:
    """With no settings the phrase book is ready and the others say how to configure them."""
    states = states_of(ModelChoice())

    assert states["phrasebook"] == ("ready", "embedded")
    assert states["openai"][0] == "not configured"
    assert "COPYDESK_OPENAI_BASE_URL" in states["openai"][1]


def test_a_server_is_asked_only_on_request() -> None:
    """Without `reach` a configured server counts as ready, and is said not to have been asked."""
    state, detail = states_of(ModelChoice(openai_api_key="sk"))["openai"]

    assert (state, detail) == ("ready", "gpt-5-mini, not asked whether it is there")


def test_reached_servers_have_the_state_they_are_in() -> None:
    """Asked, a server is ready with the model, not listed without it, unreachable when gone."""
    with FaultServer(says(""), lists=has_models("m")) as server:
        url = server.url
        there = states_of(ModelChoice(openai_base_url=url, openai_model="m"), reach=True)
        other = states_of(ModelChoice(openai_base_url=url, openai_model="x"), reach=True)
    gone = states_of(ModelChoice(openai_base_url=url, openai_model="m"), reach=True)

    assert [states["openai"][0] for states in (there, other, gone)] == [
        "ready",
        "not listed",
        "unreachable",
    ]


def test_a_refused_key_is_a_wrong_setting() -> None:
    """Asked with a key that is refused, a server's state is misconfigured."""
    with FaultServer(says(""), lists=refuses("Wrong key", 401)) as server:
        states = states_of(ModelChoice(openai_base_url=server.url), reach=True)

    assert states["openai"][0] == "misconfigured"


@pytest.mark.ml
def test_local_weights_are_looked_for(tmp_path: Path) -> None:
    """A directory is ready with weights and misconfigured without; other names are the hub's."""
    pytest.importorskip("torch")
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "model.safetensors").touch()
    names = [None, str(tmp_path / "empty"), str(tmp_path / "full"), "org/model"]
    states = [states_of(ModelChoice(transformers_model=name))["transformers"] for name in names]

    assert [state for state, _ in states] == [
        "not configured",
        "misconfigured",
        "ready",
        "ready",
    ]
    assert "hub name" in states[-1][1]
