"""Requests to be a friend that were declined: who asked is not told, and asks no second time."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward: whatever was asked is open still."""
    with op.batch_alter_table("friendships", schema=None) as batch_op:
        batch_op.add_column(sa.Column("declined_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Go back: what was declined is gone, as it always was before."""
    friendships = sa.table("friendships", sa.column("declined_ms", sa.BigInteger()))
    op.execute(friendships.delete().where(friendships.c.declined_ms.is_not(None)))
    with op.batch_alter_table("friendships", schema=None) as batch_op:
        batch_op.drop_column("withdrawn_ms")
        batch_op.drop_column("declined_ms")
