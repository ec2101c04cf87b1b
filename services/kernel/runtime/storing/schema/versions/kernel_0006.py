"""Rulebooks: each version of a named text, from when it holds, who saved it and why."""

import sqlalchemy as sa
from alembic import op

revision = "kernel_0006"
down_revision = "kernel_0005"


def upgrade() -> None:
    op.create_table(
        "rulebook_version",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("saved_by", sa.String(length=120), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_rulebook_version")),
    )
