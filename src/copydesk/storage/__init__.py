"""Tables, repositories and migrations; and the twin that keeps everything in memory."""

from copydesk.storage.ports import Store, Transaction

__all__ = ["Store", "Transaction"]
