"""An item gets its number when it is first handed in; numbers of a unit run through a year without repeating."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import case
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from services.intake.model import Submission
from services.intake.model.tables import Numbering
from services.kernel.language.calendar import local_date
from services.kernel.language.events.parts import Item
from services.kernel.language.numbering import item_number, read_item_number
from services.kernel.runtime.heard.organisation import find_unit
from services.kernel.runtime.storing.transaction import Transaction


async def give_number(tx: Transaction, submission: Submission) -> None:
    """Number an item of a unit that has none yet; two that are handed in at once get two numbers."""
    if submission.number or submission.unit_id is None:
        return
    year = local_date(tx.now).year
    running = await _raise(tx, submission.unit_id, year)
    unit = await find_unit(tx.session, submission.unit_id)
    submission.number = item_number((unit and unit.short_name) or submission.unit_name, year, running)


async def note_number(tx: Transaction, item: Item) -> None:
    """Give no number again that went out before a restore, and none below it."""
    if found := read_item_number(item.number):
        await _raise(tx, item.unit_id, *found)


async def _raise(tx: Transaction, unit_id: UUID, year: int, at_least: int = 0) -> int:
    """The next running number, or the highest that is known with `at_least`; held until the commit."""
    dialect = postgresql if tx.session.get_bind().dialect.name == "postgresql" else sqlite
    last = col(Numbering.last)
    known = case((last < at_least, at_least), else_=last) if at_least else last + 1
    statement = dialect.insert(Numbering).values(unit_id=unit_id, year=year, last=at_least or 1)
    raised = statement.on_conflict_do_update(index_elements=["unit_id", "year"], set_={"last": known})
    return int((await tx.session.execute(raised.returning(last))).scalar_one())
