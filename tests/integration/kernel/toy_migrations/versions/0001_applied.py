"""The toy's one table."""

import sqlalchemy as sa
from alembic import op

revision = "toy_0001"
down_revision = "kernel_0001"


def upgrade() -> None:
    op.create_table(
        "toy_applied",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
    )
