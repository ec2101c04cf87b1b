"""Wrong passwords are counted by name and place; what was counted so far matters for a quarter of an hour and goes."""

import sqlalchemy as sa
from alembic import op

from services.kernel.runtime.storing.tables import UtcDateTime

revision = "directory_0002"
down_revision = "directory_0001"


def upgrade() -> None:
    op.drop_table("directory_sign_in_tries")
    op.create_table(
        "directory_sign_in_tries",
        sa.Column("username", sa.String(32), primary_key=True),
        sa.Column("place", sa.String(80), primary_key=True),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_directory_sign_in_tries_last_failed_at", "directory_sign_in_tries", ["last_failed_at"])
