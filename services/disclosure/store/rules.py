"""The rulebooks of disclosure as they stand at an instant."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import select

from services.disclosure.model import Information
from services.disclosure.policy import Category, CategorySet, SensitiveWords
from services.disclosure.policy.guide import Guide
from services.disclosure.policy.index_rules import IndexRules
from services.disclosure.policy.rulebooks import CATEGORIES, GUIDE, INDEX_NUMBER, SENSITIVE_WORDS
from services.kernel.runtime.rulebooks import rules_at, text_at
from services.kernel.runtime.storing.session import AsyncSession


async def category_set(session: AsyncSession, now: datetime) -> CategorySet:
    """The catalogue."""
    return await rules_at(session, CATEGORIES, now)


async def categories_by_code(session: AsyncSession, now: datetime) -> dict[str, Category]:
    """The leaves of the catalogue by their codes, in its order."""
    return {leaf.code: leaf for leaf in (await category_set(session, now)).leaves}


async def index_rules(session: AsyncSession, now: datetime) -> IndexRules:
    """Template and codes of index numbers."""
    return await rules_at(session, INDEX_NUMBER, now)


async def guide(session: AsyncSession, now: datetime) -> Guide:
    """The portal's standing texts, as their author wrote them."""
    return await rules_at(session, GUIDE, now)


async def sensitive_words(session: AsyncSession, now: datetime) -> SensitiveWords:
    """The word list that makes a reviewer look twice."""
    return await rules_at(session, SENSITIVE_WORDS, now)


async def sensitive_words_text(session: AsyncSession, now: datetime) -> str:
    """The same list as its author wrote it."""
    return await text_at(session, SENSITIVE_WORDS, now)


async def codes_in_use(session: AsyncSession) -> set[str]:
    """The categories that texts stand in."""
    return set(await session.exec(select(Information.category_id).distinct()))
