"""Units that report an item together (合报), and the number by which people name an item."""

import sqlalchemy as sa
from alembic import op

revision = "intake_0003"
down_revision = "intake_0002"


def upgrade() -> None:
    op.add_column("intake_submission", sa.Column("co_units", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("intake_submission", sa.Column("number", sa.String(160), nullable=False, server_default=""))
    op.create_table(
        "intake_numbering",
        sa.Column("unit_id", sa.Uuid(), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )
