"""The only place that names real adapters: from settings to a working Copydesk."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import available_timezones

from sqlalchemy.engine import make_url

from copydesk.desk.access_desk import Access
from copydesk.desk.asking import Asking
from copydesk.desk.attributing import Attributing
from copydesk.desk.browsing import Browsing
from copydesk.desk.conversing import Conversing
from copydesk.desk.deciding import Deciding
from copydesk.desk.evidence import Explaining
from copydesk.desk.examples import ApprovedExamples
from copydesk.desk.experimenting import Experimenting
from copydesk.desk.exporting import Exporting, RotatingKeys
from copydesk.desk.history import HistorySignals
from copydesk.desk.identities import Identities
from copydesk.desk.keeping_time import KeepingTime
from copydesk.desk.learning import Learning
from copydesk.desk.measuring import Measuring
from copydesk.desk.notifying import Notifying
from copydesk.desk.outside import Outside
from copydesk.desk.own_rankers import OwnRankers
from copydesk.desk.parts import Clock
from copydesk.desk.posting import Posting
from copydesk.desk.pushing import Pushing
from copydesk.desk.queueing import Queueing
from copydesk.desk.receiving import Receiving
from copydesk.desk.recipients import Recipients
from copydesk.desk.recording import Recording
from copydesk.desk.reviewing import Reviewing
from copydesk.desk.routing import Router
from copydesk.desk.serving import Serving
from copydesk.desk.sign_in import SignIn
from copydesk.desk.sorting import Sorting
from copydesk.desk.standards import Standards
from copydesk.desk.sweeping import Sweeping
from copydesk.desk.tool_keys import ToolKeys
from copydesk.desk.triggering import Triggering
from copydesk.desk.trusting import Trusting
from copydesk.errors import SettingsError
from copydesk.feedback.attribution import Attribution
from copydesk.feedback.webhooks import keys_of
from copydesk.generation import Model
from copydesk.generation.build import (
    ModelChoice,
    build_answerer,
    build_batch,
    build_model,
    build_provider,
)
from copydesk.generation.hosted import Provider
from copydesk.generation.questions import Answerer
from copydesk.guardrails.build import build_checker
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.rules import RulesGuard
from copydesk.guardrails.toxicity import Checkpoint
from copydesk.jobs.posts import Posts
from copydesk.jobs.rounds import Round, RoundKeeper
from copydesk.notifications import Book
from copydesk.notifications.build import build_carriers
from copydesk.pipeline import Pipeline
from copydesk.prompts import prompt_versions
from copydesk.publishing import recipient_key
from copydesk.publishing.keyring import kept_key
from copydesk.publishing.triggers import TriggerBook
from copydesk.pushing import Targets
from copydesk.pushing.build import build_tools
from copydesk.ranking import Ranker
from copydesk.ranking.build import ModelFiles, build_ranker
from copydesk.review_queue.placing import Placer
from copydesk.review_queue.policy import Policy
from copydesk.settings import Settings
from copydesk.steps import Desk
from copydesk.storage import Store
from copydesk.storage.build import open_store
from copydesk.storage.ledger import StoreLedger
from copydesk.storage.watched import WatchedStore
from copydesk.storage.watching import Watch

if TYPE_CHECKING:
    from copydesk.generation.openai_batch import OpenAIBatch


SWEEP_EVERY = timedelta(minutes=10)
"""How soon a law that enters into force at midnight takes copy back."""


@dataclass(frozen=True, slots=True)
class Copydesk:
    """Everything, wired."""

    settings: Settings
    store: Store
    model: Model
    provider: Provider
    checker: Checker
    ranker: Ranker
    policy: Policy
    pipeline: Pipeline
    asking: Asking
    browsing: Browsing
    reviewing: Reviewing
    conversing: Conversing
    outside: Outside
    queueing: Queueing
    deciding: Deciding
    serving: Serving
    experimenting: Experimenting
    exporting: Exporting
    pushing: Pushing
    posting: Posting
    receiving: Receiving
    tool_keys: ToolKeys
    sorting: Sorting
    access: Access
    sign_in: SignIn
    trusting: Trusting
    learning: Learning
    recording: Recording
    notifying: Notifying
    explaining: Explaining
    measuring: Measuring
    clock: Clock
    sweeping: Sweeping
    triggering: Triggering
    timing: KeepingTime
    identities: Identities
    watch: Watch
    """Started and stopped with the app."""

    async def aclose(self) -> None:
        """Let go of connections and memory."""
        await self.model.aclose()
        await self.checker.aclose()
        await asyncio.to_thread(self.serving.counts.write)
        self.store.close()


class Core(NamedTuple):
    """What nearly every service is made of."""

    store: WatchedStore
    provider: Provider
    policy: Policy
    checker: Checker
    model: Model
    own: OwnRankers
    ranker: Ranker
    pipeline: Pipeline
    secret: bytes
    placer: Placer
    targets: Targets
    trusting: Trusting
    standards: Standards
    access: Access


def utc_now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


def bootstrap(
    settings: Settings,
    *,
    store: Store | None = None,
    model: Model | None = None,
    judge: Answerer | None = None,
    clock: Clock = utc_now,
) -> Copydesk:
    """Wire Copydesk as the settings say; `store`, `model` and `judge` take the place of theirs.

    Raises:
        SettingsError: a setting names something that is not there.
        ModelMisconfigured: the model that was asked for by name cannot be used.
    """
    core = _core(settings, store, model, judge, clock)
    store, policy, checker, secret = core.store, core.policy, core.checker, core.secret
    placer, targets = core.placer, core.targets
    reviewing = _reviewing(settings, core, clock)
    conversing = Conversing(reviewing.acting)
    serving, recipients = _serving(settings, (store, checker, policy, clock), secret)
    tool_keys = tool_keys_of(settings, store, secret, clock)
    return Copydesk(
        settings=settings,
        store=store,
        model=core.model,
        provider=core.provider,
        checker=checker,
        ranker=core.ranker,
        policy=policy,
        pipeline=core.pipeline,
        asking=Asking(store, core.pipeline, policy, clock, core.trusting),
        browsing=Browsing(store, policy, clock),
        reviewing=reviewing,
        conversing=conversing,
        outside=Outside(reviewing, conversing, secret),
        queueing=Queueing(store, placer, clock),
        deciding=Deciding(store, reviewing),
        receiving=Receiving(store, tool_keys, serving.recipient_key, secret, clock),
        tool_keys=tool_keys,
        sorting=sorting_of(settings, store, clock, secret),
        serving=serving,
        experimenting=Experimenting(store, policy, core.ranker, clock, partial(kept_key, secret)),
        exporting=Exporting(store, policy, clock, _keys(serving)),
        pushing=Pushing(store, policy, targets, clock, serving.recipient_key),
        posting=posting_of(settings, store, policy, targets, serving, clock),
        access=core.access,
        sign_in=SignIn(store, clock, core.access, secret),
        trusting=core.trusting,
        learning=Learning(store, core.own, clock),
        recording=Recording(store),
        notifying=notifying_of(settings, store, policy, placer, clock),
        explaining=Explaining(store, core.standards, serving.counts, clock),
        measuring=Measuring(store, policy, clock, core.provider.currency),
        clock=clock,
        sweeping=Sweeping(store, checker, policy, clock),
        watch=Watch(store, [serving.identities, recipients.triggering]),
        identities=serving.identities,
        triggering=recipients.triggering,
        timing=recipients.timing,
    )


def _core(
    settings: Settings,
    store: Store | None,
    model: Model | None,
    judge: Answerer | None,
    clock: Clock,
) -> Core:
    watched = WatchedStore(store or open_store(settings.database_url))
    provider = provider_of(settings, watched)
    policy = Policy.load(settings.policy)
    checker = _checker(settings, lambda: judge or judge_of(settings, provider))
    chosen, because = _model(settings, provider, model)
    own = OwnRankers(watched, ModelFiles(settings.ranker_model))
    ranker = build_ranker(settings.ranker, own.files, own.own)
    examples = ApprovedExamples(watched, settings.embedding_model)
    prompts = _prompts(settings)
    secret = secret_of(settings)
    timing = timing_of(settings, watched, clock)
    history = HistorySignals(watched, timing, partial(recipient_key, secret))
    pipeline = Pipeline(
        Desk(chosen, because, checker, ranker, policy, clock, prompts, examples, history)
    )
    return Core(
        store=watched,
        provider=provider,
        policy=policy,
        checker=checker,
        model=chosen,
        own=own,
        ranker=ranker,
        pipeline=pipeline,
        secret=secret,
        placer=Placer(policy, reviewers(checker)),
        targets=Targets.load(settings.push_targets),
        trusting=Trusting(watched, policy, clock, secret, demanding(checker)),
        standards=Standards(watched, policy, checker, clock),
        access=Access(watched, clock, settings.session_hours, settings.session_idle_minutes),
    )


def _reviewing(settings: Settings, core: Core, clock: Clock) -> Reviewing:
    lease = timedelta(minutes=settings.lease_minutes)
    undo = timedelta(seconds=settings.undo_seconds)
    decides = reviewers(core.checker)
    return Reviewing(core.store, core.checker, core.policy, clock, lease, undo, decides)


def posting_of(
    settings: Settings,
    store: Store,
    policy: Policy,
    targets: Targets,
    serving: Serving,
    clock: Clock = utc_now,
) -> Posting:
    """Return what pushes approved copy. Raises SettingsError where a target lacks its secret."""
    given = settings.push_secrets.items()
    own = {name: [one.get_secret_value() for one in secret] for name, secret in given}
    return Posting(store, policy, targets, build_tools(targets, own), clock, _keys(serving))


def _keys(serving: Serving) -> RotatingKeys:
    return RotatingKeys(serving.recipient_key, serving.identities.handing)


def posts_of(copydesk: Copydesk) -> Posts:
    """Return all that goes out by itself: messages to people and programs, and pushes."""
    return Posts({"dlv_": copydesk.notifying, "pls_": copydesk.posting})


def rounds_of(copydesk: Copydesk) -> RoundKeeper:
    """Return what does by itself what comes again and again, as often as the settings say."""
    settings, off = copydesk.settings, timedelta(0)
    asked = (
        Round("timing", timedelta(hours=settings.timing_every_hours), copydesk.timing.steps),
        Round(
            "experiments",
            timedelta(minutes=settings.experiments_every_minutes),
            copydesk.experimenting.steps,
        ),
        Round("drift", timedelta(hours=settings.drift_every_hours), copydesk.learning.steps),
    )
    wanted = [one for one in asked if settings.rounds and one.every > off]
    sweep = Round("rules", SWEEP_EVERY, copydesk.sweeping.steps, at_start=True)
    return RoundKeeper(copydesk.store, [sweep, *wanted], copydesk.clock)


def _serving(
    settings: Settings, wired: tuple[Store, Checker, Policy, Clock], secret: bytes
) -> tuple[Serving, Recipients]:
    """Return what serves, with what it knows of recipients: each needs the other's keys."""
    store, _, _, clock = wired
    triggering = triggering_of(settings, store, clock, secret)
    recipients = Recipients(triggering, timing_of(settings, store, clock))
    undo = timedelta(seconds=settings.undo_seconds)
    serving = Serving(*wired, secret, undo, recipients)
    return serving, recipients


def _checker(settings: Settings, judge: Callable[[], Answerer]) -> Checker:
    return build_checker(
        rule_packs=settings.rule_packs,
        rule_overrides=settings.rule_overrides,
        guards=settings.guards,
        detoxify=Checkpoint(settings.detoxify_checkpoint, settings.detoxify_config),
        judge=judge,
        guardrails_ai=settings.guardrails_ai,
        timeout_s=settings.guard_timeout_s,
    )


def demanding(checker: Checker) -> frozenset[str]:
    """Return the ids of the rules in force that name who has to decide on what they find."""
    return frozenset(reviewers(checker))


def reviewers(checker: Checker) -> dict[str, str]:
    """Return by its id whom each rule in force names that names who has to decide."""
    books = [guard.book for guard in checker.guards if isinstance(guard, RulesGuard)]
    return {rule.id: rule.reviewer for book in books for rule in book if rule.reviewer}


def _model(settings: Settings, provider: Provider, given: Model | None) -> tuple[Model, str]:
    return (given, "given by the caller") if given else build_model(choice(settings), provider)


def _prompts(settings: Settings) -> str:
    if settings.prompt_version not in prompt_versions():
        there_are = ", ".join(prompt_versions())
        raise SettingsError(f"COPYDESK_PROMPT_VERSION: choose one of {there_are}")
    return settings.prompt_version


def choice(settings: Settings) -> ModelChoice:
    """Return what the settings say about models."""
    named = {each.name: getattr(settings, each.name) for each in fields(ModelChoice)}
    key = settings.openai_api_key
    return ModelChoice(**{**named, "openai_api_key": key.get_secret_value() if key else None})


def tool_keys_of(
    settings: Settings, store: Store, secret: bytes, clock: Clock = utc_now
) -> ToolKeys:
    """Return the secrets by which campaign tools are known. Raises SettingsError."""
    given = settings.webhook_keys.items()
    secrets_of = {tool: [one.get_secret_value() for one in own] for tool, own in given}
    return ToolKeys(store, keys_of(secrets_of), secret, clock)


def sorting_of(
    settings: Settings, store: Store, clock: Clock = utc_now, secret: bytes | None = None
) -> Sorting:
    """Return what reads deliveries. Raises InputError where the file of attribution is wrong."""
    kept = timedelta(days=settings.raw_outcomes_days)
    of_theirs = partial(kept_key, secret or secret_of(settings))
    return Sorting(store, Attribution.load(settings.attribution), clock, kept, of_theirs)


def attributing_of(settings: Settings, store: Store, clock: Clock = utc_now) -> Attributing:
    """Return what attributes late. Raises InputError where the file of attribution is wrong."""
    return Attributing(store, Attribution.load(settings.attribution), clock)


def notifying_of(
    settings: Settings, store: Store, policy: Policy, placer: Placer, clock: Clock = utc_now
) -> Notifying:
    """Return what tells people and programs.

    Raises:
        InputError: the file of notifications cannot be used.
        SettingsError: a channel lacks its secret.
    """
    book = Book.load(settings.notifications)
    given = settings.notification_secrets.items()
    secrets_of = {name: [one.get_secret_value() for one in own] for name, own in given}
    carriers = build_carriers(book, secrets_of, settings.public_url)
    router = Router(book, placer, policy.speaks_for)
    return Notifying(store, book, carriers, router, placer, clock)


def triggering_of(
    settings: Settings,
    store: Store,
    clock: Clock = utc_now,
    secret: bytes | None = None,
) -> Triggering:
    """Return what hears events of recipients. Raises InputError when its rules cannot be used."""
    secret = secret or secret_of(settings)
    book, keep = TriggerBook.load(settings.triggers), timedelta(days=settings.events_kept_days)
    key_of, of_theirs = partial(recipient_key, secret), partial(kept_key, secret)
    return Triggering(store, book, clock, key_of, keep, of_theirs)


def timing_of(settings: Settings, store: Store, clock: Clock = utc_now) -> KeepingTime:
    """Return what knows recipients' hours and fatigue. Raises SettingsError for a strange zone."""
    if settings.timing_zone not in available_timezones():
        raise SettingsError(
            f"COPYDESK_TIMING_ZONE: there is no zone {settings.timing_zone}: name one, as "
            "Europe/Berlin"
        )
    return KeepingTime(store, clock, settings.timing_zone)


def judge_of(settings: Settings, provider: Provider | None = None) -> Answerer:
    """Return the server that the check `judge` asks. Raises ModelMisconfigured without one."""
    return build_answerer(choice(settings), settings.judge_model, provider)


def batch_of(copydesk: Copydesk) -> OpenAIBatch:
    """Return what asks the hosted model for much at once. Raises ModelMisconfigured without one."""
    return build_batch(choice(copydesk.settings), copydesk.provider)


def provider_of(settings: Settings, store: Store) -> Provider:
    """Return what all callers of hosted models share: limits, budget, and answers paid for.

    Raises:
        InputError: the price table cannot be read.
    """
    ledger = StoreLedger(store, timedelta(days=settings.answers_kept_days))
    return build_provider(choice(settings), ledger)


def secret_of(settings: Settings) -> bytes:
    """Return the secret that keys recipients; on SQLite it is made once, in a file beside it."""
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    url = make_url(settings.database_url)
    if url.get_backend_name() == "memory":
        return secrets.token_bytes(32)
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        raise SettingsError(
            "COPYDESK_SECRET: set it to a long random text, the same for every process "
            "(`openssl rand -hex 32` prints one)"
        )
    return _kept(Path(str(url.database)).with_suffix(".secret"))


def _kept(file: Path) -> bytes:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_bytes().strip()
    made = secrets.token_hex(32).encode()
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(made)
    return made
