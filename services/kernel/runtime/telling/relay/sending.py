"""Sending a batch of rows: what the broker took, what it refused for itself, and what failed for want of the broker."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTimestampError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
    UnsupportedForMessageFormatError,
)

from services.kernel.language.envelope import to_headers
from services.kernel.runtime.storing.outbox import envelope_of

MAX_MESSAGE_BYTES = 1_048_576
_REFUSED_FOR_ITSELF = (
    InvalidTimestampError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
    UnsupportedForMessageFormatError,
)


@dataclass
class Sent:
    """What became of a batch.

    `refused` rows can never be sent as they are; `doubtful` ones were refused in company, where
    one that is too large takes its neighbours down with it: they are to be sent one by one.
    """

    taken: list[tuple[Any, Any]] = field(default_factory=list)
    refused: list[tuple[Any, str]] = field(default_factory=list)
    doubtful: list[Any] = field(default_factory=list)
    fault: BaseException | None = None


async def send_rows(producer: AIOKafkaProducer, rows: Sequence[Any]) -> Sent:
    """Send rows in their order and wait for the broker's word on each."""
    sent = Sent()
    on_their_way: list[tuple[Any, asyncio.Future[Any]]] = []
    held: set[tuple[str, str]] = set()
    for row in rows:
        if (row.topic, row.key) in held:
            continue  # an earlier one of its key was refused: it waits behind that one
        try:
            key, headers = _key_and_headers(row)
        except Exception as fault:  # noqa: BLE001 - whatever it is, this row has it for itself
            sent.refused.append((row, f"记录的内容无法编码：{fault!r:.300}"))
            held.add((row.topic, row.key))
            continue
        try:
            on_their_way.append((row, await producer.send(row.topic, row.body, key=key, headers=headers)))
        except MessageSizeTooLargeError:
            sent.refused.append((row, f"内容太大：{len(row.body)} 字节，消息队列每条最多 {MAX_MESSAGE_BYTES} 字节"))
            held.add((row.topic, row.key))
        except Exception as fault:  # noqa: BLE001 - the broker is away; what is on its way is still waited for
            sent.fault = fault
            break
    answers = await asyncio.gather(*(future for _, future in on_their_way), return_exceptions=True)
    for (row, _), answer in zip(on_their_way, answers, strict=True):
        _note(sent, row, answer, is_alone=len(rows) == 1)
    return sent


def _note(sent: Sent, row: Any, answer: Any, *, is_alone: bool) -> None:
    if not isinstance(answer, BaseException):
        sent.taken.append((row, answer))
    elif not isinstance(answer, _REFUSED_FOR_ITSELF):
        sent.fault = sent.fault or answer
    elif is_alone:
        sent.refused.append((row, f"消息队列不接受这一条（{type(answer).__name__}），{len(row.body)} 字节"))
    else:
        sent.doubtful.append(row)


def _key_and_headers(row: Any) -> tuple[bytes, list[tuple[str, bytes]]]:
    return row.key.encode(), to_headers(envelope_of(row))
