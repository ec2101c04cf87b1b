"""Public texts in preparation, rules, known items, the portal's own tables, and the indexes they are found by."""

import sqlalchemy as sa
from alembic import op

from services.kernel.runtime.storing.search import TextIndex

revision = "disclosure_0001"
down_revision = "kernel_0001"

INDEXES = (TextIndex("disclosure_text"), TextIndex("public_information_text"))


def upgrade() -> None:
    op.create_table(
        "disclosure_file",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("information_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_by", sa.String(length=120), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_disclosure_file")),
    )
    op.create_index(op.f("ix_disclosure_file_information_id"), "disclosure_file", ["information_id"], unique=False)
    op.create_table(
        "disclosure_index_counter",
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_disclosure_index_counter")),
    )
    op.create_table(
        "disclosure_information",
        sa.Column("information_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("category_id", sa.String(length=12), nullable=False),
        sa.Column("attribute", sa.String(length=32), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.Column("document_no", sa.String(length=120), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=True),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("genre", sa.String(length=120), nullable=False),
        sa.Column("audience", sa.String(length=120), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("is_normative", sa.Boolean(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("repealed_on", sa.Date(), nullable=True),
        sa.Column("validity", sa.String(length=32), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("responsible_section", sa.String(length=120), nullable=False),
        sa.Column("publisher_org_id", sa.Uuid(), nullable=False),
        sa.Column("publisher_name", sa.String(length=200), nullable=False),
        sa.Column("prepared_by", sa.JSON(), nullable=False),
        sa.Column("writers", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("ground", sa.String(length=32), nullable=True),
        sa.Column("reviewed_body", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.JSON(), nullable=True),
        sa.Column("index_no", sa.String(length=64), nullable=True),
        sa.Column("published_by", sa.JSON(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoke_reason", sa.String(length=600), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("information_id", name=op.f("pk_disclosure_information")),
        sa.UniqueConstraint("index_no", name=op.f("uq_disclosure_information_index_no")),
    )
    op.create_index(
        "ix_disclosure_information_list",
        "disclosure_information",
        ["status", "touched_at", "information_id"],
        unique=False,
    )
    op.create_index(op.f("ix_disclosure_information_origin_id"), "disclosure_information", ["origin_id"], unique=False)
    op.create_index(
        "ix_disclosure_information_recent", "disclosure_information", ["touched_at", "information_id"], unique=False
    )
    op.create_table(
        "disclosure_known_item",
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("info_type", sa.String(length=32), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hop", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("own_version", sa.Integer(), nullable=False),
        sa.Column("own_number", sa.Integer(), nullable=False),
        sa.Column("own_title", sa.Text(), nullable=False),
        sa.Column("own_body", sa.Text(), nullable=False),
        sa.Column("suggested_attribute", sa.String(length=32), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("origin_id", name=op.f("pk_disclosure_known_item")),
    )
    op.create_index("ix_disclosure_known_item_seen", "disclosure_known_item", ["seen_at", "origin_id"], unique=False)
    op.create_table(
        "disclosure_review",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("information_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("ground", sa.String(length=32), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.JSON(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_disclosure_review")),
    )
    op.create_index(op.f("ix_disclosure_review_information_id"), "disclosure_review", ["information_id"], unique=False)
    op.create_table(
        "disclosure_rule_file",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_disclosure_rule_file")),
    )
    op.create_table(
        "disclosure_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("information_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_step")),
    )
    op.create_index(op.f("ix_disclosure_step_information_id"), "disclosure_step", ["information_id"], unique=False)
    op.create_table(
        "public_information",
        sa.Column("information_id", sa.Uuid(), nullable=False),
        sa.Column("node", sa.String(length=60), nullable=False),
        sa.Column("index_no", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("category_id", sa.String(length=12), nullable=False),
        sa.Column("category_name", sa.String(length=60), nullable=False),
        sa.Column("publisher_name", sa.String(length=200), nullable=False),
        sa.Column("document_no", sa.String(length=120), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("validity", sa.String(length=32), nullable=True),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("genre", sa.String(length=120), nullable=False),
        sa.Column("audience", sa.String(length=120), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("repealed_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoke_reason", sa.String(length=600), nullable=False),
        sa.PrimaryKeyConstraint("information_id", name=op.f("pk_public_information")),
        sa.UniqueConstraint("index_no", name=op.f("uq_public_information_index_no")),
    )
    op.create_index(
        "ix_public_information_category",
        "public_information",
        ["category_id", "published_at", "information_id"],
        unique=False,
    )
    op.create_index(
        "ix_public_information_list", "public_information", ["published_at", "information_id"], unique=False
    )
    for index in INDEXES:
        for statement in index.create_ddl(op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for index in INDEXES:
        for statement in index.drop_ddl(op.get_bind().dialect.name):
            op.execute(statement)
    for table in (
        "public_information", "disclosure_step", "disclosure_rule_file", "disclosure_review", "disclosure_known_item",
        "disclosure_information", "disclosure_index_counter", "disclosure_file",
    ):  # fmt: skip
        op.drop_table(table)
