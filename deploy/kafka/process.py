"""Processes and ports of this machine, as the broker's commands and the tests need them."""

import os
import random
import socket
from itertools import islice
from pathlib import Path

from deploy.kafka.properties import LOOPBACK

# Below the ports that the system gives to outgoing connections: one of those must not take a
# server's port while the server is down.
CANDIDATES = range(20_000, 32_000)

PORT_SHARE = "SHANGDA_PORT_SHARE"
"""Environment: `k/n` takes the k-th (from 0) of n parts of the candidates, so that several runs never meet."""

_given: set[int] = set()


def is_running(pid: int, argument: str) -> bool:
    """Whether this process lives and was started with the argument."""
    _reap(pid)
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    # The command line is empty for an instant at the start, and again once the process is a zombie.
    return os.fsencode(argument) in command or (not command and state != "Z")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now, all different, and not given out by this process before."""
    ours = _own_share()
    candidates = (port for port in random.sample(ours, k=len(ours)) if port not in _given)
    found = list(islice(filter(_is_free, candidates), count))
    _given.update(found)
    return found


def _own_share() -> range:
    part, parts = map(int, os.environ.get(PORT_SHARE, "0/1").split("/"))
    return CANDIDATES[part::parts]


def _is_free(port: int) -> bool:
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return False
    return True


def _reap(pid: int) -> None:
    """Collect the exit code when the process is our own child, so that no zombie stays."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
