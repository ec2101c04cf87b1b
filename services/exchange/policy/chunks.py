"""How a file travels on the bulk lane: one row per chunk, saying what it is; the content beside it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

CHUNK_BYTES = 512 * 1024
CHUNK_TYPE = "file.chunk"

_DIGEST = re.compile(r"[0-9a-f]{64}")


class ChunkUnreadable(ValueError):
    """The body of a bulk row does not describe a chunk."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a file: the file's digest and size, where the piece stands, its own digest."""

    sha256: str
    size: int
    offset: int
    length: int
    chunk_sha256: str


def spans(size: int) -> list[tuple[int, int]]:
    """(offset, length) of each chunk of a file; an empty file has one empty chunk."""
    return [(at, min(CHUNK_BYTES, size - at)) for at in range(0, size, CHUNK_BYTES)] or [(0, 0)]


def describe(chunk: Chunk) -> bytes:
    """The bytes of the ledger row."""
    body = {
        "chunk_sha256": chunk.chunk_sha256,
        "length": chunk.length,
        "offset": chunk.offset,
        "sha256": chunk.sha256,
        "size": chunk.size,
        "type": CHUNK_TYPE,
    }
    return json.dumps(body, separators=(",", ":")).encode()


def read(body: bytes) -> Chunk:
    """Read a ledger row of the bulk lane.

    Raises:
        ChunkUnreadable: It describes no chunk, or one outside its file.
    """
    try:
        said = json.loads(body)
        chunk = Chunk(
            sha256=said["sha256"],
            size=int(said["size"]),
            offset=int(said["offset"]),
            length=int(said["length"]),
            chunk_sha256=said["chunk_sha256"],
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as fault:
        raise ChunkUnreadable(str(fault)) from fault
    if not _is_sound(chunk):
        raise ChunkUnreadable("digests or span are not usable")
    return chunk


def fits(chunk: Chunk, content: bytes) -> bool:
    """Whether the content is the chunk that the row describes."""
    return len(content) == chunk.length and hashlib.sha256(content).hexdigest() == chunk.chunk_sha256


def could_be_a_file(sha256: object, size: object) -> bool:
    """Whether these are a digest in lower-case hex and a size in bytes."""
    is_size = isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 2**40
    return isinstance(sha256, str) and _DIGEST.fullmatch(sha256) is not None and is_size


def _is_sound(chunk: Chunk) -> bool:
    digests = (chunk.sha256, chunk.chunk_sha256)
    return (
        chunk.size < 2**40
        and all(isinstance(digest, str) and _DIGEST.fullmatch(digest) for digest in digests)
        and 0 <= chunk.offset <= chunk.size
        and 0 <= chunk.length <= CHUNK_BYTES
        and chunk.offset + chunk.length <= chunk.size
    )
