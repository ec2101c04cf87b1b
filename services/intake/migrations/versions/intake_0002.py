"""Lines of histories stand after what caused them; a question names officers, hop and version, as other services keep it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from services.kernel.runtime.passage.upgrading import PLACE_OLDER_LINES

revision = "intake_0002"
down_revision = "intake_0001"

_NOBODY = "00000000-0000-0000-0000-000000000000"
_NAMES = ("asked_by", "answered_by")


def upgrade() -> None:
    with op.batch_alter_table("intake_history", table_kwargs={"sqlite_autoincrement": True}) as history:
        history.add_column(sa.Column("ordinal", sa.Integer(), nullable=False, server_default="0"))
        history.add_column(sa.Column("is_inside", sa.Boolean(), nullable=False, server_default=sa.false()))
        history.alter_column("event_id", existing_type=sa.String(length=64), nullable=True)
        history.alter_column("type", existing_type=sa.String(length=60), type_=sa.String(length=80))
    op.execute(PLACE_OLDER_LINES.format(table="intake_history"))
    _name_officers()


def _name_officers() -> None:
    before = [row._asdict() for row in op.get_bind().execute(sa.select(_questions(sa.Text())))]
    op.execute("UPDATE intake_question SET question = '' WHERE question IS NULL")
    with op.batch_alter_table("intake_question") as question:
        for name in _NAMES:
            question.drop_column(name)
    with op.batch_alter_table("intake_question") as question:
        for name in _NAMES:
            question.add_column(sa.Column(name, sa.JSON(), nullable=True))
        question.add_column(sa.Column("hop", sa.Integer(), nullable=False, server_default="0"))
        question.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        question.alter_column("node", new_column_name="asked_node", existing_type=sa.String(length=60))
        question.alter_column("question", existing_type=sa.Text(), nullable=False)
    after = _questions(sa.JSON(none_as_null=True))
    for row in before:
        values = {name: _officer(row[name]) for name in _NAMES}
        op.get_bind().execute(after.update().where(after.c.question_id == row["question_id"]).values(values))


def _questions(kind: Any) -> sa.TableClause:
    return sa.table("intake_question", sa.column("question_id", sa.Uuid()), *(sa.column(name, kind) for name in _NAMES))


def _officer(signed: str) -> dict[str, str] | None:
    """区政府办 张三, as it was kept, in parts; nobody looks the officer up by what stands there."""
    unit_name, _, name = signed.rpartition(" ")
    return {"officer_id": _NOBODY, "name": name, "unit_id": _NOBODY, "unit_name": unit_name} if signed else None
