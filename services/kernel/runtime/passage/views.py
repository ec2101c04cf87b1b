"""What APIs answer about an item's history."""

from __future__ import annotations

from datetime import datetime

from services.kernel.runtime.web.views import View


class HistoryLineView(View):
    """One line of an item's history; each service says in its own way what the line's fact says besides."""

    type: str
    node: str
    at: datetime
    hop: int
    version: int
    text: str
    by: str
    unit: str
    note: str
