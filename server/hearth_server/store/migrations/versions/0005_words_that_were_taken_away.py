"""Words that were taken away: out of the audit table, and out of reports about who is gone."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward: what a line said that a moderator took away stood in the note about it."""
    audit = sa.table(
        "audit",
        sa.column("id", sa.BigInteger()),
        sa.column("action", sa.Text()),
        sa.column("details", sa.JSON()),
    )
    connection = op.get_bind()
    noted = sa.select(audit.c.id, audit.c.details).where(audit.c.action == "line_deleted")
    for note_id, details in list(connection.execute(noted)):
        kept = {name: value for name, value in details.items() if name != "text"}
        connection.execute(audit.update().where(audit.c.id == note_id).values(details=kept))
    reports = sa.table(
        "reports",
        sa.column("subject_id", sa.Text()),
        sa.column("subject_name", sa.Text()),
        sa.column("line_text", sa.Text()),
    )
    accounts = sa.table(
        "accounts", sa.column("id", sa.Text()), sa.column("deleted_ms", sa.BigInteger())
    )
    gone = sa.select(accounts.c.id).where(accounts.c.deleted_ms.is_not(None))
    connection.execute(
        reports.update().where(reports.c.subject_id.in_(gone)).values(subject_name="", line_text="")
    )


def downgrade() -> None:
    """Go back: the form is the same, and what was taken away stays away."""
