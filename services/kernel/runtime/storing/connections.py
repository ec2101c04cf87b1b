"""Connections that do not wait for ever: a head has a size and a time, and a body that stops coming ends the request."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 1024
"""All headers and the address together; a browser sends about 2 KB, the longest search some 10."""


class HeadTooLarge(Exception):
    """More headers than any browser sends."""


class PatientProtocol(HttpToolsProtocol):
    """HTTP with an end to patience: who sends half a head or half a body gives the connection back."""

    head_within_s = 20.0
    body_silent_for_s = 60.0
    """A bad line may be slow, but not silent for so long."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._head_bytes = 0
        self._is_in_head = True
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Wait for a head."""
        super().connection_made(transport)
        self._wait_for_more(self.head_within_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins; its head has a time from here."""
        self._head_bytes, self._is_in_head = 0, True
        super().on_message_begin()
        self._wait_for_more(self.head_within_s)

    def on_headers_complete(self) -> None:
        """The head is whole.

        Raises:
            HeadTooLarge: It came at once, and is too large.
        """
        self._is_in_head = False
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES:
            raise HeadTooLarge
        super().on_headers_complete()
        self._wait_for_more(self.body_silent_for_s)

    def on_message_complete(self) -> None:
        """The request is whole: how long the answer takes is ours."""
        self._stop_waiting()
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Take what came, within the bounds."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._end("431 Request Header Fields Too Large")
        elif self._patience is not None:
            self._wait_for_more(self.body_silent_for_s)

    def send_400_response(self, msg: str) -> None:
        """What the parser refuses; a head that was too large says so."""
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers or ())
        if size > HEAD_BYTES:
            self._end("431 Request Header Fields Too Large")
        else:
            super().send_400_response(msg)

    def _wait_for_more(self, seconds: float) -> None:
        self._stop_waiting()
        self._patience = self.loop.call_later(seconds, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self) -> None:
        if self.flow.read_paused:  # it is we who do not read
            self._wait_for_more(self.body_silent_for_s)
        else:
            self._end("408 Request Timeout")

    def _end(self, status: str) -> None:
        self._stop_waiting()
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode())
        self.transport.close()
