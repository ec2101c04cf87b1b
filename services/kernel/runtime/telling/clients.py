"""Kafka clients: the one place where they are opened, and closed whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import structlog
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaConnectionError

log = structlog.get_logger()

CLOSE_TIMEOUT_S = 5.0
ADMIN_TIMEOUT_S = 15.0
KNOCK_TIMEOUT_S = 5.0

C = TypeVar("C")


@asynccontextmanager
async def opened(client: C) -> AsyncIterator[C]:
    """Start an aiokafka producer or consumer for the block, and close it afterwards."""
    try:
        await start(client)
        yield client
    finally:
        await close(client)


async def start(client: Any) -> None:
    """Start an aiokafka client.

    A start that is broken off leaves its first connection open: it comes to its end before our cancellation goes on.
    """
    (await _unbroken(client.start(), client)).result()


async def close(client: object) -> None:
    """Close an aiokafka client with all its tasks and sockets, and pass on no fault of its own.

    A consumer that was never assigned anything raises CancelledError out of its `stop`, half
    closed. `stop` therefore runs as a task of its own: what it raises is its own, and what is
    raised here is our own cancellation, which waits until the client is closed and then goes on.
    """
    await _unbroken(_close_all(client), client, within_s=CLOSE_TIMEOUT_S)


async def _unbroken(
    act: Coroutine[Any, Any, None], client: object, *, within_s: float | None = None
) -> asyncio.Task[None]:
    """Run the act as a task of its own, which our cancellation does not break off but follows.

    Once we are cancelled it has `CLOSE_TIMEOUT_S`, and `within_s` in any case; then it is cut.
    """
    loop = asyncio.get_running_loop()
    acting = loop.create_task(act)
    ours: asyncio.CancelledError | None = None
    give_up_at = None if within_s is None else loop.time() + within_s
    while not acting.done() and (give_up_at is None or loop.time() < give_up_at):
        try:
            await asyncio.wait([acting], timeout=None if give_up_at is None else give_up_at - loop.time())
        except asyncio.CancelledError as cancelled:
            ours, give_up_at = cancelled, give_up_at or loop.time() + CLOSE_TIMEOUT_S
    if not acting.done():
        log.warning("kafka.client.slow", client=type(client).__name__)
        acting.cancel()
        await asyncio.wait([acting], timeout=1.0)
    if ours is not None:
        if acting.done() and not acting.cancelled():
            acting.exception()  # nobody else will look at it
        raise ours
    return acting


async def _close_all(client: Any) -> None:
    await _quietly(client.stop)
    # What `stop` left open when it broke off; closing twice does no harm.
    for part in (getattr(client, "_fetcher", None), getattr(client, "_client", None), getattr(client, "client", None)):
        if part is not None:
            await _quietly(part.close)


async def _quietly(act: Callable[[], Awaitable[None]]) -> None:
    try:
        await act()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
    except Exception as fault:  # noqa: BLE001 - it is thrown away; a new one follows
        log.info("kafka.client.dropped", fault=repr(fault)[:200])


@contextmanager
def administering(bootstrap_servers: str, within_s: float = ADMIN_TIMEOUT_S) -> Iterator[KafkaAdminClient]:
    """An administration client for the block; blocking, for threads and commands.

    It starts a thread and sockets before it looks for its broker. When that is away, its
    constructor raises and leaves them open: so somebody must listen there first, and what the
    constructor has begun is ended in any case.

    Args:
        within_s: How long the broker may take to be found, and for each answer.

    Raises:
        kafka.errors.KafkaError: The broker is away.
    """
    _require_listener(bootstrap_servers, min(within_s, KNOCK_TIMEOUT_S))
    admin = KafkaAdminClient.__new__(KafkaAdminClient)
    try:
        within_ms = int(within_s * 1000)
        admin.__init__(
            bootstrap_servers=bootstrap_servers.split(","), request_timeout_ms=within_ms, bootstrap_timeout_ms=within_ms
        )
        yield admin
    finally:
        admin._closed = False  # noqa: SLF001 - a constructor that failed has not said so
        with contextlib.suppress(Exception):
            admin.close()


def _require_listener(bootstrap_servers: str, within_s: float) -> None:
    for server in bootstrap_servers.split(","):
        host, _, port = server.strip().rpartition(":")
        with contextlib.suppress(OSError), socket.create_connection((host.strip("[]"), int(port)), within_s):
            return
    raise KafkaConnectionError(bootstrap_servers)
