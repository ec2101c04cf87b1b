"""The text from which a statistician starts: the rules in force with the next number and date."""

from __future__ import annotations

import re
from datetime import date

from services.stats.policy.period import Period


def next_version_of(text: str, latest: int, today: date) -> str:
    """The same rules as the next version, in force from the first day of next month.

    Only the head is rewritten, so that comments and order stay as their author wrote them.
    """
    first = Period(today.year, today.month).next.first_day
    text = re.sub(r"^(\s+version:\s*)\d+", rf"\g<1>{latest + 1}", text, count=1, flags=re.MULTILINE)
    return re.sub(r"^(\s+effective_from:\s*)[\d-]+", rf"\g<1>{first.isoformat()}", text, count=1, flags=re.MULTILINE)
