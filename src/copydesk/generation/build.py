"""Choosing the models that write, and saying why; only what is chosen is imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from copydesk.errors import GenerationError, ModelMisconfigured, ModelUnavailable
from copydesk.generation.chain import ModelChain
from copydesk.generation.hosted import (
    Breaker,
    Budget,
    Ledger,
    Limits,
    MemoryLedger,
    Meter,
    PriceTable,
    Provider,
    Turns,
)
from copydesk.generation.local_memory import Dtype
from copydesk.generation.model import Model
from copydesk.generation.questions import Answerer

if TYPE_CHECKING:
    from copydesk.generation.openai_batch import OpenAIBatch
    from copydesk.generation.openai_compatible import OpenAIModel

Name = Literal["phrasebook", "openai", "transformers", "scripted"]

WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
OPENAI_REMEDY = "set COPYDESK_OPENAI_API_KEY or COPYDESK_OPENAI_BASE_URL"
PACKAGES = ("torch", "transformers", "llguidance")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """What decides which models write. The fields are those of the settings, by the same names."""

    model: Name | Literal["auto"] = "auto"
    fallback_models: tuple[Name, ...] = ("phrasebook",)
    openai_api_key: str | None = field(default=None, repr=False)
    openai_base_url: str | None = None
    openai_model: str = "gpt-5-mini"
    openai_timeout_s: float = 60.0
    openai_retries: int = 2
    openai_concurrency: int = 8
    openai_requests_per_minute: float | None = None
    openai_tokens_per_minute: int | None = None
    openai_wait_s: float = 120.0
    openai_failures: int = 5
    openai_rest_s: float = 30.0
    answers_kept_days: int = 7
    prices: Path | None = None
    budget_request_tokens: int | None = None
    budget_request_money: float | None = None
    budget_day_tokens: int | None = None
    budget_day_money: float | None = None
    transformers_model: str | None = None
    transformers_device: str | None = None
    transformers_dtype: Dtype = "auto"
    transformers_memory_gb: float | None = None
    scripted_file: Path | None = None
    max_output_tokens: int = 8_000
    temperature: float = 0.9


class Chosen(NamedTuple):
    """The models as one, and why the first of them is first."""

    model: ModelChain
    because: str
    """For `Provenance.chosen_because`."""


class EngineState(NamedTuple):
    """Whether one engine could write now, for `doctor` and `/readyz`."""

    name: Name
    state: Literal[
        "ready", "not listed", "not configured", "not installed", "misconfigured", "unreachable"
    ]
    """`not listed` is a server that answers without naming the model: it may still serve it."""
    detail: str


def build_provider(
    choice: ModelChoice, ledger: Ledger | None = None, meter: Meter | None = None
) -> Provider:
    """Return what all callers of the OpenAI-compatible server share; without `ledger`, in memory.

    Raises:
        InputError: the price table cannot be read.
    """
    limits = Limits(
        request_tokens=choice.budget_request_tokens,
        request_money=choice.budget_request_money,
        day_tokens=choice.budget_day_tokens,
        day_money=choice.budget_day_money,
    )
    provider = Provider(
        turns=Turns(
            concurrency=choice.openai_concurrency,
            requests_per_minute=choice.openai_requests_per_minute,
            tokens_per_minute=choice.openai_tokens_per_minute,
            wait_s=choice.openai_wait_s,
        ),
        breaker=Breaker(choice.openai_failures, choice.openai_rest_s),
        budget=Budget(limits, PriceTable.load(choice.prices) if choice.prices else None),
        ledger=ledger or MemoryLedger(),
        meter=meter or Meter(),
        keeps_answers=choice.answers_kept_days > 0,
    )
    provider.meter.watch(provider.budget.left, lambda: provider.breaker.state)
    return provider


def build_model(choice: ModelChoice, provider: Provider | None = None) -> Chosen:
    """Return the chosen model with its fallbacks behind it.

    `provider` is what the model shares with others that ask the same server.

    Raises:
        InputError: the script file of the scripted model cannot be read.
        ModelMisconfigured: a model was named without the setting that it cannot do without.
    """
    first, because = choose(choice)
    names = dict.fromkeys((first, *choice.fallback_models))
    shared = provider or build_provider(choice)
    models = [_BUILDERS[name](choice, shared) for name in names]
    return Chosen(ModelChain(models, shared.meter), because)


def build_answerer(
    choice: ModelChoice, model: str | None = None, provider: Provider | None = None
) -> Answerer:
    """Return the configured OpenAI-compatible server as what answers prompts, at temperature 0.

    `model` is its model's name, where it is another than the one that writes.

    Raises:
        ModelMisconfigured: neither key nor base URL is configured.
    """
    from copydesk.generation.openai_compatible import OpenAIAnswerer

    if not (choice.openai_api_key or choice.openai_base_url):
        raise ModelMisconfigured(f"not configured: {OPENAI_REMEDY}")
    changed = replace(choice, openai_model=model or choice.openai_model, temperature=0.0)
    return OpenAIAnswerer(**_openai_options(changed), provider=provider or build_provider(choice))


def build_batch(choice: ModelChoice, provider: Provider) -> OpenAIBatch:
    """Return what fetches answers of the configured server by its batch API.

    Raises:
        ModelMisconfigured: another model than the server's writes.
    """
    from copydesk.generation.openai_batch import OpenAIBatch

    first, because = choose(choice)
    if first != "openai":
        raise ModelMisconfigured(f"a batch needs a hosted model, and {first} writes: {because}")
    return OpenAIBatch(**_openai_options(choice), provider=provider)


def choose(choice: ModelChoice) -> tuple[Name, str]:
    """Return the name of the model that writes, and why it does."""
    if choice.model != "auto":
        return choice.model, f"the settings name {choice.model}"
    if choice.openai_base_url:
        return "openai", "a base URL is configured"
    if choice.openai_api_key:
        return "openai", "a key is configured"
    if choice.transformers_model:
        return "transformers", "a local model is configured"
    return "phrasebook", "no key, base URL or local model is configured"


def engine_states(choice: ModelChoice, *, reach: bool = False) -> tuple[EngineState, ...]:
    """Return the state of every engine. With `reach` the server is asked, which takes time."""
    return (
        EngineState("phrasebook", "ready", "embedded"),
        _openai_state(choice, reach=reach),
        _transformers_state(choice),
    )


def _openai_state(choice: ModelChoice, *, reach: bool) -> EngineState:
    if not (choice.openai_api_key or choice.openai_base_url):
        return EngineState("openai", "not configured", OPENAI_REMEDY)
    if not reach:
        return EngineState(
            "openai", "ready", f"{choice.openai_model}, not asked whether it is there"
        )
    try:
        listed, words = _openai(choice, build_provider(choice)).reach()
    except ModelUnavailable as error:
        return EngineState("openai", "unreachable", error.message)
    except GenerationError as error:
        return EngineState("openai", "misconfigured", error.message)
    return EngineState("openai", "ready" if listed else "not listed", words)


def _transformers_state(choice: ModelChoice) -> EngineState:
    missing = [package for package in PACKAGES if find_spec(package) is None]
    if missing:
        detail = f"{', '.join(missing)} missing: pip install 'copydesk[ml]'"
        return EngineState("transformers", "not installed", detail)
    if not choice.transformers_model:
        remedy = "set COPYDESK_TRANSFORMERS_MODEL to a directory or a hub name"
        return EngineState("transformers", "not configured", remedy)
    folder = Path(choice.transformers_model)
    if not folder.is_dir():
        detail = f"{folder} is no directory here: taken for a hub name, loaded at the first request"
        return EngineState("transformers", "ready", detail)
    if not any(next(folder.glob(pattern), None) for pattern in WEIGHTS):
        return EngineState("transformers", "misconfigured", f"{folder} holds no weights")
    return EngineState("transformers", "ready", f"weights in {folder}")


def _phrasebook(_: ModelChoice, __: Provider) -> Model:
    from copydesk.generation.phrasebook import PhrasebookModel

    return PhrasebookModel()


def _openai(choice: ModelChoice, provider: Provider) -> OpenAIModel:
    from copydesk.generation.openai_compatible import OpenAIModel

    return OpenAIModel(**_openai_options(choice), provider=provider)


def _openai_options(choice: ModelChoice) -> dict[str, Any]:
    return {
        "model": choice.openai_model,
        "api_key": choice.openai_api_key,
        "base_url": choice.openai_base_url,
        "timeout_s": choice.openai_timeout_s,
        "retries": choice.openai_retries,
        "temperature": choice.temperature,
        "max_output_tokens": choice.max_output_tokens,
    }


def _transformers(choice: ModelChoice, _: Provider) -> Model:
    from copydesk.generation.local import TransformersModel

    if not choice.transformers_model:
        raise ModelMisconfigured("set COPYDESK_TRANSFORMERS_MODEL to a directory or a hub name")
    return TransformersModel(
        choice.transformers_model,
        device=choice.transformers_device,
        dtype=choice.transformers_dtype,
        memory_gb=choice.transformers_memory_gb,
        temperature=choice.temperature,
        max_output_tokens=choice.max_output_tokens,
    )


def _scripted(choice: ModelChoice, _: Provider) -> Model:
    from copydesk.generation.scripted import ScriptedModel

    if choice.scripted_file is None:
        raise ModelMisconfigured("set COPYDESK_SCRIPTED_FILE to a YAML file of answers")
    return ScriptedModel.from_file(choice.scripted_file)


_BUILDERS: dict[Name, Callable[[ModelChoice, Provider], Model]] = {
    "phrasebook": _phrasebook,
    "openai": _openai,
    "transformers": _transformers,
    "scripted": _scripted,
}
