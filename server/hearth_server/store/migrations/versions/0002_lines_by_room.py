"""Lines by room."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("lines", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_lines_group_id_room_id_id"), ["group_id", "room_id", "id"], unique=False
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lines_group_id_room_id_id"))
