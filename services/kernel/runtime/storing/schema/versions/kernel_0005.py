"""Sign-ins that ended while a token of theirs could still be in force."""

import sqlalchemy as sa
from alembic import op

revision = "kernel_0005"
down_revision = "kernel_0004"


def upgrade() -> None:
    op.create_table(
        "ended_session",
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_ended_session")),
    )
    op.create_index(op.f("ix_ended_session_ended_at"), "ended_session", ["ended_at"])
