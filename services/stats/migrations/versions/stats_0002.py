"""The rule sets become versions of the rulebook `scoring`, in the order in which they were saved."""

import sqlalchemy as sa
from alembic import op

revision = "stats_0002"
down_revision = ("stats_0001", "kernel_0006")

NEW = sa.table(
    "rulebook_version",
    sa.column("name", sa.String()),
    sa.column("version", sa.Integer()),
    sa.column("effective_from", sa.Date()),
    sa.column("effective_to", sa.Date()),
    sa.column("text", sa.Text()),
    sa.column("note", sa.String()),
    sa.column("saved_by", sa.String()),
    sa.column("saved_at", sa.DateTime(timezone=True)),
)
OLD = sa.table("stats_ruleset", *(sa.column(one.name, one.type) for one in NEW.c if one.name not in ("name", "note")))


def upgrade() -> None:
    order = (OLD.c.saved_at, OLD.c.effective_from, OLD.c.version)
    for version, row in enumerate(op.get_bind().execute(sa.select(OLD).order_by(*order)).mappings().all(), start=1):
        op.execute(NEW.insert().values(**{**row, "name": "scoring", "note": "", "version": version}))
    op.drop_table("stats_ruleset")
