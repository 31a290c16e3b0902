"""The whole of Copydesk, wired, for commands that keep or read something."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from copydesk.bootstrap import Copydesk, bootstrap, utc_now
from copydesk.desk.access_desk import Access
from copydesk.desk.experimenting import Experimenting
from copydesk.ranking.build import ModelFiles, build_ranker
from copydesk.review_queue import Policy
from copydesk.settings import Settings
from copydesk.storage.build import open_store


@contextmanager
def opened(settings: Settings) -> Iterator[Copydesk]:
    """Wire Copydesk, and let go of connections and memory at the end."""
    desk = bootstrap(settings)
    try:
        yield desk
    finally:
        asyncio.run(desk.aclose())


@contextmanager
def experiments(settings: Settings) -> Iterator[Experimenting]:
    """Open experiments alone: rules are not compiled, which would take seconds."""
    store = open_store(settings.database_url)
    ranker = build_ranker(settings.ranker, ModelFiles(settings.ranker_model))
    try:
        yield Experimenting(store, Policy.load(settings.policy), ranker, utc_now)
    finally:
        store.close()


@contextmanager
def accounts(settings: Settings) -> Iterator[Access]:
    """Open users and keys alone: rules are not compiled, which would take seconds."""
    store = open_store(settings.database_url)
    try:
        yield Access(store, utc_now, settings.session_hours, settings.session_idle_minutes)
    finally:
        store.close()
