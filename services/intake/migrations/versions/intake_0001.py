"""Items, their files, history, edition copies and questions, and the index they are found by."""

import sqlalchemy as sa
from alembic import op

from services.kernel.runtime.storing.search import TextIndex

revision = "intake_0001"
down_revision = "kernel_0001"

TEXT_INDEX = TextIndex("intake_text")


def upgrade() -> None:
    op.create_table(
        "intake_submission",
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("origin_node", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submission_version", sa.Integer(), nullable=False),
        sa.Column("is_stub", sa.Boolean(), nullable=False),
        sa.Column("info_type", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_name", sa.String(length=60), nullable=False),
        sa.Column("author_phone", sa.String(length=60), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("suggested_attribute", sa.String(length=40), nullable=True),
        sa.Column("non_secret_declared", sa.Boolean(), nullable=False),
        sa.Column("declared_by", sa.Text(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("system", sa.String(length=20), nullable=False),
        sa.Column("hops", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("text_hop", sa.Integer(), nullable=False),
        sa.Column("reported_version", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_to", sa.String(length=60), nullable=False),
        sa.Column("delivered_version", sa.Integer(), nullable=False),
        sa.Column("returned_version", sa.Integer(), nullable=False),
        sa.Column("returned", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("origin_id", name=op.f("pk_intake_submission")),
    )
    op.create_index(
        "ix_intake_submission_status",
        "intake_submission",
        ["unit_id", "status", "touched_at", "origin_id"],
        unique=False,
    )
    op.create_index("ix_intake_submission_touched", "intake_submission", ["touched_at", "origin_id"], unique=False)
    op.create_index(
        "ix_intake_submission_unit", "intake_submission", ["unit_id", "touched_at", "origin_id"], unique=False
    )
    op.create_table(
        "intake_attachment",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["origin_id"],
            ["intake_submission.origin_id"],
            name=op.f("fk_intake_attachment_origin_id_intake_submission"),
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_intake_attachment")),
    )
    op.create_index(op.f("ix_intake_attachment_origin_id"), "intake_attachment", ["origin_id"], unique=False)
    op.create_table(
        "intake_edition",
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("node", sa.String(length=60), nullable=False),
        sa.Column("by_author", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("edited_by", sa.Text(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["intake_submission.origin_id"], name=op.f("fk_intake_edition_origin_id_intake_submission")
        ),
        sa.PrimaryKeyConstraint("origin_id", "node", "by_author", "number", name=op.f("pk_intake_edition")),
    )
    op.create_table(
        "intake_history",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False, cache=1),
            nullable=False,
        ),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("hop", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["intake_submission.origin_id"], name=op.f("fk_intake_history_origin_id_intake_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_history")),
        sa.UniqueConstraint("event_id", name=op.f("uq_intake_history_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_intake_history_origin_id"), "intake_history", ["origin_id"], unique=False)
    op.create_table(
        "intake_question",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("node", sa.String(length=60), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["intake_submission.origin_id"], name=op.f("fk_intake_question_origin_id_intake_submission")
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_intake_question")),
    )
    op.create_index(op.f("ix_intake_question_origin_id"), "intake_question", ["origin_id"], unique=False)
    for statement in TEXT_INDEX.create_ddl(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in TEXT_INDEX.drop_ddl(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_index(op.f("ix_intake_question_origin_id"), table_name="intake_question")
    op.drop_table("intake_question")
    op.drop_index(op.f("ix_intake_history_origin_id"), table_name="intake_history")
    op.drop_table("intake_history")
    op.drop_table("intake_edition")
    op.drop_index(op.f("ix_intake_attachment_origin_id"), table_name="intake_attachment")
    op.drop_table("intake_attachment")
    op.drop_index("ix_intake_submission_unit", table_name="intake_submission")
    op.drop_index("ix_intake_submission_touched", table_name="intake_submission")
    op.drop_index("ix_intake_submission_status", table_name="intake_submission")
    op.drop_table("intake_submission")
