"""The counters that index numbers come from."""

from __future__ import annotations

from sqlmodel import Field

from services.disclosure.model.table import Table


class IndexCounter(Table, table=True):
    """The last serial given in one scope: the codes that the template names, and the year."""

    __tablename__ = "disclosure_index_counter"

    scope: str = Field(primary_key=True, max_length=200)
    serial: int
