"""Units, officers, sessions, neighbours and the calendar."""

import sqlalchemy as sa
from alembic import op

from services.kernel.runtime.storing.tables import UtcDateTime

revision = "directory_0001"
down_revision = "kernel_0001"


def upgrade() -> None:
    op.create_table(
        "directory_unit",
        sa.Column("unit_id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("short_name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("ranking_group", sa.String(120), nullable=False),
        sa.Column("org_code", sa.String(18), nullable=False),
        sa.Column("node_id", sa.String(32), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("name", name="uq_directory_unit_name"),
    )
    op.create_index("ix_directory_unit_kind", "directory_unit", ["kind"])
    op.create_index("ix_directory_unit_node_id", "directory_unit", ["node_id"])
    op.create_table(
        "directory_node",
        sa.Column("node_id", sa.String(32), primary_key=True),
        sa.Column("system", sa.String(32), nullable=False),
        sa.Column("head_office_id", sa.Uuid(), nullable=False),
        sa.Column("duty_phone", sa.String(30), nullable=False),
        sa.Column("help_contact", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "directory_officer",
        sa.Column("officer_id", sa.Uuid(), primary_key=True),
        sa.Column("username", sa.String(32), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("phone", sa.String(30), nullable=False),
        sa.Column("unit_id", sa.Uuid(), sa.ForeignKey("directory_unit.unit_id"), nullable=False),
        sa.Column("section", sa.String(120), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("username", name="uq_directory_officer_username"),
    )
    op.create_index("ix_directory_officer_unit_id", "directory_officer", ["unit_id"])
    op.create_table(
        "directory_session",
        sa.Column("session_id", sa.Uuid(), primary_key=True),
        sa.Column("secret_digest", sa.String(64), nullable=False),
        sa.Column("officer_id", sa.Uuid(), sa.ForeignKey("directory_officer.officer_id"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime()),
        sa.UniqueConstraint("secret_digest", name="uq_directory_session_secret_digest"),
    )
    op.create_index("ix_directory_session_officer_id", "directory_session", ["officer_id"])
    op.create_index("ix_directory_session_expires_at", "directory_session", ["expires_at"])
    op.create_table(
        "directory_sign_in_tries",
        sa.Column("username", sa.String(32), primary_key=True),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_directory_sign_in_tries_last_failed_at", "directory_sign_in_tries", ["last_failed_at"])
    op.create_table(
        "directory_peer",
        sa.Column("node_id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("system", sa.String(32), nullable=False),
        sa.Column("direction", sa.String(16), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.String(120), nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("bootstrap_servers", sa.String(500), nullable=False),
        sa.Column("lanes", sa.String(200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "directory_calendar_year",
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("is_announced", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "directory_calendar_day",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
    )
