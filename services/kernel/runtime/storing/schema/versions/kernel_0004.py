"""What keeping needs: how far old rows were thinned out, which items are erased; counters and cursors without a second copy of their keys."""

import sqlalchemy as sa
from alembic import op

revision = "kernel_0004"
down_revision = "kernel_0003"


def upgrade() -> None:
    op.create_table(
        "keeping",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_keeping")),
    )
    op.create_table(
        "erased_item",
        sa.Column("origin_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digests", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("origin_id", name=op.f("pk_erased_item")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in ("counter", "inbox_cursor"):
            _store_by_primary_key(table)


def _store_by_primary_key(table: str) -> None:
    """Write the table anew as a tree of its primary key: these keys are text, and stood there twice."""
    connection = op.get_bind()
    find = sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL ORDER BY type DESC")
    made = [(row.type, row.sql) for row in connection.execute(find, {"table": table})]
    op.execute(f"ALTER TABLE {table} RENAME TO {table}_with_rowid")
    for kind, sql in made:
        if kind == "index":
            op.execute(f"DROP INDEX {sql.split()[sql.upper().split().index('INDEX') + 1]}")
    for kind, sql in made:
        op.execute(f"{sql} WITHOUT ROWID" if kind == "table" else sql)
    op.execute(f"INSERT INTO {table} SELECT * FROM {table}_with_rowid")  # noqa: S608 - our own name
    op.execute(f"DROP TABLE {table}_with_rowid")
