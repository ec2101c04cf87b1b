"""What a neighbour signs and means no good with: rows as bytes, each with what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID

from services.kernel.language.envelope import to_structured
from tests.integration.exchange.two_nodes import Node, envelope_of, reported_up

Twist = Callable[[dict], object]


def honest(township: Node, district: Node) -> dict:
    """A report as the document that crosses."""
    return json.loads(to_structured(envelope_of(township, reported_up(township, district))))


def _attribute(name: str, value: object) -> Twist:
    return lambda document: document.update({name: value})


def _item(name: str, value: object) -> Twist:
    return lambda document: document["data"]["item"].update({name: value})


def _deep(depth: int) -> Twist:
    def twist(document: dict) -> None:
        document["data"]["more"] = "@deep"
        document["@"] = ("[" * depth, "]" * depth)

    return twist


def _hop(name: str, value: object) -> Twist:
    return lambda document: document["data"]["item"]["hops"][0].update({name: value})


UNREADABLE: dict[str, Twist] = {
    "no object": lambda document: document.clear(),
    "a time before all time": _attribute("time", "0001-01-01T00:00:00+14:00"),
    "a time after all time": _attribute("time", "9999-12-31T23:59:59-14:00"),
    "the first year": _attribute("time", "0001-01-01T00:00:00Z"),
    "a time without zone": _attribute("time", "2026-11-24T00:00:00"),
    "a number for a time": _attribute("time", 1e308),
    "half a character in its id": _attribute("id", "\ud800"),
    "a nul in its id": _attribute("id", "a\0b"),
    "a line break in its id": _attribute("id", "a\nb"),
    "no id": _attribute("id", ""),
    "a long id": _attribute("id", "x" * 65),
    "a list for an id": _attribute("id", [1] * 100),
    "half a character in its trace": _attribute("traceparent", "\udfff"),
    "a nul in its trace": _attribute("traceparent", "\0"),
    "a source of 1.2 MB": _attribute("source", "x" * 1_200_000),
    "a long type": _attribute("type", "submission." + "x" * 80),
    "a long subject": _attribute("subject", "x" * 121),
    "a nul in its subject": _attribute("subject", "\0"),
    "a long node": _attribute("node", "x" * 61),
    "a very large version": _attribute("dataschema", "urn:shangda:submission.reported_up:" + "9" * 5000),
    "no version": _attribute("dataschema", "urn:shangda:submission.reported_up:x"),
    "very deep data": _deep(100_000),
    "half a character in its title": _item("title", "\ud83d"),
}
NOT_PLAIN: dict[str, Twist] = {
    "a nul in its title": _item("title", "题\0"),
    "a version of twenty digits": _item("version", 10**20),
    "the first year in it": lambda document: document["data"].update(at="0001-01-01T00:00:00Z"),
    "a time without zone in it": lambda document: document["data"].update(at="2026-11-24T00:00:00"),
    "a time in the far future": lambda document: document["data"]["sign_off"].update(signed_at="9999-12-31T23:59:59Z"),
    "a size of twenty digits": lambda document: document["data"]["content"].update(
        attachments=[
            {
                "attachment_id": str(UUID(int=1)),
                "sha256": "a" * 64,
                "filename": "x",
                "media_type": "x",
                "size": 10**20,
            }
        ]
    ),
}
TOO_LARGE: dict[str, Twist] = {"data of a megabyte": lambda document: document["data"].update(more="x" * 1_000_000)}
NOT_THEIRS: dict[str, Twist] = {
    "born elsewhere": _attribute("node", "elsewhere"),
    "about another item": _attribute("subject", str(UUID(int=5))),
    "passed nobody": _attribute("via", ""),
    "passed somebody else last": lambda document: document.update(via=document["via"] + ",elsewhere"),
    "written elsewhere": _item("origin_node", "elsewhere"),
    "sent from elsewhere": _hop("from_node", "elsewhere"),
    "sent to somebody else": _hop("to_node", "elsewhere"),
    "a type that stays inside": _attribute("type", "officer.appointed"),
    "a way with a comma": _hop("from_node", "a,b"),
}
TWISTS = {
    **{(kind, name): twist for kind, found in (("unreadable", UNREADABLE), ("not_plain", NOT_PLAIN)) for name, twist in found.items()},
    **{(kind, name): twist for kind, found in (("too_large", TOO_LARGE), ("not_theirs", NOT_THEIRS)) for name, twist in found.items()},
}  # fmt: skip
"""By the kind of conflict that each is kept as, and its name."""

RAW: dict[str, bytes] = {
    "nothing": b"",
    "no text": b"\xff\xfe",
    "a number": b"7",
    "brackets": b"[" * 100_000,
    "half a document": b'{"id":"x"',
    "endless": b'{"id":Infinity,"data":NaN}',
    "very many digits": b'{"id":' + b"9" * 10_000 + b',"data":{}}',
}

CHUNKS: dict[str, bytes] = {
    "endless": b'{"sha256":"%s","size":Infinity,"offset":0,"length":0,"chunk_sha256":"%s"}' % (b"a" * 64, b"b" * 64),
    "no number": b'{"sha256":"%s","size":NaN,"offset":0,"length":0,"chunk_sha256":"%s"}' % (b"a" * 64, b"b" * 64),
    "very large": b'{"sha256":"%s","size":1e300,"offset":0,"length":0,"chunk_sha256":"%s"}' % (b"a" * 64, b"b" * 64),
    "brackets": b"[" * 100_000,
    "half a character": b'{"sha256":"\\ud800","size":1,"offset":0,"length":1,"chunk_sha256":"x"}',
    "a list": b"[1,2]",
    "a path": b'{"sha256":"../../../../etc/passwd","size":1,"offset":0,"length":1,"chunk_sha256":"x"}',
    "below nothing": b'{"sha256":"%s","size":5,"offset":-5,"length":5,"chunk_sha256":"%s"}' % (b"a" * 64, b"b" * 64),
    "no text": b"\xff",
}


def twisted(township: Node, district: Node, twist: Twist) -> bytes:
    """A report's bytes, twisted."""
    document = honest(township, district)
    twist(document)
    opening, closing = document.pop("@", ("", ""))
    return json.dumps(document).replace('"@deep"', opening + closing).encode()
