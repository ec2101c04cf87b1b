"""Chinese full-text search: text cut into bigrams, indexed by SQLite FTS5 or a PostgreSQL GIN index.

A Han run becomes its overlapping pairs (排涝泵 → 排涝 涝泵) plus its last character alone, so
that a one-character query, asked as a prefix, still finds every place. Letters and digits
become whole words in lower case. A query matches where all of its terms occur.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from services.kernel.runtime.storing.many_values import is_postgresql
from services.kernel.runtime.storing.session import AsyncSession

_HAN = "々〇㐀-䶿一-鿿豈-﫿\U00020000-\U000323af"
_RUNS = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<number>[0-9]+(?:\.[0-9]+)*)|(?P<word>[^\W_0-9{_HAN}]+)")
_WORD_LIMIT = 64

# Up to this many matches are looked up by their ids; above, the list is walked in its own order
# and every row is asked whether it matches. Each way alone is slow for the other kind of word.
_COMMON_ABOVE = 1_000


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a query; `is_prefix` where longer terms that begin with it count too."""

    text: str
    is_prefix: bool = False


def terms_of(text: str) -> list[str]:
    """Every distinct term that a text is found by, sorted."""
    found: set[str] = set()
    for kind, run in _runs(text):
        if kind == "han":
            found.update(run[at : at + 2] for at in range(len(run)))
        else:
            found.add(run[:_WORD_LIMIT])
    return sorted(found)


def query_terms(query: str) -> list[Term]:
    """The terms that must all occur, words and numbers as beginnings of longer ones (386 finds 3860); empty when the query holds no letter, digit or Han character."""
    found: dict[Term, None] = {}
    for kind, run in _runs(query):
        if kind == "han" and len(run) > 1:
            found.update((Term(run[at : at + 2]), None) for at in range(len(run) - 1))
        else:
            found[Term(run[:_WORD_LIMIT], is_prefix=True)] = None
    return list(found)


def _runs(text: str) -> list[tuple[str, str]]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return [(str(run.lastgroup), run.group()) for run in _RUNS.finditer(plain)]


class TextIndex:
    """The full-text index of one kind of record, in tables whose names begin with `name`.

    Args:
        name: `<service>_text`, or `<service>_<noun>_text`; records are known by their UUID.
    """

    def __init__(self, name: str) -> None:
        if not re.fullmatch(r"[a-z]+(_[a-z]+)*_text", name):
            raise ValueError(f"the name of a text index ends in _text: {name}")
        self.name = name
        tables = sa.MetaData()
        self._pg = sa.Table(
            f"{name}_terms", tables, sa.Column("id", sa.Uuid, primary_key=True), sa.Column("terms", TSVECTOR)
        )
        self._keys = sa.Table(
            f"{name}_keys", tables, sa.Column("n", sa.Integer, primary_key=True), sa.Column("id", sa.Uuid, unique=True)
        )
        self._fts = sa.table(f"{name}_fts", sa.column("rowid"), sa.column("terms"))

    def create_ddl(self, dialect: str) -> list[str]:
        """The statements that make the index, for a migration (`op.get_bind().dialect.name`)."""
        if dialect == "postgresql":
            return [
                f"CREATE TABLE {self.name}_terms (id UUID PRIMARY KEY, terms TSVECTOR NOT NULL)",
                f"CREATE INDEX {self.name}_terms_gin ON {self.name}_terms USING gin (terms)",
            ]
        return [
            f"CREATE TABLE {self.name}_keys (n INTEGER PRIMARY KEY, id CHAR(32) NOT NULL UNIQUE)",
            # The ascii tokenizer takes every character above 127 as part of a word, rare Han included.
            f"CREATE VIRTUAL TABLE {self.name}_fts USING fts5({_FTS_OPTIONS})",
        ]

    def drop_ddl(self, dialect: str) -> list[str]:
        """The statements that remove the index again."""
        if dialect == "postgresql":
            return [f"DROP TABLE {self.name}_terms"]
        return [f"DROP TABLE {self.name}_fts", f"DROP TABLE {self.name}_keys"]

    async def put(self, session: AsyncSession, record_id: UUID, text: str) -> None:
        """Index a record under this text, in place of what it was found by before."""
        terms = terms_of(text)
        if is_postgresql(session):
            await session.execute(sa.text(_PG_PUT.format(name=self.name)), {"id": record_id, "terms": terms})
            return
        found = await session.execute(sa.select(self._keys.c.n).where(self._keys.c.id == record_id))
        row = found.scalar_one_or_none()
        if row is None:
            made = await session.execute(sa.insert(self._keys).values(id=record_id).returning(self._keys.c.n))
            row = made.scalar_one()
        replace = f"INSERT OR REPLACE INTO {self.name}_fts (rowid, terms) VALUES (:row, :terms)"  # noqa: S608 — our own name
        await session.execute(sa.text(replace), {"row": row, "terms": " ".join(terms)})

    async def remove(self, session: AsyncSession, record_id: UUID) -> None:
        """Take a record out of the index; one that is not in it is left alone."""
        if is_postgresql(session):
            await session.execute(sa.delete(self._pg).where(self._pg.c.id == record_id))
            return
        row = sa.select(self._keys.c.n).where(self._keys.c.id == record_id).scalar_subquery()
        await session.execute(sa.delete(self._fts).where(self._fts.c.rowid == row))
        await session.execute(sa.delete(self._keys).where(self._keys.c.id == record_id))

    async def matching(self, session: AsyncSession, query: str, column: Any) -> sa.ColumnElement[bool]:
        """The condition under which a row's `column` is the id of a matching record.

        A query without any term matches nothing. Use it in a `where` beside the filters and
        the keyset order of the list; fast for rare and for common words alike.
        """
        terms = query_terms(query)
        if not terms:
            return sa.false()
        pick = self._pick_postgresql(terms) if is_postgresql(session) else self._pick_sqlite(terms)
        found = (await session.execute(_first(pick, _COMMON_ABOVE + 1))).scalars().all()
        if len(found) <= _COMMON_ABOVE:
            return sa.type_coerce(column, sa.Uuid).in_(found)
        if is_postgresql(session):
            return sa.exists(pick.where(self._pg.c.id == column))
        return self._row_of(column).in_(self._rows_sqlite(terms))

    def _pick_postgresql(self, terms: list[Term]) -> sa.Select[Any]:
        asked = " & ".join(f"'{term.text}'" + (":*" if term.is_prefix else "") for term in terms)
        tsquery = sa.cast(sa.bindparam(None, asked), sa.dialects.postgresql.TSQUERY)
        return sa.select(self._pg.c.id).where(self._pg.c.terms.op("@@")(tsquery))

    def _pick_sqlite(self, terms: list[Term]) -> sa.Select[Any]:
        return sa.select(self._keys.c.id).where(self._keys.c.n.in_(self._rows_sqlite(terms)))

    def _rows_sqlite(self, terms: list[Term]) -> sa.Select[Any]:
        asked = " AND ".join(f'"{term.text}"' + (" *" if term.is_prefix else "") for term in terms)
        match = sa.literal_column(self._fts.name).op("MATCH")(sa.bindparam(None, asked))
        return sa.select(self._fts.c.rowid).where(match)

    def _row_of(self, column: Any) -> sa.ScalarSelect[Any]:
        return sa.select(self._keys.c.n).where(self._keys.c.id == column).scalar_subquery()


_FTS_OPTIONS = "terms, detail = none, columnsize = 0, prefix = '1', tokenize = \"ascii tokenchars '.'\""
_PG_PUT = (
    "INSERT INTO {name}_terms (id, terms) VALUES (CAST(:id AS UUID), array_to_tsvector(CAST(:terms AS TEXT[]))) "
    "ON CONFLICT (id) DO UPDATE SET terms = excluded.terms"
)


def _first(pick: sa.Select[Any], limit: int) -> sa.Select[Any]:
    # Materialised, or PostgreSQL reads the whole table in hope of filling the limit early.
    found = pick.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    return sa.select(found.c.id).limit(limit)
