"""The rule files in force, read from the database and checked once for each text."""

from __future__ import annotations

from functools import lru_cache

from sqlmodel import select

from services.disclosure.model import Information, RuleFile
from services.disclosure.policy import Category, CategorySet, SensitiveWords, read_categories, read_sensitive_words
from services.disclosure.policy.guide import Guide, read_guide
from services.disclosure.policy.index_rules import IndexRules, read_index_rules
from services.kernel.runtime.session import AsyncSession

CATEGORIES, INDEX_NUMBER, GUIDE, SENSITIVE_WORDS = "categories", "index_number", "guide", "sensitive_words"

_categories = lru_cache(maxsize=8)(read_categories)
_index_rules = lru_cache(maxsize=8)(read_index_rules)
_guide = lru_cache(maxsize=8)(read_guide)
_sensitive_words = lru_cache(maxsize=8)(read_sensitive_words)

READERS = {CATEGORIES: _categories, INDEX_NUMBER: _index_rules, GUIDE: _guide, SENSITIVE_WORDS: _sensitive_words}


class RulesNotSeeded(RuntimeError):
    """A rule file is not in the database: the service's set-up has not run."""


async def find_rule_file(session: AsyncSession, name: str) -> RuleFile | None:
    """A rule file in force."""
    return await session.get(RuleFile, name)


async def category_set(session: AsyncSession) -> CategorySet:
    """The catalogue in force."""
    return _categories(await _content(session, CATEGORIES))


async def categories_by_code(session: AsyncSession) -> dict[str, Category]:
    """The leaves of the catalogue by their codes, in its order."""
    return {leaf.code: leaf for leaf in (await category_set(session)).leaves}


async def index_rules(session: AsyncSession) -> IndexRules:
    """Template and codes of index numbers."""
    return _index_rules(await _content(session, INDEX_NUMBER))


async def guide(session: AsyncSession) -> Guide:
    """The portal's standing texts, as in the file."""
    return _guide(await _content(session, GUIDE))


async def sensitive_words(session: AsyncSession) -> SensitiveWords:
    """The word list that makes a reviewer look twice."""
    return _sensitive_words(await _content(session, SENSITIVE_WORDS))


async def sensitive_words_file(session: AsyncSession) -> str:
    """The same list as its file says it."""
    return await _content(session, SENSITIVE_WORDS)


async def codes_in_use(session: AsyncSession) -> set[str]:
    """The categories that texts stand in."""
    return set(await session.exec(select(Information.category_id).distinct()))


async def _content(session: AsyncSession, name: str) -> str:
    row = await find_rule_file(session, name)
    if row is None:
        raise RulesNotSeeded(name)
    return row.content
