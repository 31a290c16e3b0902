"""Putting the checker together from what the settings name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.detection import MISSING, detector
from copydesk.errors import ModelMisconfigured, SettingsError
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.guard import Guard
from copydesk.guardrails.guardrails_ai import PREFIX, ValidatorGuard
from copydesk.guardrails.language import LanguageGuard
from copydesk.guardrails.limits import DEFAULT_S, TimedGuard
from copydesk.guardrails.packs import load_packs
from copydesk.guardrails.rules import RulesGuard
from copydesk.guardrails.toxicity import NOWHERE, Checkpoint, DetoxifyGuard
from copydesk.guardrails.unavailable import EngineUnavailable
from copydesk.guardrails.validators import ValidatorSettings

if TYPE_CHECKING:
    from copydesk.generation.questions import Answerer

JUDGE = "judge"
LANGUAGE = "language"
Maker = Callable[[], Guard]


def no_judge() -> Answerer:
    """Answer for callers that have no model server. Raises ModelMisconfigured."""
    raise ModelMisconfigured("no model server is given")


def build_checker(
    rule_packs: Sequence[Path] = (),
    guards: Sequence[str] = ("rules",),
    detoxify: Checkpoint = NOWHERE,
    judge: Callable[[], Answerer] = no_judge,
    guardrails_ai: Mapping[str, ValidatorSettings] | None = None,
    rule_overrides: Path | None = None,
    timeout_s: float = DEFAULT_S,
) -> Checker:
    """Return the checker with the guards that are named.

    They are `rules`, `detoxify`, `language`, `judge` and `guardrails-ai:NAME`. All but `rules` and
    `language`, whose work is bounded by the length of the copy, are given up on after `timeout_s`
    seconds.

    A guard that is named but cannot run does not stop the service: every check then has a
    finding of severity review that says so. `judge` makes the model server that the judge asks,
    and is called only when it is named.

    Raises:
        SettingsError: there is no guard by that name.
        InputError: a rule pack or the file of overrides is wrong.
    """
    makers: dict[str, Maker] = {
        "rules": lambda: RulesGuard(load_packs(rule_packs, rule_overrides)),
        "detoxify": lambda: TimedGuard(
            DetoxifyGuard.load(detoxify.weights, detoxify.config), timeout_s
        ),
        LANGUAGE: _language,
        JUDGE: lambda: _judge(judge, timeout_s),
        **_validators(guards, guardrails_ai or {}, timeout_s),
    }
    ready: list[Guard] = []
    missing: dict[str, str] = {}
    for name in dict.fromkeys(guards):
        if name not in makers:
            known = f"{', '.join(makers)}, {PREFIX}NAME"
            raise SettingsError(f"guards: there is no `{name}`; known: {known}")
        try:
            ready.append(makers[name]())
        except EngineUnavailable as error:
            missing[error.engine] = str(error)
    return Checker(ready, missing).with_states(_unasked(guards, detoxify.weights))


def _language() -> Guard:
    if (tells := detector()) is None:
        raise EngineUnavailable(LANGUAGE, MISSING)
    return LanguageGuard(tells)


def _judge(answerer: Callable[[], Answerer], timeout_s: float) -> Guard:
    from copydesk.guardrails.judge import JudgeGuard  # with templates and models: it takes time

    try:
        return JudgeGuard(answerer(), timeout_s=timeout_s)
    except ModelMisconfigured as error:
        raise EngineUnavailable(JUDGE, error.message) from error


def _validators(
    guards: Sequence[str], settings: Mapping[str, ValidatorSettings], timeout_s: float
) -> dict[str, Maker]:
    """Return what makes each validator that is named as a guard."""
    names = [guard.removeprefix(PREFIX) for guard in guards if guard.startswith(PREFIX)]

    def made(name: str) -> Guard:
        return TimedGuard(ValidatorGuard.load(name, settings.get(name)), timeout_s)

    return {f"{PREFIX}{name}": partial(made, name) for name in names}


def _unasked(guards: Sequence[str], checkpoint: Path | None) -> dict[str, str]:
    """Return the state of the engines that the settings do not name."""
    states = {}
    if "detoxify" not in guards:
        states[DetoxifyGuard.name] = DetoxifyGuard.outlook(checkpoint)
    if JUDGE not in guards:
        states[JUDGE] = "off"
    return states
