"""Copydesk on this machine, as the commands use it: settings, parts, and who is at the keyboard."""

from __future__ import annotations

import getpass
import re
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.access import Actor, Role
from copydesk.guardrails.build import build_checker
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.toxicity import Checkpoint
from copydesk.settings import Settings, load_settings

if TYPE_CHECKING:
    from copydesk.generation.questions import Answerer

NOBODY = "local"


def the_settings(file: Path, **changes: object) -> Settings:
    """Return the settings in force, with `changes` that are not None put over them."""
    changed = {name: value for name, value in changes.items() if value is not None}
    return load_settings(file).model_copy(update=changed)


def checker_of(settings: Settings) -> Checker:
    """Return the checks that the settings name, without opening the database."""
    return build_checker(
        rule_packs=settings.rule_packs,
        rule_overrides=settings.rule_overrides,
        guards=settings.guards,
        detoxify=Checkpoint(settings.detoxify_checkpoint, settings.detoxify_config),
        judge=lambda: _judge_of(settings),
        guardrails_ai=settings.guardrails_ai,
        timeout_s=settings.guard_timeout_s,
    )


def _judge_of(settings: Settings) -> Answerer:
    from copydesk.bootstrap import judge_of  # the whole of Copydesk, where it is needed

    return judge_of(settings)


def at_the_keyboard(name: str | None, *roles: Role) -> Actor:
    """Return the person using the command line, by the name given or that of the login.

    Whoever can open the database is trusted with asking and reading. Signing takes a password or
    a key, so there is no command for it.
    """
    return Actor(name or login_name(), frozenset(roles))


def login_name() -> str:
    """Return the login's name in the form of a Copydesk user name."""
    try:
        login = getpass.getuser()
    except (OSError, KeyError):
        return NOBODY
    return re.sub(r"[^a-z0-9._@-]+", "-", login.casefold()).strip("-._@")[:64] or NOBODY
