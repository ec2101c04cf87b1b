"""Which internal items are known here."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, or_, select

from services.disclosure.model import Information, KnownItem
from services.kernel.language.vocabulary import InfoType
from services.kernel.runtime.session import AsyncSession


async def find_item(session: AsyncSession, origin_id: UUID) -> KnownItem | None:
    """The item as it was last told."""
    return await session.get(KnownItem, origin_id)


async def lock_item(session: AsyncSession, origin_id: UUID) -> KnownItem | None:
    """The item, held until the commit."""
    await session.flush()
    return await session.get(KnownItem, origin_id, with_for_update=True, populate_existing=True)


async def list_disclosable(session: AsyncSession, words: str = "", limit: int = 12) -> list[KnownItem]:
    """The newest items that may be made public and from which no public text was made yet, by words of their title."""
    may = [info_type for info_type in InfoType if info_type.is_disclosable]
    used = select(Information.origin_id).where(col(Information.origin_id).is_not(None))
    query = select(KnownItem).where(col(KnownItem.info_type).in_(may), col(KnownItem.origin_id).not_in(used))
    if words:
        titles = (col(KnownItem.title), col(KnownItem.own_title))
        query = query.where(or_(*(title.contains(words, autoescape=True) for title in titles)))
    order = (col(KnownItem.seen_at).desc(), col(KnownItem.origin_id).desc())
    return list(await session.exec(query.order_by(*order).limit(limit)))
