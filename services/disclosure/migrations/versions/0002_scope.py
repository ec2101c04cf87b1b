"""Known items say whose they are and whether their signature stands; text of what nobody signed is dropped."""

import sqlalchemy as sa
from alembic import op

revision = "disclosure_0002"
down_revision = "disclosure_0001"

VERSIONS = ("signed_version", "returned_version", "let_go_version")


def upgrade() -> None:
    op.add_column("disclosure_known_item", sa.Column("unit_id", sa.Uuid(), nullable=True))
    for name in VERSIONS:
        op.add_column("disclosure_known_item", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "disclosure_known_item", sa.Column("is_here", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(op.f("ix_disclosure_known_item_unit_id"), "disclosure_known_item", ["unit_id"], unique=False)
    op.create_index(
        "ix_disclosure_information_unit",
        "disclosure_information",
        ["publisher_org_id", "status", "touched_at", "information_id"],
        unique=False,
    )
    _tell_signed_from_unsigned()


def _tell_signed_from_unsigned() -> None:
    # What arrived on a hop was signed below; what the own units handed in may not be.
    items = sa.table(
        "disclosure_known_item",
        *(sa.column(name) for name in ("version", "hop", "signed_version", "is_here", "title", "body")),
    )
    op.execute(sa.update(items).where(items.c.hop > 0).values(signed_version=items.c.version, is_here=sa.true()))
    op.execute(sa.update(items).where(items.c.hop == 0).values(title="", body=""))


def downgrade() -> None:
    op.drop_index("ix_disclosure_information_unit", "disclosure_information")
    op.drop_index(op.f("ix_disclosure_known_item_unit_id"), "disclosure_known_item")
    for name in ("is_here", *VERSIONS, "unit_id"):
        op.drop_column("disclosure_known_item", name)
