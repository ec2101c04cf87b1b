"""Which internal item a unit may begin a public text from."""

from __future__ import annotations

from uuid import UUID

from services.disclosure.actions.refusals import ItemNotSigned
from services.disclosure.model import KnownItem
from services.disclosure.policy import TypeNotDisclosable, may_disclose
from services.disclosure.policy.permission import Act, require_role
from services.disclosure.store.items import find_item, find_of, find_signed
from services.kernel.language.refusal import NotFound, NotHereYet
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.identity import Officer


async def find_beginning(session: AsyncSession, origin_id: UUID | None, *, by: Officer) -> KnownItem | None:
    """The item that a new text begins from; None where it begins from nothing.

    Raises:
        NotPermitted: The officer does not publish.
        NotHereYet, NotFound, TypeNotDisclosable, ItemNotSigned: See `disclosable_item`.
    """
    require_role(by, Act.WRITE)
    return await disclosable_item(session, origin_id, by=by) if origin_id else None


async def disclosable_item(session: AsyncSession, origin_id: UUID, *, by: Officer) -> KnownItem:
    """The internal item, if the officer's unit may make it public.

    Raises:
        NotHereYet: The item is not known here.
        NotFound: It is another unit's.
        TypeNotDisclosable: Items of this type never become public.
        ItemNotSigned: Nobody has signed it yet, or it was returned or let go.

    Source: 政府信息公开条例 第十条.
    """
    item = await find_of(session, by, origin_id)
    if item is None:
        raise NotFound if await find_item(session, origin_id) else NotHereYet
    _require_type(item)
    signed = await find_signed(session, by, origin_id)
    if signed is None:
        raise ItemNotSigned
    return signed


async def require_disclosable_type(session: AsyncSession, origin_id: UUID) -> None:
    """Refuse when an item turned out to be of a kind that stays inside.

    Raises:
        NotHereYet, TypeNotDisclosable: See `disclosable_item`.
    """
    item = await find_item(session, origin_id)
    if item is None:
        raise NotHereYet
    _require_type(item)


def _require_type(item: KnownItem) -> None:
    if not may_disclose(item.info_type):
        raise TypeNotDisclosable(f"“{item.info_type.label}”类信息只供内部参阅，不对外公开。")
