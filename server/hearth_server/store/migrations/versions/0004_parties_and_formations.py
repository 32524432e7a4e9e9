"""Guests that somebody brings to an event, and the mats that it begins with."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward: events stay as they were, without guests, and without mats of their own.

    Defaults are plain words here: with those SQLite adds a column without making the table anew.
    """
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("formation", sa.Text(), server_default="none", nullable=False)
        )
        batch_op.add_column(
            sa.Column("guests_max", sa.Integer(), server_default="0", nullable=False)
        )
    with op.batch_alter_table("rsvps", schema=None) as batch_op:
        batch_op.add_column(sa.Column("guests", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("brought_by", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_rsvps_brought_by"), ["brought_by"], unique=False)
    with op.batch_alter_table("invites", schema=None) as batch_op:
        batch_op.add_column(sa.Column("event_id", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("original", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back. A link for one day would lead into its room for good: it ends."""
    invites = sa.table(
        "invites",
        sa.column("event_id", sa.Text()),
        sa.column("revoked_ms", sa.BigInteger()),
        sa.column("created_ms", sa.BigInteger()),
    )
    op.execute(
        invites.update()
        .where(invites.c.event_id.is_not(None), invites.c.revoked_ms.is_(None))
        .values(revoked_ms=invites.c.created_ms)
    )
    with op.batch_alter_table("invites", schema=None) as batch_op:
        batch_op.drop_column("original")
        batch_op.drop_column("event_id")
    with op.batch_alter_table("rsvps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rsvps_brought_by"))
        batch_op.drop_column("brought_by")
        batch_op.drop_column("guests")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_column("guests_max")
        batch_op.drop_column("formation")
