"""The ledger of both directions, signed statements, lanes, links, epochs, conflicts, routes and files."""

import sqlalchemy as sa
from alembic import op

revision = "exchange_0001"
down_revision = "kernel_0001"


def upgrade() -> None:
    op.create_table(
        "exchange_arrival",
        sa.Column("link", sa.String(length=130), nullable=False),
        sa.Column("lane", sa.String(length=10), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("h", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("link", "lane", "epoch", "n", name=op.f("pk_exchange_arrival")),
    )
    op.create_index(op.f("ix_exchange_arrival_event_id"), "exchange_arrival", ["event_id"], unique=False)
    op.create_table(
        "exchange_arrived_event",
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_exchange_arrived_event")),
    )
    op.create_table(
        "exchange_conflict",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("link", sa.String(length=130), nullable=False),
        sa.Column("lane", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("ours", sa.LargeBinary(), nullable=True),
        sa.Column("theirs", sa.LargeBinary(), nullable=True),
        sa.Column("detail", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_conflict")),
    )
    op.create_index(op.f("ix_exchange_conflict_link"), "exchange_conflict", ["link"], unique=False)
    op.create_table(
        "exchange_delivery",
        sa.Column("origin_id", sa.String(length=40), nullable=False),
        sa.Column("hop", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("origin_id", "hop", "version", name=op.f("pk_exchange_delivery")),
    )
    op.create_table(
        "exchange_dispatch",
        sa.Column("link", sa.String(length=130), nullable=False),
        sa.Column("lane", sa.String(length=10), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("h", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("link", "lane", "epoch", "n", name=op.f("pk_exchange_dispatch")),
    )
    op.create_index(op.f("ix_exchange_dispatch_event_id"), "exchange_dispatch", ["event_id"], unique=False)
    op.create_table(
        "exchange_epoch",
        sa.Column("link", sa.String(length=130), nullable=False),
        sa.Column("lane", sa.String(length=10), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("start_n", sa.BigInteger(), nullable=False),
        sa.Column("start_h", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("link", "lane", "epoch", name=op.f("pk_exchange_epoch")),
    )
    op.create_table(
        "exchange_file_due",
        sa.Column("peer", sa.String(length=60), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("peer", "sha256", name=op.f("pk_exchange_file_due")),
    )
    op.create_table(
        "exchange_lane",
        sa.Column("link", sa.String(length=130), nullable=False),
        sa.Column("lane", sa.String(length=10), nullable=False),
        sa.Column("peer", sa.String(length=60), nullable=False),
        sa.Column("is_out", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("h", sa.LargeBinary(), nullable=False),
        sa.Column("carried_n", sa.BigInteger(), nullable=False),
        sa.Column("receipted_n", sa.BigInteger(), nullable=False),
        sa.Column("receipted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restoring_n", sa.BigInteger(), nullable=False),
        sa.Column("claimed_n", sa.BigInteger(), nullable=False),
        sa.Column("read_offset", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gap_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("catching_up_from_n", sa.BigInteger(), nullable=False),
        sa.Column("catching_up_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("link", "lane", name=op.f("pk_exchange_lane")),
    )
    op.create_index(op.f("ix_exchange_lane_peer"), "exchange_lane", ["peer"], unique=False)
    op.create_table(
        "exchange_link",
        sa.Column("peer", sa.String(length=60), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("paused_by", sa.String(length=120), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("peer", name=op.f("pk_exchange_link")),
    )
    op.create_table(
        "exchange_route",
        sa.Column("origin_id", sa.String(length=40), nullable=False),
        sa.Column("nodes", sa.String(length=600), nullable=False),
        sa.PrimaryKeyConstraint("origin_id", name=op.f("pk_exchange_route")),
    )
    op.create_table(
        "exchange_statement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("is_ours", sa.Boolean(), nullable=False),
        sa.Column("link", sa.String(length=130), nullable=False),
        sa.Column("lane", sa.String(length=10), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("h", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wants", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.String(length=60), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_statement")),
    )
    op.create_index(
        "ix_exchange_statement_chain", "exchange_statement", ["link", "lane", "kind", "epoch", "n"], unique=False
    )
