"""The administrator's cards: links that need somebody, and what neighbours ask to be erased."""

from __future__ import annotations

from datetime import datetime

from services.exchange.pages.links import need_of, standings
from services.exchange.policy.permissions import Act, blocker_of
from services.exchange.store.erasures import count_requests
from services.kernel.runtime.pages.agenda import Agenda, Card
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.identity import Officer


async def agenda_of(session: AsyncSession, me: Officer, now: datetime, context: ServiceContext) -> Agenda:
    """For who operates links, and for who decides on erasures."""
    cards = []
    if not blocker_of(me.roles, Act.ERASE) and (requests := await count_requests(session)):
        note = "相邻单位已清除，要求我们也清除"
        cards.append(
            Card(what="决定是否清除", count=requests, href="/exchange/erasures", icon="x", note=note, is_urgent=True)
        )
    if not blocker_of(me.roles, Act.OPERATE_LINKS):
        found = await standings(session, context, now)
        in_need = {link.peer.peer: (link.peer.name, why) for link in found if (why := need_of(link))}
        note = (
            f"{'、'.join(name for name, _ in in_need.values())} {next(iter(in_need.values()))[1]}"
            if in_need
            else "各条链路都在正常收发"
        )
        href = f"/exchange/links/{next(iter(in_need))}" if in_need else "/exchange/links"
        cards.append(
            Card(what="查看链路", count=len(in_need), href=href, icon="link", unit="条", note=note, is_urgent=True,
                 menu="/exchange/links")
        )  # fmt: skip
    return Agenda(cards=tuple(cards))
