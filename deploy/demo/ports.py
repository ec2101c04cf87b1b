"""Who holds a port, so that a message can say more than that it is taken."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from deploy.demo.nodes import LOOPBACK, Ports

_LISTENING = "0A"


class PortTaken(Exception):
    """A port of the demo is in use; the message names it and, where the system says so, the process."""


def require_free(ports: Ports) -> None:
    """Let pass when nobody listens on these ports.

    Raises:
        PortTaken: Somebody does.
    """
    taken = [f"端口 {port}（{use}）{_held_by(port)}" for port, use in ports.in_words().items() if is_taken(port)]
    if taken:
        raise PortTaken("；\n".join(taken) + "。请先结束它，再重新启动。")


def is_taken(port: int) -> bool:
    """Whether a server could not listen on the port now."""
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return True
    return False


def _held_by(port: int) -> str:
    found = holder_of(port)
    return f"已被进程 {found[0]} 占用：{found[1]}" if found else "已被占用"


def holder_of(port: int) -> tuple[int, str] | None:
    """Process id and command line of who listens on the port; None where the system does not say."""
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    for process in Path("/proc").glob("[0-9]*"):
        if sockets & set(_open_files(process)):
            return int(process.name), _command(process)
    return None


def _listening(port: int) -> list[str]:
    lines = [line.split() for table in ("tcp", "tcp6") for line in _lines(Path("/proc/net") / table)]
    wanted = f":{port:04X}"
    return [parts[9] for parts in lines if parts[1].endswith(wanted) and parts[3] == _LISTENING]


def _lines(table: Path) -> list[str]:
    try:
        return table.read_text().splitlines()[1:]
    except OSError:
        return []


def _open_files(process: Path) -> Iterator[str]:
    with suppress(OSError):  # gone meanwhile, or somebody else's
        for file in (process / "fd").iterdir():
            with suppress(OSError):  # the listing itself is an open file, and ends before it is read
                yield str(file.readlink())


def _command(process: Path) -> str:
    try:
        words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return "?"
    return " ".join(words).strip()[:120]
