"""What Alembic runs: the steps that are missing, over the connection that the store hands it."""

from __future__ import annotations

from alembic import context

from momot.web.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table="momot_web_version", render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
