"""From a URL to a store that is ready to use."""

from __future__ import annotations

from copydesk.storage.ports import Store


def open_store(url: str) -> Store:
    """Return the store at `url`, its tables brought to the newest migration.

    `memory://` keeps nothing; `sqlite:///FILE` creates the file; `postgresql://...` needs a
    database that exists. Several processes may open one database at once.

    Raises:
        SettingsError: the URL cannot be used, and what would be right.
        StoreUnavailable: the database cannot be reached, or belongs to a newer Copydesk.
    """
    if url.startswith("memory:"):
        from copydesk.storage.memory import MemoryStore

        return MemoryStore()
    from copydesk.storage.sql import SqlStore

    store = SqlStore(url)
    try:
        store.migrate()
    except BaseException:
        store.close()
        raise
    return store
