"""What tellers keep: rows set aside, topics by id, and whether the database is as new as what it told."""

import sqlalchemy as sa
from alembic import op

revision = "kernel_0003"
down_revision = "kernel_0002"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("aside_reason", sa.Text(), nullable=True))
    op.create_index(
        "ix_outbox_aside",
        "outbox",
        ["topic", "key", "sequence"],
        unique=False,
        sqlite_where=sa.text("aside_reason IS NOT NULL"),
        postgresql_where=sa.text("aside_reason IS NOT NULL"),
    )
    op.create_table(
        "outbox_topic",
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("topic_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_outbox_topic")),
    )
    op.create_table(
        "taken_back",
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_taken_back")),
    )
    op.add_column("outbox_state", sa.Column("incarnation", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("outbox_state", sa.Column("checked", sa.BigInteger(), server_default="0", nullable=False))
