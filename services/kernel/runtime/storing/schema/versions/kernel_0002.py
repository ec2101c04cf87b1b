"""What listeners keep: their positions on the broker; and of what waits, its source and the kind of its cause."""

import sqlalchemy as sa
from alembic import op

revision = "kernel_0002"
down_revision = "kernel_0001"


def upgrade() -> None:
    op.create_table(
        "inbox_position",
        sa.Column("consumer", sa.String(length=80), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("topic_id", sa.String(length=40), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.String(length=64), nullable=False),
        sa.Column("skipped_from", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("consumer", "topic", "partition", name=op.f("pk_inbox_position")),
        postgresql_with={"fillfactor": 70},
    )
    op.add_column("inbox_waiting", sa.Column("cause", sa.String(length=20), nullable=True))
    op.add_column("inbox_waiting", sa.Column("source", sa.String(length=60), nullable=True))
