"""Rules kept as data, and the counters that index numbers come from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from services.disclosure.model.table import Table
from services.kernel.runtime.tables import UtcDateTime


class RuleFile(Table, table=True):
    """One rule file in force: categories, index_number, guide or sensitive_words, as checked text."""

    __tablename__ = "disclosure_rule_file"

    name: str = Field(primary_key=True, max_length=40)
    content: str = Field(sa_type=Text)
    loaded_at: datetime = Field(sa_type=UtcDateTime)


class IndexCounter(Table, table=True):
    """The last serial given in one scope: the codes that the template names, and the year."""

    __tablename__ = "disclosure_index_counter"

    scope: str = Field(primary_key=True, max_length=200)
    serial: int
