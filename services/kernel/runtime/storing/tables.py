"""The kernel's own tables: outbox, counters, inbox, leases, audit chain, answered requests, erased items, rulebooks. In every service's database."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def service_metadata() -> MetaData:
    """A service's own table collection, with constraint names that migrations can rely on."""
    return MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: stored as UTC, always read back with its zone, on SQLite and PostgreSQL alike."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse an instant without zone; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read UTC back with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


KERNEL = service_metadata()
BigId = BigInteger().with_variant(Integer, "sqlite")


def _id_column() -> Column[int]:
    return Column("id", BigId, Identity(cache=1), primary_key=True, autoincrement=True)


OUTBOX = Table(
    "outbox",
    KERNEL,
    _id_column(),
    Column("topic", String(120), nullable=False),
    Column("key", String(120), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("event_id", String(64), nullable=False, unique=True),
    Column("epoch", Integer, nullable=False),
    Column("type", String(80), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("attributes", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("told_at", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    Column("broker_partition", Integer),
    Column("broker_offset", BigInteger),
    Column("aside_reason", Text),
    UniqueConstraint("topic", "key", "sequence"),
    sqlite_autoincrement=True,
)
_UNPUBLISHED = OUTBOX.c.published_at.is_(None)
Index("ix_outbox_unpublished", OUTBOX.c.urgent, OUTBOX.c.id, sqlite_where=_UNPUBLISHED, postgresql_where=_UNPUBLISHED)
_ASIDE = OUTBOX.c.aside_reason.is_not(None)
Index("ix_outbox_aside", OUTBOX.c.topic, OUTBOX.c.key, OUTBOX.c.sequence, sqlite_where=_ASIDE, postgresql_where=_ASIDE)
Index("ix_outbox_place", OUTBOX.c.topic, OUTBOX.c.broker_partition, OUTBOX.c.broker_offset)

COUNTER = Table(
    "counter",
    KERNEL,
    Column("topic", String(120), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    postgresql_with={"fillfactor": 70},
    sqlite_with_rowid=False,
)

OUTBOX_STATE = Table(
    "outbox_state",
    KERNEL,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Integer, nullable=False),
    Column("blocked_reason", Text),
    Column("incarnation", BigInteger, nullable=False, server_default="0"),
    Column("checked", BigInteger, nullable=False, server_default="0"),
)

OUTBOX_TOPIC = Table(
    "outbox_topic",
    KERNEL,
    Column("topic", String(120), primary_key=True),
    Column("topic_id", String(40), nullable=False),
)

TAKEN_BACK = Table(
    "taken_back",
    KERNEL,
    Column("event_id", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

INBOX_CURSOR = Table(
    "inbox_cursor",
    KERNEL,
    Column("consumer", String(80), primary_key=True),
    Column("topic", String(120), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("last_id", String(64), nullable=False),
    Column("epoch", Integer, nullable=False),
    postgresql_with={"fillfactor": 70},
    sqlite_with_rowid=False,
)

INBOX_POSITION = Table(
    "inbox_position",
    KERNEL,
    Column("consumer", String(80), primary_key=True),
    Column("topic", String(120), primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("topic_id", String(40), nullable=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("last_id", String(64), nullable=False),
    Column("skipped_from", BigInteger),
    postgresql_with={"fillfactor": 70},
)

INBOX_WAITING = Table(
    "inbox_waiting",
    KERNEL,
    _id_column(),
    Column("consumer", String(80), nullable=False),
    Column("topic", String(120), nullable=False),
    Column("key", String(120)),
    Column("sequence", BigInteger),
    Column("epoch", Integer, nullable=False),
    Column("event_id", String(64)),
    Column("type", String(80)),
    Column("kind", String(10), nullable=False),
    Column("cause", String(20)),
    Column("source", String(60)),
    Column("reason", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("attributes", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("place", String(60), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    UniqueConstraint("consumer", "topic", "place"),
    sqlite_autoincrement=True,
)
Index(
    "ix_inbox_waiting_key",
    INBOX_WAITING.c.consumer,
    INBOX_WAITING.c.topic,
    INBOX_WAITING.c.key,
    INBOX_WAITING.c.sequence,
)

LEASE = Table(
    "lease",
    KERNEL,
    Column("name", String(120), primary_key=True),
    Column("term", BigInteger, nullable=False),
)

AUDIT = Table(
    "audit",
    KERNEL,
    _id_column(),
    Column("at", UtcDateTime, nullable=False),
    Column("verb", String(80), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("officer_id", String(40)),
    Column("officer_name", String(120)),
    Column("details", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_audit_subject", AUDIT.c.subject)

ANSWERED_REQUEST = Table(
    "answered_request",
    KERNEL,
    Column("officer", String(64), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("request_digest", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),
)

KEEPING = Table(
    "keeping",
    KERNEL,
    Column("name", String(300), primary_key=True),
    Column("reached", BigInteger, nullable=False),
)

ERASED_ITEM = Table(
    "erased_item",
    KERNEL,
    Column("origin_id", String(40), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("digests", Text, nullable=False),
)

ENDED_SESSION = Table(
    "ended_session",
    KERNEL,
    Column("session_id", String(64), primary_key=True),
    Column("ended_at", UtcDateTime, nullable=False, index=True),
)

RULEBOOK_VERSION = Table(
    "rulebook_version",
    KERNEL,
    Column("name", String(40), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("effective_from", Date, nullable=False),
    Column("effective_to", Date),
    Column("text", Text, nullable=False),
    Column("note", String(200), nullable=False),
    Column("saved_by", String(120), nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
)
