"""What parent and child say to each other: pickled messages, each behind its length."""

from __future__ import annotations

import pickle
import struct
from typing import IO, Any

_LENGTH = struct.Struct(">Q")
_STEP_BYTES = 1024 * 1024


def write(stream: IO[bytes], said: Any) -> None:
    """Send one message."""
    content = pickle.dumps(said, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def read(stream: IO[bytes]) -> Any:
    """The next message, from our own child or parent only.

    Raises:
        EOFError: The other side has ended.
    """
    length = _exactly(stream, _LENGTH.size)
    return pickle.loads(_exactly(stream, _LENGTH.unpack(length)[0]))  # noqa: S301 - our own process


def _exactly(stream: IO[bytes], count: int) -> bytes:
    parts: list[bytes] = []
    while count:
        part = stream.read(min(count, _STEP_BYTES))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
