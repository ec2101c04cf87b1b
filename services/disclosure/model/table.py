"""The common ground of disclosure's tables: the collection they stand in."""

from __future__ import annotations

from sqlmodel import SQLModel

from services.kernel.runtime.storing.tables import service_metadata

METADATA = service_metadata()


class Table(SQLModel):
    """What every table of disclosure stands in."""

    metadata = METADATA
