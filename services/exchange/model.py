"""Tables of the exchange: the ledger of both directions, signed statements, lanes, links, routes, files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlmodel import Field, SQLModel

from services.kernel.runtime.tables import BigId, UtcDateTime, service_metadata

METADATA = service_metadata()

# Text columns say `sa_type=String(…)`: SQLModel's own text type converts every value in Python,
# which cost more than all else about a row of the ledger.


class Table(SQLModel):
    """A table of this service."""

    metadata = METADATA


class LedgerRow(Table):
    """What dispatched and arrived rows share; `salt` and `body` are None once erased, the digest stays."""

    link: str = Field(primary_key=True, sa_type=String(130))
    lane: str = Field(primary_key=True, sa_type=String(10))
    epoch: int = Field(primary_key=True)
    n: int = Field(primary_key=True, sa_type=BigInteger)
    event_id: str = Field(sa_type=String(64), index=True)
    type: str = Field(sa_type=String(80))
    salt: bytes | None = None
    body: bytes | None = None
    size: int
    digest: bytes
    h: bytes
    at: datetime = Field(sa_type=UtcDateTime)


class Dispatch(LedgerRow, table=True):
    """A fact for a neighbour, in the chain of its link and lane."""

    __tablename__ = "exchange_dispatch"


class Arrival(LedgerRow, table=True):
    """A row that came from a neighbour; `is_told` unless it had arrived before or was unreadable."""

    __tablename__ = "exchange_arrival"

    is_told: bool


class ArrivedEvent(Table, table=True):
    """Every fact that arrived, once, whatever link it took."""

    __tablename__ = "exchange_arrived_event"

    event_id: str = Field(primary_key=True, sa_type=String(64))


class SignedStatement(Table, table=True):
    """A head or receipt with its signature; `is_ours` when this node made it."""

    __tablename__ = "exchange_statement"
    __table_args__ = (Index("ix_exchange_statement_chain", "link", "lane", "kind", "epoch", "n"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    kind: str = Field(sa_type=String(10))
    is_ours: bool
    link: str = Field(sa_type=String(130))
    lane: str = Field(sa_type=String(10))
    epoch: int
    n: int = Field(sa_type=BigInteger)
    h: bytes
    at: datetime = Field(sa_type=UtcDateTime)
    wants: int = Field(sa_type=BigInteger)
    key_id: str = Field(sa_type=String(60))
    signature: bytes


class Lane(Table, table=True):
    """One chain's state: its tip, and what is known about it beside the ledger.

    A chain of ours (`is_out`): `carried_n` went to the broker, `receipted_n` is held there,
    `restoring_n` is what the peer holds of ours and we lack. A chain of the peer's: `claimed_n`
    is what it says it has, `read_offset` the next message of the topic that it and the receipts
    for our chain come on.
    """

    __tablename__ = "exchange_lane"

    link: str = Field(primary_key=True, sa_type=String(130))
    lane: str = Field(primary_key=True, sa_type=String(10))
    peer: str = Field(sa_type=String(60), index=True)
    is_out: bool
    epoch: int = 1
    n: int = Field(default=0, sa_type=BigInteger)
    h: bytes
    carried_n: int = Field(default=0, sa_type=BigInteger)
    receipted_n: int = Field(default=0, sa_type=BigInteger)
    receipted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    restoring_n: int = Field(default=0, sa_type=BigInteger)
    claimed_n: int = Field(default=0, sa_type=BigInteger)
    read_offset: int = Field(default=0, sa_type=BigInteger)
    heard_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    gap_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    forked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    catching_up_from_n: int = Field(default=0, sa_type=BigInteger)
    catching_up_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    connected_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Link(Table, table=True):
    """What the operator has set for a peer, and the state last told."""

    __tablename__ = "exchange_link"

    peer: str = Field(primary_key=True, sa_type=String(60))
    is_paused: bool = False
    paused_by: str = Field(default="", sa_type=String(120))
    changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: str = Field(default="", sa_type=String(20))
    state_since: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Epoch(Table, table=True):
    """An epoch that the operators opened: the agreed row from which it goes on."""

    __tablename__ = "exchange_epoch"

    link: str = Field(primary_key=True, sa_type=String(130))
    lane: str = Field(primary_key=True, sa_type=String(10))
    epoch: int = Field(primary_key=True)
    start_n: int = Field(sa_type=BigInteger)
    start_h: bytes
    opened_at: datetime = Field(sa_type=UtcDateTime)
    opened_by: str = Field(sa_type=String(120))
    reason: str = Field(sa_type=String(400))


class Conflict(Table, table=True):
    """Something that came and proves that something is wrong: kept until an operator settles it."""

    __tablename__ = "exchange_conflict"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    link: str = Field(sa_type=String(130), index=True)
    lane: str = Field(sa_type=String(10))
    kind: str = Field(sa_type=String(20))
    epoch: int = 0
    n: int = Field(default=0, sa_type=BigInteger)
    ours: bytes | None = None
    theirs: bytes | None = None
    detail: str = Field(default="", sa_type=String(400))
    at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)
    times: int = 1
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Route(Table, table=True):
    """The nodes an item went up through, the author's first."""

    __tablename__ = "exchange_route"

    origin_id: str = Field(primary_key=True, sa_type=String(40))
    nodes: str = Field(sa_type=String(600))


class Delivery(Table, table=True):
    """A hop that was told delivered, once per version."""

    __tablename__ = "exchange_delivery"

    origin_id: str = Field(primary_key=True, sa_type=String(40))
    hop: int = Field(primary_key=True)
    version: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)


class FileDue(Table, table=True):
    """A file that a peer shall have; `dispatched_at` once its chunks stand in the ledger."""

    __tablename__ = "exchange_file_due"

    peer: str = Field(primary_key=True, sa_type=String(60))
    sha256: str = Field(primary_key=True, sa_type=String(64))
    size: int = Field(sa_type=BigInteger)
    due_at: datetime = Field(sa_type=UtcDateTime)
    dispatched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
