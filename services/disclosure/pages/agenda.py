"""What disclosure has for an officer to do: reviews, publications, and drafts that came back."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.disclosure.model import Information
from services.disclosure.store import information as store
from services.kernel.language.vocabulary import InformationStatus, Role
from services.kernel.runtime.pages.agenda import MOST_TASKS, Agenda, Card, Task, titled
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.identity import Officer

_LIST = "/disclosure/information"
RETURNED_FOR = timedelta(days=30)
"""Drafts that came back longer ago were left as they are."""


async def agenda_of(session: AsyncSession, me: Officer, now: datetime, _context: ServiceContext) -> Agenda:
    """Cards and tasks by role, for the texts of the officer's unit."""
    if not me.has(Role.SECRECY, Role.PUBLISHER):
        return Agenda()
    counts = await store.count_by_status(session, me.unit_id)
    cards, tasks = [], []
    for role, status, verb, icon, none in (
        (Role.SECRECY, InformationStatus.IN_REVIEW, "保密审查", "seal", "没有待审查的公开稿"),
        (Role.PUBLISHER, InformationStatus.APPROVED, "发布", "globe", "没有通过审查、待发布的"),
    ):
        if me.has(role):
            count = counts.get(status, 0)
            found = await store.list_oldest(session, me.unit_id, status, limit=MOST_TASKS) if count else []
            mine = [_task(verb, one) for one in found]
            tasks += mine
            note = titled(mine[0]) if mine else none
            cards.append(Card(what=verb, count=count, href=f"{_LIST}?status={status}", icon=icon, note=note))
    returned = await store.count_returned(session, me.unit_id, now - RETURNED_FOR) if me.has(Role.PUBLISHER) else 0
    if returned:
        href = f"{_LIST}?status={InformationStatus.DRAFT}"
        cards.append(Card(what="退回修改", count=returned, href=href, icon="pen", note="审查后退回的草稿"))
    return Agenda(cards=tuple(cards), tasks=tuple(tasks))


def _task(verb: str, one: Information) -> Task:
    return Task(what=verb, title=one.title, href=f"{_LIST}/{one.information_id}", source=one.responsible_section)
