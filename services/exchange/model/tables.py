"""Tables of the exchange: the ledger of both directions, signed statements, lanes, links, routes, files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String
from sqlmodel import Field, SQLModel

from services.kernel.language.vocabulary import ErasureGround, ErasureStage
from services.kernel.runtime.storing.columns import Coded
from services.kernel.runtime.storing.tables import BigId, UtcDateTime, service_metadata

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


class Queued(Table, table=True):
    """What a neighbour shall get and has no number yet: the carrier numbers it, lowest `rank` first.

    `body` is None once erased; `size` is what it weighs on the road.
    """

    __tablename__ = "exchange_queued"
    __table_args__ = (Index("ix_exchange_queued_next", "link", "lane", "rank", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    link: str = Field(sa_type=String(130))
    lane: str = Field(sa_type=String(10))
    rank: int
    event_id: str = Field(sa_type=String(64), index=True)
    type: str = Field(sa_type=String(80))
    body: bytes | None = None
    size: int
    at: datetime = Field(sa_type=UtcDateTime)


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
    incarnation: str = Field(default="", sa_type=String(40))
    answers: str = Field(default="", sa_type=String(40))


class Lane(Table, table=True):
    """One chain's state: its tip, and what is known about it beside the ledger.

    A chain of ours (`is_out`): `carried_n` went to the broker, `receipted_n` is held there,
    `restoring_n` is what the peer holds of ours and we lack, `names_incarnation` once the peer has
    named its own. A chain of the peer's: `claimed_n` is what it says it has, `read_offset` the next
    message of the topic that it and the receipts for our chain come on.
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
    names_incarnation: bool = False
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
    """The nodes an item went up through, the author's first.

    When it was sent to another office later, the earlier ways follow, each behind a semicolon.
    """

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
    """A file that a peer shall have; `dispatched_at` once its pieces wait for the bulk lane or stand in it.

    One that is not here is tried again at `next_at`, later each time, until an operator gives it up.
    """

    __tablename__ = "exchange_file_due"

    peer: str = Field(primary_key=True, sa_type=String(60))
    sha256: str = Field(primary_key=True, sa_type=String(64))
    size: int = Field(sa_type=BigInteger)
    due_at: datetime = Field(sa_type=UtcDateTime)
    dispatched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_urgent: bool = False
    tries: int = 0
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    given_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class FileWanted(Table, table=True):
    """A file that a peer shall bring; asked for again at `next_at` until it is whole or given up."""

    __tablename__ = "exchange_file_wanted"

    peer: str = Field(primary_key=True, sa_type=String(60))
    sha256: str = Field(primary_key=True, sa_type=String(64))
    size: int = Field(sa_type=BigInteger)
    since: datetime = Field(sa_type=UtcDateTime)
    is_urgent: bool = False
    tries: int = 0
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    came_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    given_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_erased: bool = False


class Erasure(Table, table=True):
    """An item whose content this node erases or has erased: who decided it, why, how far it is; nothing of the content.

    `copies` says by service how many facts, records and files there were; `asked` are the
    neighbours that were told, `trouble` is why it does not go on.
    """

    __tablename__ = "exchange_erasure"

    origin_id: str = Field(primary_key=True, sa_type=String(40))
    ground: ErasureGround = Field(sa_type=Coded(ErasureGround))
    reason: str = Field(sa_type=String(200))
    decided_by: str = Field(sa_type=String(120))
    unit_name: str = Field(sa_type=String(200))
    decided_at: datetime = Field(sa_type=UtcDateTime, index=True)
    stage: ErasureStage = Field(default=ErasureStage.DATABASES, sa_type=Coded(ErasureStage))
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    trouble: str = Field(default="", sa_type=String(200))
    copies: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    files: int = 0
    topics: int = 0
    asked: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)


class ErasureSaid(Table, table=True):
    """What a neighbour decided about an item, and what was answered here: empty while nobody has."""

    __tablename__ = "exchange_erasure_said"

    origin_id: str = Field(primary_key=True, sa_type=String(40))
    peer: str = Field(primary_key=True, sa_type=String(60))
    is_declined: bool
    ground: ErasureGround | None = Field(default=None, sa_type=Coded(ErasureGround))
    reason: str = Field(sa_type=String(200))
    decided_by: str = Field(sa_type=String(120))
    unit_name: str = Field(sa_type=String(200))
    at: datetime = Field(sa_type=UtcDateTime)
    arrived_at: datetime = Field(sa_type=UtcDateTime, index=True)
    answer: str = Field(default="", sa_type=String(10))
    answered_by: str = Field(default="", sa_type=String(120))
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer_reason: str = Field(default="", sa_type=String(200))
