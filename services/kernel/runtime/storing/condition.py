"""Whether a database takes writes now: noticed by whoever writes, said once, asked again until it does."""

from __future__ import annotations

import time

import structlog

from services.kernel.language.refusal import Refusal
from services.kernel.runtime.storing.database_faults import is_unwritable
from services.kernel.runtime.surroundings import metrics

log = structlog.get_logger()

ASK_AGAIN_S = 2.0


class DatabaseUnwritable(Refusal):
    """系统现在保存不了。"""

    status = 503
    code = "database_unwritable"
    message = (
        "系统现在保存不了，可能是磁盘已满或数据库停了。您填写的内容没有丢，请过一会儿再试；仍不行请告诉系统管理员。"
    )
    retry_after_s = 10


class DatabaseAway(DatabaseUnwritable):
    """系统现在读不到数据。"""

    code = "database_away"
    message = "系统现在读不到数据，可能是数据库停了。请过一会儿再试；仍不行请告诉系统管理员。"


class Condition:
    """What the last write of one service showed."""

    def __init__(self, node_id: str, service: str) -> None:
        self._where = (node_id, service)
        self._since: float | None = None
        self._asked_at = 0.0

    @property
    def is_writable(self) -> bool:
        """Whether the last write succeeded, or failed for a reason of its own."""
        return self._since is None

    @property
    def may_ask(self) -> bool:
        """Whether it is time to try a write for no other reason than to learn whether it succeeds."""
        now = time.monotonic()
        if now - self._asked_at < ASK_AGAIN_S:
            return False
        self._asked_at = now
        return True

    def note_failure(self, fault: BaseException) -> None:
        """Remember that a write failed, when the database is to blame; the first of a row is logged."""
        if not is_unwritable(fault):
            return
        if self._since is None:
            log.error("database.write.refused", node=self._where[0], service=self._where[1], fault=repr(fault)[:300])
            self._since = time.monotonic()
        metrics.DATABASE_UNWRITABLE.labels(*self._where).set(1)

    def note_success(self) -> None:
        """Remember that a write succeeded."""
        if self._since is not None:
            lasted_s = round(time.monotonic() - self._since, 1)
            log.warning("database.write.possible", node=self._where[0], service=self._where[1], after_s=lasted_s)
            self._since = None
        metrics.DATABASE_UNWRITABLE.labels(*self._where).set(0)
