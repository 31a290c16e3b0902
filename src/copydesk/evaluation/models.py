"""Models by the names that an evaluation gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from copydesk.errors import InputError, ModelMisconfigured
from copydesk.generation import Model
from copydesk.generation.build import OPENAI_REMEDY, ModelChoice, build_model
from copydesk.generation.hosted import Provider

NAMES = "phrasebook, openai, openai:MODEL, local:PATH, scripted:FILE"


def named_model(name: str, choice: ModelChoice, provider: Provider | None = None) -> Model:
    """Return the model of this name, with nothing to fall back on: its failures are results.

    `openai` asks the configured server for the configured model, `openai:MODEL` for another one.

    Raises:
        InputError: there is no such model, or its script cannot be read.
        ModelMisconfigured: it was named without what it cannot do without.
    """
    return build_model(_choice(name, choice), provider).model


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Return each name as a table shows it: of a path its last part, where that is no other's."""
    short = {name: _short(name) for name in names}
    taken = Counter(short.values())
    return {name: said if taken[said] == 1 else name for name, said in short.items()}


def _short(name: str) -> str:
    kind, _, what = name.partition(":")
    is_path = kind in {"local", "scripted"} and what
    return f"{kind}:{Path(what).name}" if is_path else name


def _choice(name: str, choice: ModelChoice) -> ModelChoice:
    alone = replace(choice, fallback_models=())
    kind, _, what = name.partition(":")
    if name == "phrasebook":
        return replace(alone, model="phrasebook")
    if kind == "openai":
        if not (choice.openai_api_key or choice.openai_base_url):
            raise ModelMisconfigured(f"{name} is not configured: {OPENAI_REMEDY}")
        return replace(alone, model="openai", openai_model=what or choice.openai_model)
    if kind == "local" and what:
        return replace(alone, model="transformers", transformers_model=what)
    if kind == "scripted" and what:
        return replace(alone, model="scripted", scripted_file=Path(what))
    raise InputError(f"there is no model {name}: choose among {NAMES}")
