"""Run by Alembic: applies the revisions on the connection that `suggester.store.migrating` hands in."""

from alembic import context

# One transaction around all of them is begun, and ended, by the caller: SQLite rolls back DDL too.
context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
