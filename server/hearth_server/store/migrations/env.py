"""What Alembic runs around each migration: on the connection that `store/migrate.py` hands over."""

from alembic import context

import hearth_server.store.tables_events  # noqa: F401 - so that `metadata` has every table
from hearth_server.store.columns import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
# The caller owns the transaction; Alembic joins it.
with context.begin_transaction():
    context.run_migrations()
