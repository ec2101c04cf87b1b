"""Items with their texts and passage, periodicals, issues, adoptions, and the text index."""

import sqlalchemy as sa
from alembic import op

from services.review.store.items import ITEM_TEXT

revision = "review_0001"
down_revision = "kernel_0001"


def upgrade() -> None:
    op.create_table(
        "review_adoption",
        sa.Column("adoption_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("periodical_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("selected_by", sa.JSON(), nullable=False),
        sa.Column("selected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("adoption_id", name=op.f("pk_review_adoption")),
    )
    op.create_index("ix_review_adoption_issue", "review_adoption", ["issue_id", "place"], unique=False)
    op.create_index(op.f("ix_review_adoption_origin_id"), "review_adoption", ["origin_id"], unique=False)
    op.create_index(
        "uq_review_adoption_live",
        "review_adoption",
        ["origin_id", "periodical_id"],
        unique=True,
        sqlite_where=sa.text("status <> 'taken_out'"),
        postgresql_where=sa.text("status <> 'taken_out'"),
    )
    op.create_table(
        "review_forward",
        sa.Column("forward_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("to_node", sa.String(length=60), nullable=False),
        sa.Column("to_name", sa.String(length=200), nullable=False),
        sa.Column("hop", sa.Integer(), nullable=False),
        sa.Column("submission_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("proposed_by", sa.JSON(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sign_off", sa.JSON(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.PrimaryKeyConstraint("forward_id", name=op.f("pk_review_forward")),
    )
    op.create_index(op.f("ix_review_forward_origin_id"), "review_forward", ["origin_id"], unique=False)
    op.create_table(
        "review_history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=True),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("hop", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=10000), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("is_inside", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_history")),
        sa.UniqueConstraint("event_id", name=op.f("uq_review_history_event_id")),
    )
    op.create_index(op.f("ix_review_history_origin_id"), "review_history", ["origin_id"], unique=False)
    op.create_table(
        "review_instruction",
        sa.Column("instruction_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("node", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("leader_name", sa.String(length=120), nullable=False),
        sa.Column("leader_rank", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(length=5000), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("share", sa.String(length=32), nullable=False),
        sa.Column("recorded_by", sa.JSON(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("instruction_id", name=op.f("pk_review_instruction")),
    )
    op.create_index(op.f("ix_review_instruction_origin_id"), "review_instruction", ["origin_id"], unique=False)
    op.create_table(
        "review_issue",
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("periodical_id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("mark", sa.String(length=60), nullable=False),
        sa.Column("report_to", sa.String(length=500), nullable=False),
        sa.Column("send_to", sa.String(length=500), nullable=False),
        sa.Column("distribute_to", sa.String(length=500), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sign_off", sa.JSON(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("issue_id", name=op.f("pk_review_issue")),
        sa.UniqueConstraint(
            "periodical_id", "year", "series", "number", name=op.f("uq_review_issue_periodical_id_year_series_number")
        ),
    )
    op.create_index(op.f("ix_review_issue_periodical_id"), "review_issue", ["periodical_id"], unique=False)
    op.create_index("ix_review_issue_status", "review_issue", ["status", "issue_id"], unique=False)
    op.create_table(
        "review_item",
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submission_version", sa.Integer(), nullable=False),
        sa.Column("hop", sa.Integer(), nullable=False),
        sa.Column("sent_hop", sa.Integer(), nullable=False),
        sa.Column("hops", sa.JSON(), nullable=False),
        sa.Column("is_here", sa.Boolean(), nullable=False),
        sa.Column("is_stub", sa.Boolean(), nullable=False),
        sa.Column("info_type", sa.String(length=32), nullable=False),
        sa.Column("system", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("body_length", sa.Integer(), nullable=False),
        sa.Column("origin_node", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("sender_unit_id", sa.Uuid(), nullable=False),
        sa.Column("sender_name", sa.String(length=200), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handle_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_by", sa.JSON(), nullable=True),
        sa.Column("submitted_by", sa.JSON(), nullable=True),
        sa.Column("checked_by", sa.JSON(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_alone_reason", sa.String(length=500), nullable=False),
        sa.Column("reviewer_name", sa.String(length=120), nullable=False),
        sa.Column("sign_off", sa.JSON(), nullable=True),
        sa.Column("sign_scan_sha256", sa.String(length=64), nullable=False),
        sa.Column("edition_number", sa.Integer(), nullable=False),
        sa.Column("has_edition", sa.Boolean(), nullable=False),
        sa.Column("open_questions", sa.Integer(), nullable=False),
        sa.Column("forward", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("origin_id", name=op.f("pk_review_item")),
    )
    op.create_index("ix_review_item_forward", "review_item", ["forward"], unique=False)
    op.create_index(
        "ix_review_item_queue", "review_item", ["is_here", "status", "handle_by", "origin_id"], unique=False
    )
    op.create_index(
        "ix_review_item_recent", "review_item", ["is_here", "status", "touched_at", "origin_id"], unique=False
    )
    op.create_index("ix_review_item_sender", "review_item", ["is_here", "status", "unit_id", "unit_name"], unique=False)
    op.create_index("ix_review_item_unit", "review_item", ["unit_id", "status", "handle_by", "origin_id"], unique=False)
    op.create_table(
        "review_own_edition",
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("edited_by", sa.JSON(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_version", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("figures_changed", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("origin_id", "number", name=op.f("pk_review_own_edition")),
    )
    op.create_table(
        "review_periodical",
        sa.Column("periodical_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("system", sa.String(length=32), nullable=False),
        sa.Column("issuing_office", sa.String(length=200), nullable=False),
        sa.Column("mark", sa.String(length=60), nullable=False),
        sa.Column("report_to", sa.String(length=500), nullable=False),
        sa.Column("send_to", sa.String(length=500), nullable=False),
        sa.Column("distribute_to", sa.String(length=500), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("periodical_id", name=op.f("pk_review_periodical")),
        sa.UniqueConstraint("code", name=op.f("uq_review_periodical_code")),
    )
    op.create_table(
        "review_question",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("hop", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_node", sa.String(length=60), nullable=False),
        sa.Column("question", sa.String(length=2000), nullable=False),
        sa.Column("asked_by", sa.JSON(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=5000), nullable=True),
        sa.Column("answered_by", sa.JSON(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_review_question")),
    )
    op.create_index(op.f("ix_review_question_origin_id"), "review_question", ["origin_id"], unique=False)
    op.create_table(
        "review_sent_version",
        sa.Column("sent_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hop", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("from_node", sa.String(length=60), nullable=False),
        sa.Column("sender_name", sa.String(length=200), nullable=False),
        sa.Column("reviewer_name", sa.String(length=120), nullable=False),
        sa.Column("sign_off", sa.JSON(), nullable=True),
        sa.Column("is_carried", sa.Boolean(), nullable=False),
        sa.Column("via", sa.JSON(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sent_id", name=op.f("pk_review_sent_version")),
        sa.UniqueConstraint(
            "origin_id", "version", "hop", "attempt", name=op.f("uq_review_sent_version_origin_id_version_hop_attempt")
        ),
    )
    op.create_index(op.f("ix_review_sent_version_origin_id"), "review_sent_version", ["origin_id"], unique=False)
    for statement in ITEM_TEXT.create_ddl(op.get_bind().dialect.name):
        op.execute(statement)
