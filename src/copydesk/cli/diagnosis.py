"""What `copydesk doctor` looks at."""

from __future__ import annotations

import asyncio
import platform
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import SecretStr

from copydesk import __version__
from copydesk.api.oidc import provider_of
from copydesk.bootstrap import choice, notifying_of, secret_of
from copydesk.briefs import Noun
from copydesk.cli.diagnosis_of_tools import looked_at
from copydesk.cli.local import checker_of
from copydesk.cli.symptoms import State, Symptom
from copydesk.desk.notifying import Standing
from copydesk.errors import CopydeskError
from copydesk.generation.build import build_model, choose, engine_states
from copydesk.notifications import DeliveryState
from copydesk.ranking.build import ModelFiles, build_ranker
from copydesk.review_queue import Policy
from copydesk.review_queue.placing import Placer
from copydesk.settings import Settings
from copydesk.storage.memory import MemoryStore
from copydesk.storage.sql import SqlStore
from copydesk.storage.sql.engine import parsed

EXTRAS = {
    "ml": ("torch", "transformers", "llguidance", "sentence-transformers", "detoxify"),
    "oidc": ("authlib", "httpx2"),
    "postgres": ("psycopg",),
    "guardrails-ai": ("guardrails-ai",),
    "kafka": ("confluent-kafka",),
    "parquet": ("pyarrow",),
    "scale": ("ray",),
}
HIDDEN = "(set)"
ADDRESSES = ("database_url", "openai_base_url")
PASSWORD = re.compile(r"(//[^/@:]*):.*@")
"""What stands between the user's name and the last @: a wrong address may hold a password, too."""


class Diagnosis(Noun):
    """Everything looked at, and the settings in force with secrets hidden."""

    healthy: bool
    symptoms: tuple[Symptom, ...]
    settings: dict[str, str]


def diagnose(settings: Settings) -> Diagnosis:
    """Look at everything; what raises is a symptom."""
    symptoms = (
        *_python(),
        *_extras(),
        *_models(settings),
        *_checks(settings),
        _ranker(settings),
        _policy(settings),
        _database(settings),
        _sign_in(settings),
        *_notifications(settings),
        *_tools(settings),
    )
    return Diagnosis(
        healthy=all(symptom.state is not State.WRONG for symptom in symptoms),
        symptoms=symptoms,
        settings=shown_settings(settings),
    )


def _python() -> Iterator[Symptom]:
    yield Symptom(area="python", name="copydesk", state=State.OK, detail=__version__)
    yield Symptom(area="python", name="python", state=State.OK, detail=platform.python_version())


def _extras() -> Iterator[Symptom]:
    for extra, packages in EXTRAS.items():
        found = {package: _version(package) for package in packages}
        missing = [package for package, installed in found.items() if installed is None]
        if missing:
            remedy = f"{', '.join(missing)} not installed: pip install 'copydesk[{extra}]'"
            yield Symptom(area="extras", name=extra, state=State.ABSENT, detail=remedy)
        else:
            detail = ", ".join(f"{package} {installed}" for package, installed in found.items())
            yield Symptom(area="extras", name=extra, state=State.OK, detail=detail)


def _models(settings: Settings) -> Iterator[Symptom]:
    wanted = choice(settings)
    name, because = choose(wanted)
    needed = {name, *wanted.fallback_models}
    for engine in engine_states(wanted, reach=True):
        # A server may serve a model that it does not list.
        broken = engine.name in needed and engine.state != "not listed"
        absent = State.WRONG if broken else State.ABSENT
        state = State.OK if engine.state == "ready" else absent
        detail = f"{engine.state}: {engine.detail}"
        yield Symptom(area="models", name=engine.name, state=state, detail=detail)
    try:
        build_model(wanted)
    except CopydeskError as error:
        yield Symptom(area="models", name="writes", state=State.WRONG, detail=error.message)
    else:
        detail = f"{name}, because {because}"
        yield Symptom(area="models", name="writes", state=State.OK, detail=detail)


def _checks(settings: Settings) -> Iterator[Symptom]:
    try:
        checker = checker_of(settings)
    except CopydeskError as error:
        yield Symptom(area="checks", name="checks", state=State.WRONG, detail=error.message)
        return
    running = {guard.name for guard in checker.guards}
    for name, detail in checker.engines.items():
        absent = State.WRONG if name in checker.missing else State.ABSENT
        state = State.OK if name in running else absent
        yield Symptom(area="checks", name=name, state=state, detail=detail)


def _ranker(settings: Settings) -> Symptom:
    told = {"area": "ranking", "name": settings.ranker}
    try:
        ranker = build_ranker(settings.ranker, ModelFiles(settings.ranker_model))
        detail = ranker.name
    except CopydeskError as error:
        return Symptom(**told, state=State.WRONG, detail=error.message)
    if settings.ranker_model and settings.ranker == "learned":
        detail += f", from {settings.ranker_model}"
    return Symptom(**told, state=State.OK, detail=detail)


def _policy(settings: Settings) -> Symptom:
    try:
        detail = f"rules {Policy.load(settings.policy).sha256[:12]}"
    except CopydeskError as error:
        return Symptom(area="routing", name="policy", state=State.WRONG, detail=error.message)
    return Symptom(area="routing", name="policy", state=State.OK, detail=detail)


def _database(settings: Settings) -> Symptom:
    try:
        state, detail = _look_at(settings)
    except CopydeskError as error:
        state, detail = State.WRONG, error.message
    return Symptom(area="database", name="database", state=state, detail=detail)


def _notifications(settings: Settings) -> Iterator[Symptom]:
    """Look whether channels can be used, and whether messages were given up."""
    try:
        standing = _told(settings)
    except CopydeskError as error:
        state, detail = State.WRONG, error.message
    else:
        state = State.ABSENT if standing is None else State.OK
        if standing is not None and standing.counts[DeliveryState.FAILED]:
            state = State.WRONG
        detail = "off: no channel is set up" if standing is None else standing.told
    yield Symptom(area="notifications", name="notifications", state=state, detail=detail)


def _tools(settings: Settings) -> Iterator[Symptom]:
    try:
        store = None if _is_new(settings) else SqlStore(settings.database_url)
    except CopydeskError:  # told of the database
        store = None
    try:
        yield from looked_at(settings, store)
    finally:
        if store is not None:
            store.close()


def _told(settings: Settings) -> Standing | None:
    """Return how messages get through; None where no channel is set up. Raises CopydeskError."""
    policy = Policy.load(settings.policy)
    store = MemoryStore() if _is_new(settings) else SqlStore(settings.database_url)
    try:
        notifying = notifying_of(settings, store, policy, Placer(policy))
        return notifying.standing() if notifying.book.channels else None
    finally:
        store.close()


def _is_new(settings: Settings) -> bool:
    """Return whether there is no database yet: looking must not make one."""
    if settings.database_url.startswith("memory:"):
        return True
    url = parsed(settings.database_url)
    return url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists()


def _look_at(settings: Settings) -> tuple[State, str]:
    """Return how the database is, without making or changing it. Raises CopydeskError."""
    if settings.database_url.startswith("memory:"):
        return State.OK, "memory: keeps nothing"
    url = parsed(settings.database_url)
    if url.get_backend_name() == "sqlite":
        if url.database and not Path(url.database).exists():
            return State.ABSENT, f"{url.database} is not there yet: made at the first use"
    else:
        secret_of(settings)
    store = SqlStore(settings.database_url)
    try:
        store.ping()
    finally:
        store.close()
    return State.OK, f"{url.render_as_string()}: reachable, at the newest migration"


def _sign_in(settings: Settings) -> Symptom:
    told = {"area": "sign-in", "name": "provider"}
    try:
        provider = provider_of(settings)
        if provider is None:
            return Symptom(**told, state=State.ABSENT, detail="people sign in with passwords")
        asyncio.run(provider.look())
    except CopydeskError as error:
        return Symptom(**told, state=State.WRONG, detail=error.message)
    passwords = "no passwords" if provider.config.only else "or with passwords"
    detail = f"{provider.config.issuer}: reachable, {passwords}"
    return Symptom(**told, state=State.OK, detail=detail)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def shown_settings(settings: Settings) -> dict[str, str]:
    """Return the settings as text; secrets and passwords are not shown."""
    return {name: _shown(name, value) for name, value in settings}


def _shown(name: str, value: object) -> str:
    if isinstance(value, SecretStr):
        return HIDDEN
    if name in ADDRESSES and value is not None:
        return PASSWORD.sub(r"\1:***@", str(value))
    if isinstance(value, tuple | dict):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
