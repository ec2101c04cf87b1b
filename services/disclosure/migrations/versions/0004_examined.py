"""A file has a copy for the public, what was found in it, and what stands in its way; its text is kept beside it."""

import sqlalchemy as sa
from alembic import op

revision = "disclosure_0004"
down_revision = "disclosure_0003"

TEXTS = {"examined_with": sa.String(16), "obstacle_code": sa.String(60), "obstacle": sa.Text()}


def upgrade() -> None:
    size = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("disclosure_file", sa.Column("public_sha256", sa.String(64), nullable=True))
    op.add_column("disclosure_file", sa.Column("public_size", size, nullable=True))
    op.add_column("disclosure_file", sa.Column("hints", sa.JSON(), nullable=False, server_default="[]"))
    for name, kind in TEXTS.items():
        op.add_column("disclosure_file", sa.Column(name, kind, nullable=False, server_default=""))
    op.create_table(
        "disclosure_file_text",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("information_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_disclosure_file_text")),
    )
    op.create_index(
        op.f("ix_disclosure_file_text_information_id"), "disclosure_file_text", ["information_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("disclosure_file_text")
    for name in (*TEXTS, "hints", "public_size", "public_sha256"):
        op.drop_column("disclosure_file", name)
