"""Each rule file in force becomes the first version of its rulebook."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "disclosure_0005"
down_revision = ("disclosure_0004", "kernel_0006")

NEW = sa.table(
    "rulebook_version",
    *(sa.column(name, sa.String()) for name in ("name", "text", "note", "saved_by")),
    sa.column("version", sa.Integer()),
    sa.column("effective_from", sa.Date()),
    sa.column("saved_at", sa.DateTime(timezone=True)),
)
OLD = sa.table(
    "disclosure_rule_file",
    sa.column("name", sa.String()),
    sa.column("content", sa.Text()),
    sa.column("loaded_at", sa.DateTime(timezone=True)),
)
BEGINNING = date(2000, 1, 1)


def upgrade() -> None:
    for name, content, loaded_at in op.get_bind().execute(sa.select(OLD)).all():
        values = {"name": name, "version": 1, "effective_from": BEGINNING, "text": content, "note": "", "saved_by": ""}
        op.execute(NEW.insert().values(**values, saved_at=loaded_at))
    op.drop_table("disclosure_rule_file")
