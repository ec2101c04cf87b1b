"""Argon2id: hashing a password, and checking one in the same time whether or not it exists."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.directory.policy.sign_in import Place

# OWASP's first choice: 19 MiB and two passes, about 20 ms. More memory would let a burst of
# sign-ins push a small node over its limit.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_AT_ONCE = 2


@dataclass(frozen=True)
class PasswordCheck:
    """The outcome of a check that was made before the transaction began."""

    username: str
    place: Place
    officer_id: UUID | None
    password_hash: str
    matches: bool
    is_public: bool = False


def hash_password(password: str) -> str:
    """The Argon2id hash under which a password is kept."""
    return _HASHER.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Whether the password belongs to the hash; an empty hash costs the same time and never matches."""
    try:
        return _HASHER.verify(password_hash or _nobodys_hash(), password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


async def matches_aside(password_hash: str, password: str) -> bool:
    """`matches` on a thread, two at a time: a flood of sign-ins must not stop the node's loop."""
    async with _turns():
        return await asyncio.to_thread(matches, password_hash, password)


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody has this password")


_semaphores: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


def _turns() -> asyncio.Semaphore:
    """The semaphore of the running loop; tests and the CLI run several loops in one process."""
    loop = asyncio.get_running_loop()
    for closed in [other for other in _semaphores if other.is_closed()]:
        del _semaphores[closed]
    return _semaphores.setdefault(loop, asyncio.Semaphore(_AT_ONCE))
