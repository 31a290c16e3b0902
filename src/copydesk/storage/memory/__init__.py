"""The in-memory twin: everything that the databases promise, gone when the process ends."""

from copydesk.storage.memory.store import MemoryStore

__all__ = ["MemoryStore"]
