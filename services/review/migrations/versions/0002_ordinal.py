"""Lines of histories stand after what caused them; those of before in the order in which they came."""

import sqlalchemy as sa
from alembic import op

from services.kernel.runtime.passage.upgrading import PLACE_OLDER_LINES

revision = "review_0002"
down_revision = "review_0001"


def upgrade() -> None:
    op.add_column("review_history", sa.Column("ordinal", sa.Integer(), nullable=False, server_default="0"))
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps texts of any length in either type
        for name in ("text", "by", "unit", "note"):
            op.alter_column("review_history", name, type_=sa.Text())
        for name in ("question", "answer"):
            op.alter_column("review_question", name, type_=sa.Text())
    op.execute(PLACE_OLDER_LINES.format(table="review_history"))
