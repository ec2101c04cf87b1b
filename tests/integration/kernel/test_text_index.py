"""The text index on a real database: what is put is found, by rare and by common words alike."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.search import TextIndex
from services.kernel.runtime.storing.session import AsyncSession
from tests.support.service import DISTRICT

INDEX = TextIndex("probe_text")
ITEMS = sa.Table("probe", sa.MetaData(), sa.Column("id", sa.Uuid, primary_key=True), sa.Column("n", sa.Integer))


@pytest.fixture
async def session(empty_database_url: str) -> AsyncIterator[AsyncSession]:
    database = Database(empty_database_url, service="public", node=DISTRICT)
    async with database.engine.begin() as connection:
        for statement in INDEX.create_ddl(connection.dialect.name):
            await connection.execute(sa.text(statement))
        await connection.run_sync(ITEMS.metadata.create_all)
    async with AsyncSession(database.engine) as session, session.begin():
        yield session
    async with database.engine.begin() as connection:
        for statement in INDEX.drop_ddl(connection.dialect.name):
            await connection.execute(sa.text(statement))
    await database.close()


async def put(session: AsyncSession, text: str, n: int = 0) -> UUID:
    made = uuid4()
    await session.execute(sa.insert(ITEMS).values(id=made, n=n))
    await INDEX.put(session, made, text)
    return made


async def found(session: AsyncSession, query: str) -> set[UUID]:
    condition = await INDEX.matching(session, query, ITEMS.c.id)
    return set((await session.execute(sa.select(ITEMS.c.id).where(condition))).scalars())


@pytest.mark.parametrize(
    "query",
    ["泵站", "泵", "站", "排涝泵站", "GDP", "gdp", "ＧＤＰ", "gd", "4.2", "泵站 gdp", "𬭊", "《泵站》", "2026年"],
)
async def test_a_text_is_found_by_its_pieces(session: AsyncSession, query: str) -> None:
    wanted = await put(session, "排涝泵站老化，GDP增长4.2%，负责人李𬭊，2026年")
    await put(session, "春耕备耕")
    assert await found(session, query) == {wanted}


@pytest.mark.parametrize("query", ["泵涝", "4.3", "dp", "", "《》", "'", '"', "* OR 1=1", "泵站 春耕"])
async def test_what_is_not_there_is_not_found(session: AsyncSession, query: str) -> None:
    await put(session, "排涝泵站老化，GDP增长4.2%")
    await put(session, "春耕备耕")
    assert await found(session, query) == set()


async def test_a_new_text_replaces_the_old_one(session: AsyncSession) -> None:
    wanted = await put(session, "排涝泵站")
    await INDEX.put(session, wanted, "春耕备耕")
    assert await found(session, "泵站") == set()
    assert await found(session, "春耕") == {wanted}


async def test_what_is_removed_is_gone_and_may_come_back(session: AsyncSession) -> None:
    wanted = await put(session, "排涝泵站")
    await INDEX.remove(session, wanted)
    await INDEX.remove(session, uuid4())
    assert await found(session, "泵站") == set()
    await INDEX.put(session, wanted, "排涝泵站")
    assert await found(session, "泵站") == {wanted}


async def test_a_word_of_most_texts_is_found_as_well_as_a_rare_one(session: AsyncSession) -> None:
    made = [await put(session, "龙潭乡排涝" if n % 7 else "龙潭乡春耕", n) for n in range(1_200)]
    assert await found(session, "龙潭") == set(made)
    assert len(await found(session, "春耕")) == 172
    condition = await INDEX.matching(session, "龙潭", ITEMS.c.id)
    page = sa.select(ITEMS.c.n).where(condition, ITEMS.c.n < 100).order_by(ITEMS.c.n.desc()).limit(3)
    assert list((await session.execute(page)).scalars()) == [99, 98, 97]


async def test_a_long_text_is_indexed_whole(session: AsyncSession) -> None:
    text = "".join(chr(0x4E00 + n % 15_000) for n in range(100_000)) + "尾声"
    wanted = await put(session, text)
    assert await found(session, "尾声") == {wanted}
