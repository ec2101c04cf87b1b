"""What a kind of fact means beyond its fields: which way it crosses, where it stands in a history, how its line reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.kernel.language.vocabulary import InfoType, Word

if TYPE_CHECKING:
    from services.kernel.language.events.parts import OfficerRef


class Way(StrEnum):
    """A way on which a fact crosses to another node. A fact with none stays in the node that tells it.

    `UP` is to the node that the item's newest hop leads to; `TO_ASKER` up the item's route, hop by
    hop, to the node that asked; `BACK` down its route, hop by hop, to its author's node; `BESIDE` to
    the neighbours that the fact names, up or down, and no further.
    """

    UP = "up"
    TO_ASKER = "to_asker"
    BACK = "back"
    BESIDE = "beside"


class Tone(StrEnum):
    """How a line of a history stands out: sent on, come to a good end, come back, or not at all."""

    PLAIN = ""
    KEY = "key"
    DONE = "done"
    BACK = "back"


class Kind(StrEnum):
    """What a line is to the others of its hop and version: receipts stand at what was sent, answers at their question."""

    PLAIN = ""
    SENT = "sent"
    DELIVERED = "delivered"
    RECEIVED = "received"
    QUESTION = "question"
    ANSWER = "answer"


STAYS: frozenset[Way] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an item's passage a fact stands: what the author's unit does prepares hop 1.

    `ordinal` is 0 where the telling node says nothing of it.
    """

    origin_id: UUID
    info_type: InfoType
    hop: int
    version: int
    node: str
    at: datetime
    ordinal: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A fact as one line of its item's history.

    `text` is one Chinese sentence; `note` is what somebody wrote (a reason, a question, an answer);
    `data` holds what else a page or a program may want, JSON values only. `signed_by` is named where
    no officer is.
    """

    text: str
    by: OfficerRef | None = None
    signed_by: str = ""
    note: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def label_of(words: type[Word], code: str) -> str:
    """The label of a code; a code of a newer node stays readable as it is."""
    try:
        return words(code).label
    except ValueError:
        return code
