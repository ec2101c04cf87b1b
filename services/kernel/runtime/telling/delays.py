"""Whether notices about a matter are late somewhere in the node, for the page that shows it to a clerk."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

import httpx
from fastapi import Request

from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.surroundings.settings import ALL_SERVICES
from services.kernel.runtime.web.insiders import ServiceAway, ask

BUDGET_S = 0.2
"""How long a page waits for the answer, which is but one line of it."""
PATIENT_S = 3.0
"""How long the line waits that asks for itself while the page is open."""
KEPT_S = 10.0
MOST_KEPT = 500
SILENT: Literal["silent"] = "silent"


@dataclass(frozen=True)
class Delay:
    """How many notices have not taken effect, and since when the oldest waits."""

    count: int
    since: datetime


async def find_delay(request: Request, key: object, *, within_s: float = BUDGET_S) -> Delay | None:
    """What is late about `key` in any service of the node; None when nothing is, or nobody answers in time.

    The answer is kept for ten seconds, if all gave theirs: pages ask again and again, and it is a hint.
    """
    kept = _kept(request)
    now = time.monotonic()
    if str(key) in kept and now - kept[str(key)][0] < KEPT_S:
        return kept[str(key)][1]
    context: ServiceContext = request.app.state.context
    token = request.state.token
    found = await asyncio.gather(*(_ask(context, token, name, str(key), within_s) for name in ALL_SERVICES))
    late = [one for one in found if isinstance(one, Delay)]
    delay = Delay(sum(one.count for one in late), min(one.since for one in late)) if late else None
    if SILENT in found:
        return delay
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[str(key)] = (now, delay)
    return delay


def _kept(request: Request) -> dict[str, tuple[float, Delay | None]]:
    state = request.app.state
    if not hasattr(state, "delays"):
        state.delays = {}
    kept: dict[str, tuple[float, Delay | None]] = state.delays
    return kept


async def _ask(
    context: ServiceContext, token: str, service: str, key: str, within_s: float
) -> Delay | Literal["silent"] | None:
    try:
        path = f"api/v1/waiting/{quote(key, safe='')}"
        answer = await ask(context, service, path, within_s=within_s, token=token)
        said = answer.json() if answer.status_code == httpx.codes.OK else {}
    except (ServiceAway, ValueError):
        return SILENT
    if not said.get("count") or not said.get("since"):
        return None
    return Delay(int(said["count"]), datetime.fromisoformat(said["since"]))
