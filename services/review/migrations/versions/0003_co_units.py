"""Units that report an item together (合报), and the number by which people name an item."""

import sqlalchemy as sa
from alembic import op

revision = "review_0003"
down_revision = "review_0002"


def upgrade() -> None:
    op.add_column("review_item", sa.Column("co_units", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("review_item", sa.Column("number", sa.String(160), nullable=False, server_default=""))
