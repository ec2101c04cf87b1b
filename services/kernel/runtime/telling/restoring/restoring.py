"""The whole of a restore: refuse writes, take back, replay, and let writes pass again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import update

from services.kernel.language.refusal import Refusal
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.storing.standing import (
    LOOK_EVERY_S,
    note_incarnation,
    read_last_incarnation,
    read_standing,
)
from services.kernel.runtime.storing.tables import OUTBOX_STATE
from services.kernel.runtime.telling.relay.ends import look_at_own_topics
from services.kernel.runtime.telling.relay.memory import Found
from services.kernel.runtime.telling.restoring.replaying import Replayed, replay
from services.kernel.runtime.telling.restoring.taking_back import TakenBack, take_back

UNDER_WAY = "正在恢复：取回并重做备份之后的记录，请等 restore 完成"


class ReplayIncomplete(Refusal):
    """有的记录没能重做，服务仍不能保存。"""

    code = "replay_incomplete"
    message = "有的记录没能重做，服务仍不能保存；排除原因后再执行一次 restore。"


@dataclass(frozen=True)
class Restored:
    """What a restore found and did."""

    taken: TakenBack
    replayed: Replayed = field(default_factory=lambda: Replayed(0, 0, ()))

    @property
    def forgotten(self) -> Sequence[Found]:
        """The facts that were told before the restore and are back in the outbox."""
        return self.taken.forgotten

    def lines(self) -> list[str]:
        """What an operator goes through with those whose work it is, a line a fact."""
        facts = [(one, "") for one in self.forgotten] + [(one, "编号重复，没有取回：") for one in self.taken.conflicts]
        told = [
            f"{why}{one.envelope.time:%Y-%m-%d %H:%M:%S} {one.envelope.type} {one.envelope.subject} #{one.envelope.sequence}"
            for one, why in facts
        ]
        return told + [f"没有重做成功：{one.what}：{one.reason}" for one in self.replayed.failed]

    @property
    def summary(self) -> str:
        """The counts in one sentence."""
        return (
            f"取回 {len(self.forgotten)} 条，核对为已发出 {self.taken.matched} 条，改号 {self.taken.renumbered} 条，"
            f"重做本服务 {self.replayed.own} 条、别处 {self.replayed.heard} 条"
        )


async def restore(service: Service, context: ServiceContext, *, accept_failures: bool = False) -> Restored:
    """Bring a service whose database was put back to where it was, as far as the broker tells; then it may write.

    May be called again after it broke off: what was taken back and not yet replayed is kept in
    the database, and the service stays blocked until all is done.

    Raises:
        ReplayIncomplete: Some facts could not be replayed, and that was not accepted.
        kafka.errors.KafkaError: The broker is away.
    """
    context = replace(context, database=context.database.ungated())
    seen = await look_at_own_topics(context.database, context.settings.kafka)
    await _refuse_writes(context)
    taken = await take_back(context.database, context.settings.kafka, seen, now=context.clock())
    replayed = await replay(service, context)
    if replayed.failed and not accept_failures:
        raise ReplayIncomplete(errors=[f"{one.what}：{one.reason}" for one in replayed.failed])
    await _let_writes_pass(context, taken, replayed)
    return Restored(taken, replayed)


async def _refuse_writes(context: ServiceContext) -> None:
    async with context.database.transaction(context.clock()) as tx:
        if (await read_standing(tx.session)).blocked_reason:
            return
        await tx.session.execute(update(OUTBOX_STATE).values(blocked_reason=UNDER_WAY))
    await asyncio.sleep(LOOK_EVERY_S * 1.5)  # until every process of the service has seen it


async def _let_writes_pass(context: ServiceContext, taken: TakenBack, replayed: Replayed) -> None:
    folder = Path(context.settings.data_dir)
    last = read_last_incarnation(folder, context.name)
    async with context.database.transaction(context.clock()) as tx:
        number = max(last, (await read_standing(tx.session)).incarnation) + 1
        passed = {"blocked_reason": None, "incarnation": number, "checked": number}
        await tx.session.execute(update(OUTBOX_STATE).values(**passed))
        tx.audit(
            "outbox.restored", context.name, by=None,
            details={
                "taken_back": len(taken.forgotten), "matched": taken.matched, "renumbered": taken.renumbered,
                "conflicts": len(taken.conflicts), "replayed_own": replayed.own, "replayed_heard": replayed.heard,
                "failed": [f"{one.what}：{one.reason}" for one in replayed.failed], "incarnation": number,
            },
        )  # fmt: skip
        tx.wake_relay()
    note_incarnation(folder, context.name, number)
    context.database.gate.changed()
