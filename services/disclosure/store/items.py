"""Which internal items are known here, and which of them a unit may make public."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select

from services.disclosure.model import Information, KnownItem
from services.kernel.language.vocabulary import InfoType, UnitKind
from services.kernel.runtime.storing.session import AsyncSession


class Seat(Protocol):
    """The officer who chooses, as far as the choice depends on the unit."""

    @property
    def unit_id(self) -> UUID: ...  # noqa: D102
    @property
    def unit_kind(self) -> UnitKind: ...  # noqa: D102


async def find_item(session: AsyncSession, origin_id: UUID) -> KnownItem | None:
    """The item as it was last told."""
    return await session.get(KnownItem, origin_id)


async def lock_item(session: AsyncSession, origin_id: UUID) -> KnownItem | None:
    """The item, held until the commit."""
    await session.flush()
    return await session.get(KnownItem, origin_id, with_for_update=True, populate_existing=True)


def concerns(seat: Seat) -> ColumnElement[bool]:
    """Items of the officer's own unit, and in the office those that came to it."""
    own = col(KnownItem.unit_id) == seat.unit_id
    return or_(own, col(KnownItem.is_here)) if seat.unit_kind is UnitKind.HEAD_OFFICE else own


def is_signed(seat: Seat) -> ColumnElement[bool]:
    """Items whose signature stands: not returned since, and in the office not let go by it.

    A unit's own item that the office declined remains the unit's to publish (政府信息公开条例 第十条).
    """
    stands = col(KnownItem.signed_version) > col(KnownItem.returned_version)
    is_own = col(KnownItem.unit_id) == seat.unit_id
    return stands & or_(is_own, col(KnownItem.let_go_version) < col(KnownItem.signed_version))


async def find_of(session: AsyncSession, seat: Seat, origin_id: UUID) -> KnownItem | None:
    """The item, if it concerns the officer's unit."""
    return (await session.exec(select(KnownItem).where(KnownItem.origin_id == origin_id, concerns(seat)))).first()


async def find_signed(session: AsyncSession, seat: Seat, origin_id: UUID) -> KnownItem | None:
    """The item, if it concerns the officer's unit and is signed."""
    query = select(KnownItem).where(KnownItem.origin_id == origin_id, concerns(seat), is_signed(seat))
    return (await session.exec(query)).first()


async def list_disclosable(session: AsyncSession, seat: Seat, words: str = "", limit: int = 12) -> list[KnownItem]:
    """The newest items that the unit may make public and has made no public text of yet, by words of their title."""
    may = [info_type for info_type in InfoType if info_type.is_disclosable]
    used = select(Information.origin_id).where(
        col(Information.origin_id).is_not(None), Information.publisher_org_id == seat.unit_id
    )
    query = select(KnownItem).where(
        concerns(seat), is_signed(seat), col(KnownItem.info_type).in_(may), col(KnownItem.origin_id).not_in(used)
    )
    if words:
        titles = (col(KnownItem.title), col(KnownItem.own_title))
        query = query.where(or_(*(title.contains(words, autoescape=True) for title in titles)))
    order = (col(KnownItem.seen_at).desc(), col(KnownItem.origin_id).desc())
    return list(await session.exec(query.order_by(*order).limit(limit)))
