"""Score events, the entries computed from them, and dated rule sets."""

import sqlalchemy as sa
from alembic import op

revision = "stats_0001"
down_revision = "kernel_0001"


def upgrade() -> None:
    op.create_table(
        "stats_event",
        sa.Column("event_id", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.String(200), nullable=False),
        sa.Column("level", sa.String(20), nullable=True),
        sa.Column("info_type", sa.String(40), nullable=True),
        sa.Column("periodical_kind", sa.String(40), nullable=True),
        sa.Column("mode", sa.String(20), nullable=True),
        sa.Column("leader_rank", sa.String(20), nullable=True),
        sa.Column("adoption_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("system", sa.String(20), nullable=False),
        sa.Column("node", sa.String(60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_unmatched", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_stats_event")),
    )
    op.create_index(op.f("ix_stats_event_adoption_id"), "stats_event", ["adoption_id"])
    op.create_index("ix_stats_event_day", "stats_event", ["happened_on"])
    op.create_index(op.f("ix_stats_event_origin_id"), "stats_event", ["origin_id"])
    op.create_index("ix_stats_event_period", "stats_event", ["period", "unit_id"])
    op.create_index("ix_stats_event_unit", "stats_event", ["unit_id", "period", "happened_on"])
    op.create_table(
        "stats_ruleset",
        sa.Column("ruleset_id", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.String(120), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ruleset_id", "version", name=op.f("pk_stats_ruleset")),
    )
    op.create_table(
        "stats_entry",
        sa.Column("event_id", sa.String(120), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("ruleset_id", sa.String(60), nullable=False),
        sa.Column("ruleset_version", sa.Integer(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("rule_id", sa.String(20), nullable=False),
        sa.Column("multiplier_rule_id", sa.String(20), nullable=True),
        sa.Column("points_before", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["stats_event.event_id"], name=op.f("fk_stats_entry_event_id_stats_event")
        ),
        sa.PrimaryKeyConstraint("event_id", "unit_id", "ruleset_id", "ruleset_version", name=op.f("pk_stats_entry")),
    )
    op.create_index(op.f("ix_stats_entry_origin_id"), "stats_entry", ["origin_id"])
    op.create_index("ix_stats_entry_period", "stats_entry", ["period", "unit_id"])
    op.create_index("ix_stats_entry_unit", "stats_entry", ["unit_id", "period"])


def downgrade() -> None:
    op.drop_table("stats_entry")
    op.drop_table("stats_ruleset")
    op.drop_table("stats_event")
