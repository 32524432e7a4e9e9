"""What Alembic runs around each migration: on the connection that `store/migrate.py` hands over."""

from alembic import context

from hearth_server.store.tables_events import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
# The caller owns the transaction; Alembic joins it.
with context.begin_transaction():
    context.run_migrations()
