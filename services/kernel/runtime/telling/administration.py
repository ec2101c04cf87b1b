"""What an operator does to a node from the command line or the event desk: parked events, republishing, diagnosis."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from services.kernel.language.events import FACTS, topic_names
from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import InvalidInput, NotFound
from services.kernel.runtime.keeping.backup.sqlite_files import damage_of
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.storing.audit import first_broken_row
from services.kernel.runtime.storing.migrations import SchemaStale, require_current
from services.kernel.runtime.storing.tables import INBOX_WAITING, OUTBOX, OUTBOX_STATE
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.inbox import Inbox, waiting
from services.kernel.runtime.telling.setting_aside import list_aside
from services.kernel.runtime.telling.topics import list_partitions

BROKER_WITHIN_S = 3.0
"""Somebody waits before the screen for what `doctor` found."""
DAMAGED_ADVICE = "停止节点，恢复最近一份备份（docs/how-to/restore.md），查磁盘"


class RepairUnreadable(InvalidInput):
    """修改后的内容仍不符合这类记录的格式。"""

    code = "repair_unreadable"
    message = "修改后的内容仍不符合这类记录的格式。"


async def repair_event(tx: Transaction, waiting_id: int, body: bytes, *, by: OfficerRef | None = None) -> None:
    """Replace the data of a parked event by data that opens; the audit row says which event it was, not what it said.

    The data as it was told stays in its teller's outbox, where an erasure reaches it; audit rows
    are a chain that nothing can be taken out of.

    Raises:
        NotFound: No such event waits.
        RepairUnreadable: The new data does not fit the event's type.
    """
    row = await waiting.find(tx.session, waiting_id)
    if row is None:
        raise NotFound
    fact = FACTS.get(row.type or "")
    try:
        if fact is not None:
            fact.model_validate_json(body)
    except ValueError as fault:
        raise RepairUnreadable(errors=[FieldError("body", "unreadable", RepairUnreadable.message).as_dict()]) from fault
    await waiting.repair(tx.session, waiting_id, body)
    digests = {"before_sha256": _digest(bytes(row.body)), "after_sha256": _digest(body)}
    tx.audit("event.repaired", waiting_id, by=by, details={"event_id": row.event_id, "topic": row.topic, **digests})


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


async def replay_event(service: Service, context: ServiceContext, waiting_id: int) -> bool:
    """Apply a parked event now, and all that it held; raises what its handler raises."""
    async with context.database.reading() as session:
        row = await waiting.find(session, waiting_id)
    if row is None:
        raise NotFound
    inbox = Inbox(
        context.database, service.listens_to, consumer=row.consumer, prefix=context.node.node_id, clock=context.clock
    )
    return await inbox.replay(waiting_id)


async def republish(tx: Transaction, *, topic: str = "", key: str = "", since: datetime | None = None) -> int:
    """Publish facts once more: all, of a topic, of a key, or told since. Cursors absorb what is known.

    A row keeps the offset that it had on the broker: it has left once, and its number is known.
    """
    chosen = update(OUTBOX).where(OUTBOX.c.published_at.is_not(None), OUTBOX.c.sequence > 0)
    if topic:
        chosen = chosen.where(OUTBOX.c.topic == f"{tx.node.node_id}.{topic}")
    if key:
        chosen = chosen.where(OUTBOX.c.key == key)
    if since is not None:
        chosen = chosen.where(OUTBOX.c.told_at >= since)
    done: Any = await tx.session.execute(chosen.values(published_at=None))
    tx.wake_relay()
    tx.audit("outbox.republished", topic or "*", by=None, details={"key": key, "count": done.rowcount})
    return int(done.rowcount)


@dataclass(frozen=True)
class Finding:
    """One thing that `doctor` looked at: whether it is well, what was seen, and what to do."""

    is_well: bool
    what: str
    advice: str = ""


async def diagnose(services: Sequence[Service], contexts: dict[str, ServiceContext]) -> list[Finding]:
    """Look for causes, not for open ports: schema, damage, chain, outbox, waiting events, topics, disk."""
    findings: list[Finding] = []
    for service in services:
        context = contexts[service.name]
        try:
            await require_current(context.database, service.migrations)
        except SchemaStale as stale:
            findings.append(Finding(False, str(stale), "python -m services migrate"))
            continue
        except Exception as fault:  # noqa: BLE001 - the finding is that it does not answer
            findings.append(
                Finding(False, f"{service.title}：数据库打不开（{fault!r:.200}）", "检查数据目录权限或数据库地址")
            )
            continue
        findings.append(Finding(True, f"{service.title}：表结构为最新"))
        if context.database.is_sqlite:
            path = Path(context.database.url.database or "")
            if damage := await asyncio.to_thread(damage_of, path):
                findings.append(
                    Finding(False, f"{service.title}：数据库文件 {path} 已损坏（{damage:.200}）", DAMAGED_ADVICE)
                )
                continue
        findings += await _diagnose_facts(service, context)
    findings.append(await _diagnose_topics(next(iter(contexts.values()))))
    findings.append(_diagnose_disk(next(iter(contexts.values()))))
    return findings


async def _diagnose_facts(service: Service, context: ServiceContext) -> list[Finding]:
    async with context.database.reading() as session:
        blocked = (await session.execute(select(OUTBOX_STATE.c.blocked_reason))).scalar_one()
        unpublished = (
            await session.execute(
                select(func.count(), func.min(OUTBOX.c.told_at)).where(OUTBOX.c.published_at.is_(None))
            )
        ).one()
        kinds = list(await session.execute(select(INBOX_WAITING.c.kind, func.count()).group_by(INBOX_WAITING.c.kind)))
        broken = await first_broken_row(session)
        aside = await list_aside(session)
    found = []
    if blocked:
        found.append(Finding(False, f"{service.title}：{blocked}", f"python -m services restore {service.name}"))
    count, oldest = unpublished
    if count and (context.clock() - oldest).total_seconds() > 60:
        found.append(
            Finding(False, f"{service.title}：{count} 条记录未发出，最早 {oldest:%m-%d %H:%M} UTC", "检查消息队列")
        )
    if aside:
        found.append(
            Finding(
                False, f"{service.title}：{len(aside)} 条记录发不出去", f"python -m services aside list {service.name}"
            )
        )
    for kind, number in kinds:
        label = "搁置" if kind == waiting.PARKED else "等待前一条"
        found.append(
            Finding(False, f"{service.title}：{number} 条记录{label}", f"python -m services parked list {service.name}")
        )
    if broken is not None:
        found.append(Finding(False, f"{service.title}：操作记录链从第 {broken} 行起被改动", "对照备份核查"))
    return found


async def _diagnose_topics(context: ServiceContext) -> Finding:
    settings = context.settings
    try:
        present = {
            topic
            for topic, _ in await asyncio.to_thread(
                list_partitions, settings.kafka, f"{settings.node_id}.", within_s=BROKER_WITHIN_S
            )
        }
    except Exception:  # noqa: BLE001 - the finding is that it does not answer
        return Finding(False, f"消息队列 {settings.kafka} 没有应答", "启动消息队列，或检查 SHANGDA_KAFKA")
    missing = [name for name in topic_names() if settings.topic(name) not in present]
    if missing:
        return Finding(False, f"缺少主题：{'、'.join(missing)}", "python -m services topics")
    return Finding(True, f"消息队列 {settings.kafka} 应答，主题齐全")


def _diagnose_disk(context: ServiceContext) -> Finding:
    import shutil

    folder = Path(context.settings.data_dir)
    free_gb = shutil.disk_usage(folder).free / 1024**3
    return Finding(
        free_gb > 1, f"数据目录剩余 {free_gb:.1f} GB", "" if free_gb > 1 else "清理磁盘，不足 1 GB 时停止收附件"
    )
