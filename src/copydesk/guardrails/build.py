"""Putting the checker together from what the settings name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from copydesk.errors import SettingsError
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.guard import Guard
from copydesk.guardrails.packs import load_packs
from copydesk.guardrails.rules import RulesGuard
from copydesk.guardrails.toxicity import DetoxifyGuard, EngineUnavailable


def build_checker(
    rule_packs: Sequence[Path] = (),
    guards: Sequence[str] = ("rules",),
    detoxify_checkpoint: Path | None = None,
    detoxify_config: Path | None = None,
) -> Checker:
    """Return the checker with these guards, each named `rules` or `detoxify`.

    A guard that is named but cannot run does not stop the service: every check then has a
    finding of severity review that says so.

    Raises:
        SettingsError: there is no guard by that name.
        InputError: a rule pack is wrong.
    """
    makers: dict[str, Callable[[], Guard]] = {
        "rules": lambda: RulesGuard(load_packs(rule_packs)),
        "detoxify": lambda: DetoxifyGuard.load(detoxify_checkpoint, detoxify_config),
    }
    ready: list[Guard] = []
    missing: dict[str, str] = {}
    for name in dict.fromkeys(guards):
        if name not in makers:
            raise SettingsError(f"guards: there is no `{name}`; known: {', '.join(makers)}")
        try:
            ready.append(makers[name]())
        except EngineUnavailable as error:
            missing[error.engine] = str(error)
    unasked = (
        {}
        if "detoxify" in guards
        else {DetoxifyGuard.name: DetoxifyGuard.outlook(detoxify_checkpoint)}
    )
    return Checker(ready, missing).with_states(unasked)
