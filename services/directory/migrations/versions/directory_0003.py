"""A password that somebody else has set is changed at the first sign-in."""

import sqlalchemy as sa
from alembic import op

revision = "directory_0003"
down_revision = "directory_0002"


def upgrade() -> None:
    op.add_column(
        "directory_officer", sa.Column("is_password_initial", sa.Boolean(), nullable=False, server_default=sa.false())
    )
