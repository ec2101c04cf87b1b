"""A review keeps what was found doubtful, what is to be cut, and all that the reviewer saw."""

import sqlalchemy as sa
from alembic import op

revision = "disclosure_0003"
down_revision = "disclosure_0002"

COLUMNS = {"doubts": "[]", "passages": "[]", "seen": "{}"}


def upgrade() -> None:
    for name, empty in COLUMNS.items():
        op.add_column("disclosure_review", sa.Column(name, sa.JSON(), nullable=False, server_default=empty))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("disclosure_review", name)
