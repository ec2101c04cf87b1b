"""The common ground of review's tables: the collection they stand in, and the parts they keep."""

from __future__ import annotations

from sqlmodel import SQLModel

from services.kernel.language.events.parts import Content, SignOff
from services.kernel.runtime.storing.columns import Kept
from services.kernel.runtime.storing.tables import service_metadata

METADATA = service_metadata()
KEPT_SIGN_OFF = Kept(SignOff)
KEPT_CONTENT = Kept(Content)


class Table(SQLModel):
    """What every table of review stands in."""

    metadata = METADATA
