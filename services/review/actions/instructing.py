"""A leader's instruction (批示) on an item, recorded and told as far as it is shared."""

from __future__ import annotations

from uuid import UUID

from services.kernel.language.calendar import local_date
from services.kernel.language.events.parts import Item
from services.kernel.language.events.review import InstructionRecorded
from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import InvalidInput
from services.kernel.language.vocabulary import Role, Share
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.web.identity import Officer
from services.review.actions.admitting import admit
from services.review.actions.deciding import take_in
from services.review.actions.telling import head_of, note_inside, tell, touch
from services.review.model import Instruction
from services.review.model.inputs import NewInstruction
from services.review.policy import Verb
from services.review.policy.texts import NAME_LIMIT, sentence


async def record_instruction(tx: Transaction, origin_id: UUID, *, by: Officer, new: NewInstruction) -> Instruction:
    """Record it; the units below learn nothing, the fact alone, or the text, as `share` says."""
    item = await admit(tx, origin_id, Verb.RECORD_INSTRUCTION, by=by)
    if new.given_on > local_date(tx.now):
        message = "批示日期不能晚于今天。"
        raise InvalidInput(message, errors=[FieldError("given_on", "in_future", message).as_dict()])
    row = Instruction(
        instruction_id=new_id(),
        origin_id=origin_id,
        node=tx.node.node_id,
        level=tx.node.level,
        leader_name=sentence("leader_name", "领导姓名", new.leader_name, limit=NAME_LIMIT),
        leader_rank=new.leader_rank,
        text=sentence("text", "批示内容", new.text),
        given_on=new.given_on,
        share=new.share,
        recorded_by=by.ref,
        recorded_at=tx.now,
    )
    tx.session.add(row)
    if by.has(Role.EDITOR):
        await take_in(tx, item, by=by)
    touch(tx, item, is_new_version=False)
    if new.share is Share.NONE:
        await note_inside(tx, item, "instruction", "登记批示，不告知下级", by=by.ref)
    else:
        await tell(tx, _recorded(tx, row, head_of(item)))
    tx.audit("review.instruction_recorded", origin_id, by=by.ref, details={"share": new.share})
    return row


def _recorded(tx: Transaction, row: Instruction, head: Item) -> InstructionRecorded:
    return InstructionRecorded(
        item=head,
        at=tx.now,
        node=tx.node.node_id,
        instruction_id=row.instruction_id,
        level=row.level,
        leader_name=row.leader_name,
        leader_rank=row.leader_rank,
        given_on=row.given_on,
        share=row.share,
        text=row.text if row.share is Share.TEXT else None,
    )
