"""The envelope of a fact: CloudEvents 1.0, binary mode inside a node, structured mode between nodes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json

from services.kernel.language.moments import read_moment

SPEC_VERSION = "1.0"
_DATA = b',"data":'
LONGEST_SENDER = 60
CONTENT_TYPE = "application/json"

_TEXT_HEADERS = {
    "id": "ce_id",
    "type": "ce_type",
    "source": "ce_source",
    "time": "ce_time",
    "subject": "ce_subject",
    "dataschema": "ce_dataschema",
    "node": "ce_node",
    "level": "ce_level",
    "via": "ce_via",
    "traceparent": "traceparent",
    "emptied": "ce_emptied",
}


class EnvelopeUnreadable(ValueError):
    """The message is no CloudEvent of ours: a required attribute is missing or malformed."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands on the outside of a fact.

    `sequence` counts per (topic, key) from 1; `epoch` is raised by a restore alone; `via`
    lists the nodes the fact has passed, oldest first; `data` is the fact as JSON bytes.
    Both counters are 0 in structured mode: each node gives its own on its own topics. `emptied`
    says why the data is gone: such a fact moves cursors, so that later ones take their turn, and
    has no other effect.
    """

    id: str
    type: str
    source: str
    time: datetime
    subject: str
    dataschema: str
    node: str
    level: str
    data: bytes
    via: tuple[str, ...] = ()
    traceparent: str = ""
    sequence: int = 0
    epoch: int = 0
    emptied: str = ""

    @property
    def version(self) -> int:
        """The version of the fact's schema, the last part of `dataschema`."""
        return int(self.dataschema.rsplit(":", 1)[-1])

    @property
    def sender(self) -> str:
        """Who answers for it here: the node where it was born, and the neighbour that brought it when that is another.

        No neighbour can do harm to a third by bringing what it says was born there.
        """
        neighbour = self.via[-1] if self.via else self.node
        return self.node if neighbour == self.node else f"{self.node}/{neighbour}"[:LONGEST_SENDER]

    def passed(self, node: str) -> Envelope:
        """The same envelope after it went through `node`."""
        return self if node in self.via else replace(self, via=(*self.via, node))


def dataschema_of(type_: str, version: int) -> str:
    """The schema address of a fact type: `urn:shangda:<type>:<version>`."""
    return f"urn:shangda:{type_}:{version}"


def to_headers(envelope: Envelope) -> list[tuple[str, bytes]]:
    """Kafka headers of the binary mode; the data is the message value."""
    values = _attributes(envelope)
    headers = [(_TEXT_HEADERS[name], value.encode()) for name, value in values.items()]
    return [
        ("content-type", CONTENT_TYPE.encode()),
        ("ce_specversion", SPEC_VERSION.encode()),
        *headers,
        ("ce_sequence", str(envelope.sequence).encode()),
        ("ce_epoch", str(envelope.epoch).encode()),
    ]


def from_headers(headers: Sequence[tuple[str, bytes]] | Mapping[str, bytes], data: bytes) -> Envelope:
    """Read a binary-mode message.

    Raises:
        EnvelopeUnreadable: A required header is absent or malformed.
    """
    found = dict(headers.items() if isinstance(headers, Mapping) else headers)
    try:
        text = {name: found[header].decode() for name, header in _TEXT_HEADERS.items() if header in found}
        return _build(text, data, int(found["ce_sequence"]), int(found.get("ce_epoch", b"0")))
    except (KeyError, ValueError, AttributeError, TypeError, OverflowError) as fault:
        raise EnvelopeUnreadable(f"header missing or malformed: {fault}") from fault


def to_structured(envelope: Envelope) -> bytes:
    """The whole event as one JSON document, bytes stable for equal content (it is hashed)."""
    head = {"specversion": SPEC_VERSION, "datacontenttype": CONTENT_TYPE, **_attributes(envelope)}
    text = json.dumps(head, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text[:-1].encode() + _DATA + envelope.data + b"}"


def from_structured(document: bytes) -> Envelope:
    """Read a structured-mode event.

    Raises:
        EnvelopeUnreadable: The document is no JSON, or a required attribute is absent.
    """
    try:
        head, data = _split(document)
        return _build({name: str(value) for name, value in head.items()}, data, 0, 0)
    except (KeyError, ValueError, AttributeError, TypeError, OverflowError, RecursionError) as fault:
        raise EnvelopeUnreadable(f"attribute missing or malformed: {fault}") from fault


def _split(document: bytes) -> tuple[dict[str, Any], bytes]:
    """Attributes and data. The data is cut out as it stands when it comes last, as we write it.

    A quotation mark inside a string is escaped, so the first `,"data":` is the member itself.
    """
    place = document.find(_DATA)
    data = document[place + len(_DATA) : -1]
    if place > 0 and document.endswith(b"}") and _is_json(data):
        head: dict[str, Any] = json.loads(document[:place] + b"}")
        return head, data
    body: dict[str, Any] = json.loads(document)
    return body, json.dumps(body.pop("data"), ensure_ascii=False, separators=(",", ":")).encode()


def _is_json(data: bytes) -> bool:
    try:
        from_json(data)
    except ValueError:
        return False
    return True


def _attributes(envelope: Envelope) -> dict[str, str]:
    values = {
        "id": envelope.id,
        "type": envelope.type,
        "source": envelope.source,
        "time": envelope.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "subject": envelope.subject,
        "dataschema": envelope.dataschema,
        "node": envelope.node,
        "level": envelope.level,
        "via": ",".join(envelope.via),
        "traceparent": envelope.traceparent,
        "emptied": envelope.emptied,
    }
    return {name: value for name, value in values.items() if value}


def _build(text: Mapping[str, str], data: bytes, sequence: int, epoch: int) -> Envelope:
    envelope = Envelope(
        id=text["id"],
        type=text["type"],
        source=text["source"],
        time=read_moment(text["time"]),
        subject=text["subject"],
        dataschema=text["dataschema"],
        node=text["node"],
        level=text.get("level", ""),
        via=tuple(filter(None, text.get("via", "").split(","))),
        traceparent=text.get("traceparent", ""),
        emptied=text.get("emptied", ""),
        sequence=sequence,
        epoch=epoch,
        data=data,
    )
    if not envelope.id or envelope.version < 1 or sequence < 0:
        raise EnvelopeUnreadable("id, schema version or sequence is not usable")
    return envelope
