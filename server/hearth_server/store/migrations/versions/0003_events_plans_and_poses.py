"""Events, session plans and poses."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "calendar_links",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_calendar_links_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_calendar_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_links_token_hash")),
    )
    op.create_table(
        "group_poses",
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("pose_id", sa.Text(), nullable=False),
        sa.Column("pose", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_group_poses_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "pose_id", name=op.f("pk_group_poses")),
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("cue_count", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("archived_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_plans_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plans_group_id"), ["group_id"], unique=False)

    op.create_table(
        "events",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("template", sa.Text(), server_default="class", nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("starts", sa.Text(), server_default="", nullable=False),
        sa.Column("zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), server_default="", nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("doors", sa.JSON(), nullable=False),
        sa.Column("audience", sa.Text(), server_default="near", nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=True),
        sa.Column("host_id", sa.Text(), nullable=True),
        sa.Column("co_hosts", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=True),
        sa.Column("due_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_events_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["host_id"], ["accounts.id"], name=op.f("fk_events_host_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_events_plan_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name=op.f("fk_events_room_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_events_group_id_state"), ["group_id", "state"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_events_host_id"), ["host_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_room_id"), ["room_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_events_state_due_ms"), ["state", "due_ms"], unique=False
        )

    op.create_table(
        "plan_versions",
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_plan_versions_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "version", name=op.f("pk_plan_versions")),
    )
    op.create_table(
        "event_changes",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_event_changes_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "original", name=op.f("pk_event_changes")),
    )
    op.create_table(
        "event_runs",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="doors", nullable=False),
        sa.Column("live", sa.JSON(), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("kept_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_event_runs_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "original", name=op.f("pk_event_runs")),
    )
    with op.batch_alter_table("event_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_runs_room_id"), ["room_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_runs_state"), ["state"], unique=False)

    op.create_table(
        "rsvps",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="going", nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("offer_until_ms", sa.BigInteger(), nullable=True),
        sa.Column("access", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("attendance", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("came_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_rsvps_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_rsvps_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "original", "account_id", name=op.f("pk_rsvps")),
        sa.UniqueConstraint(
            "event_id", "original", "turn", name=op.f("uq_rsvps_event_id_original_turn")
        ),
    )
    with op.batch_alter_table("rsvps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rsvps_account_id"), ["account_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("rsvps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rsvps_account_id"))

    op.drop_table("rsvps")
    with op.batch_alter_table("event_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_runs_state"))
        batch_op.drop_index(batch_op.f("ix_event_runs_room_id"))

    op.drop_table("event_runs")
    op.drop_table("event_changes")
    op.drop_table("plan_versions")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_state_due_ms"))
        batch_op.drop_index(batch_op.f("ix_events_room_id"))
        batch_op.drop_index(batch_op.f("ix_events_plan_id"))
        batch_op.drop_index(batch_op.f("ix_events_host_id"))
        batch_op.drop_index(batch_op.f("ix_events_group_id_state"))

    op.drop_table("events")
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plans_group_id"))

    op.drop_table("plans")
    op.drop_table("group_poses")
    op.drop_table("calendar_links")
