"""Runs migrations on the connection that `sql/migrate.py` hands over."""

from alembic import context

from copydesk.storage.sql.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
