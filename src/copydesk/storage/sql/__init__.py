"""The store on SQLite and on PostgreSQL: one code path, SQLAlchemy Core."""

from copydesk.storage.sql.store import SqlStore

__all__ = ["SqlStore"]
