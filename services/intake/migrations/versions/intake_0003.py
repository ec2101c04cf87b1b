"""Units that report an item together (合报)."""

import sqlalchemy as sa
from alembic import op

revision = "intake_0003"
down_revision = "intake_0002"


def upgrade() -> None:
    op.add_column("intake_submission", sa.Column("co_units", sa.JSON(), nullable=False, server_default="[]"))
