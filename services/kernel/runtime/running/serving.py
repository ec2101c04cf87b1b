"""Runs a process of a node: logging, event loop and HTTP server."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Sequence

import structlog
import uvicorn
from uvicorn.main import STARTUP_FAILURE

from services.kernel.runtime.running.app import make_node
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.connections import PatientProtocol
from services.kernel.runtime.surroundings.settings import Settings

GRACE_S = 4
"""How long requests may take to end when the node is told to stop."""

REPEATS_A_MINUTE = 5
_M_ARENA_MAX = -8
"""glibc's number of this option, see mallopt(3)."""


def serve(services: Sequence[Service], settings: Settings | None = None) -> None:
    """Serve these services until SIGTERM or SIGINT; then finish, commit and leave."""
    settings = settings or Settings()
    _share_arenas()
    configure_logging()
    process = make_node(services, settings)
    _calm_the_collector()
    config = http_config(process, settings)
    server = Server(config, process)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=_sockets(config, settings))
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def http_config(process: NodeProcess, settings: Settings) -> uvicorn.Config:
    """How the node answers HTTP: with an end to patience, and the client's address as the proxy before it names it."""
    return uvicorn.Config(
        process.app, host=settings.host, port=settings.port, loop="uvloop", http=PatientProtocol, log_config=None,
        access_log=False, timeout_graceful_shutdown=GRACE_S, proxy_headers=True, server_header=False,
    )  # fmt: skip


def _sockets(config: uvicorn.Config, settings: Settings) -> list[socket.socket] | None:
    """Where to listen, when that is at an inside port as well; else the server finds its own way."""
    if not settings.inside_port:
        return None
    return [config.bind_socket(), socket.create_server(("127.0.0.1", settings.inside_port))]


class Server(uvicorn.Server):
    """The HTTP server, which tells the background work to stop while it still answers its last requests."""

    def __init__(self, config: uvicorn.Config, process: NodeProcess) -> None:
        super().__init__(config)
        self._process = process

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop everything at once: what requests leave behind waits in the outbox for the next start."""
        self._process.stop.set()
        await super().shutdown(sockets)


def _share_arenas() -> None:
    """Let the C library's threads share two memory arenas instead of sixteen.

    Each database connection has a thread, each thread its own arena, and none gives memory
    back: a node in use was a quarter larger for it. Other C libraries have no such call.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def _calm_the_collector() -> None:
    """Leave what start-up made out of every later collection, and collect less often.

    Facts and rows die young and without cycles; walking the modules' 300,000 objects again and
    again took a fifth of the time in which facts arrive.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def configure_logging() -> None:
    """Structured lines on standard error; libraries that repeat themselves are slowed down."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(RepeatLimit())
    logging.basicConfig(
        level=logging.WARNING, handlers=[handler], format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


class RepeatLimit(logging.Filter):
    """Lets one message template through a few times a minute.

    It sits on the handler: while a broker is away its client logs hundreds of lines a second,
    and a filter on a parent logger would not see its children's records.
    """

    def __init__(self) -> None:
        super().__init__()
        self._minute = 0
        self._seen: dict[str, int] = defaultdict(int)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is among the first of its kind in this minute."""
        minute = int(time.monotonic() // 60)
        if minute != self._minute:
            self._minute, self._seen = minute, defaultdict(int)
        place = f"{record.name}:{record.msg}"[:200]
        self._seen[place] += 1
        return self._seen[place] <= REPEATS_A_MINUTE
