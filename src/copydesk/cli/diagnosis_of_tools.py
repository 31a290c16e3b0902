"""What `copydesk doctor` looks at of campaign tools: what goes to them, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec

from copydesk.access import Role
from copydesk.bootstrap import secret_of, tool_keys_of
from copydesk.cli.local import at_the_keyboard
from copydesk.cli.symptoms import State, Symptom
from copydesk.errors import CopydeskError, SettingsError
from copydesk.feedback.attribution import Attribution
from copydesk.feedback.tools import tool_named
from copydesk.publishing.triggers import TriggerBook
from copydesk.pushing import Targets
from copydesk.pushing.build import build_tools
from copydesk.settings import Settings
from copydesk.storage import Store

AREA = "campaign tools"
SERVERS = "bootstrap.servers"
Detail = str | None
"""What is there, in words; None: nothing is asked for."""


def looked_at(settings: Settings, store: Store | None) -> Iterator[Symptom]:
    """Look at each; `store` is None where there is no database yet."""
    yield _symptom("push targets", "off: no target is set up", lambda: _targets(settings))
    yield _symptom("triggers", "off: no file is set", lambda: _triggers(settings))
    yield _symptom("attribution", "off: no file is set", lambda: _attribution(settings))
    yield _symptom("kafka", "off: no broker is set", lambda: _kafka(settings))
    if store is not None:
        yield _symptom("webhooks", "off: no tool has a secret", lambda: _webhooks(settings, store))
        yield _symptom("rounds", "none was made yet", lambda: _rounds(store))
        yield _symptom("own rankers", "nothing was learned yet", lambda: _rankers(store))


def _symptom(name: str, off: str, look: Callable[[], Detail]) -> Symptom:
    try:
        detail = look()
    except CopydeskError as error:
        return Symptom(area=AREA, name=name, state=State.WRONG, detail=error.message)
    state = State.ABSENT if detail is None else State.OK
    return Symptom(area=AREA, name=name, state=state, detail=detail or off)


def _targets(settings: Settings) -> Detail:
    targets = Targets.load(settings.push_targets)
    given = settings.push_secrets.items()
    build_tools(targets, {name: [one.get_secret_value() for one in own] for name, own in given})
    told = [f"{name} ({one.tool})" for name, one in sorted(targets.targets.items())]
    return ", ".join(told) or None


def _triggers(settings: Settings) -> Detail:
    if settings.triggers is None:
        return None
    book = TriggerBook.load(settings.triggers)
    campaigns = ", ".join(sorted(book.by_campaign)) or "no campaign"
    return f"rules: {len(book.triggers)}, for {campaigns}"


def _attribution(settings: Settings) -> Detail:
    known = Attribution.load(settings.attribution).root
    told = [f"{tool}: ids of {len(places)}" for tool, places in sorted(known.items())]
    return ", ".join(told) or None


def _kafka(settings: Settings) -> Detail:
    if not settings.kafka:
        return None
    if SERVERS not in settings.kafka:
        raise SettingsError(f"COPYDESK_KAFKA: say where the brokers are, as {SERVERS}")
    if find_spec("confluent_kafka") is None:
        raise SettingsError("Events from Kafka need the extra: pip install 'copydesk[kafka]'")
    return f"brokers at {settings.kafka[SERVERS].get_secret_value()}"


def _webhooks(settings: Settings, store: Store) -> Detail:
    keys = tool_keys_of(settings, store, secret_of(settings))
    kept = [one for one in keys.all(at_the_keyboard(None, Role.ADMIN)) if not one.handshake]
    held = {one.tool for one in kept if one.ends_at is None}
    told = []
    for name in sorted(held | settings.webhook_keys.keys()):
        number = len(keys.of(tool_named(name)))
        told.append(f"{name} ({number})" if number > 1 else name)
    return ", ".join(told) or None


def _rounds(store: Store) -> Detail:
    with store.transaction() as tx:
        states = tx.rounds.all()
    failed = [one for one in states if one.failures]
    if failed:
        told = [f"{one.name} failed {one.failures} times in a row: {one.error}" for one in failed]
        raise SettingsError("; ".join(told))
    ended = [f"{one.name} {one.ended_at:%Y-%m-%d %H:%M}" for one in states if one.ended_at]
    return ", ".join(ended) or None


def _rankers(store: Store) -> Detail:
    with store.transaction() as tx:
        rankers = tx.rankers.all()
    told: Sequence[str] = [f"{one.brand}: {one.versions.active.version}" for one in rankers]
    return ", ".join(told) or None
