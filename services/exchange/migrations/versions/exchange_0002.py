"""Rows numbered when carried, incarnations, rows set aside as evidence, erasures."""

import sqlalchemy as sa
from alembic import op

revision = "exchange_0002"
down_revision = "exchange_0001"


def upgrade() -> None:
    op.create_table(
        "exchange_queued",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("link", sa.String(length=130), nullable=False),
        sa.Column("lane", sa.String(length=10), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_queued")),
    )
    op.create_index(op.f("ix_exchange_queued_event_id"), "exchange_queued", ["event_id"], unique=False)
    op.create_index("ix_exchange_queued_next", "exchange_queued", ["link", "lane", "rank", "id"], unique=False)
    op.create_table(
        "exchange_file_wanted",
        sa.Column("peer", sa.String(length=60), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_erased", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("peer", "sha256", name=op.f("pk_exchange_file_wanted")),
    )
    _create_erasures()
    for name in ("incarnation", "answers"):
        column = sa.Column(name, sa.String(length=40), nullable=False, server_default="")
        op.add_column("exchange_statement", column)
    op.add_column("exchange_lane", _claim("names_incarnation"))
    op.add_column("exchange_file_due", _claim("is_urgent"))
    op.add_column("exchange_file_due", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("exchange_file_due", sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("exchange_file_due", sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True))


def _create_erasures() -> None:
    op.create_table(
        "exchange_erasure",
        sa.Column("origin_id", sa.String(length=40), nullable=False),
        sa.Column("ground", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=200), nullable=False),
        sa.Column("copies", sa.JSON(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("topics", sa.Integer(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("origin_id", name=op.f("pk_exchange_erasure")),
    )
    op.create_index(op.f("ix_exchange_erasure_decided_at"), "exchange_erasure", ["decided_at"], unique=False)
    op.create_table(
        "exchange_erasure_said",
        sa.Column("origin_id", sa.String(length=40), nullable=False),
        sa.Column("peer", sa.String(length=60), nullable=False),
        sa.Column("is_declined", sa.Boolean(), nullable=False),
        sa.Column("ground", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("answered_by", sa.String(length=120), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_reason", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("origin_id", "peer", name=op.f("pk_exchange_erasure_said")),
    )
    op.create_index(op.f("ix_exchange_erasure_said_arrived_at"), "exchange_erasure_said", ["arrived_at"], unique=False)


def _claim(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
