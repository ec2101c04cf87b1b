"""A rulebook changes by another dated version: checked apart, held against what came meanwhile, audited."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import insert, select

from services.kernel.language.calendar import local_date
from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.field_error import FieldError, too_long
from services.kernel.language.refusal import InvalidInput, Refusal, StaleVersion
from services.kernel.language.rulebooks import LONGEST, Rulebook, read_rules, remember, unreadable
from services.kernel.language.text import clean_line, clean_text
from services.kernel.runtime.apart import READING, WorkTooLarge
from services.kernel.runtime.rulebooks.hooks import Hooks
from services.kernel.runtime.rulebooks.versions import Version, default_text, default_version, list_versions, version_on
from services.kernel.runtime.storing.outbox import lock
from services.kernel.runtime.storing.tables import RULEBOOK_VERSION as VERSIONS
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.settings import Settings

Rules = TypeVar("Rules", bound=BaseModel)

LONGEST_NOTE = 200
_FURTHEST = timedelta(days=5 * 366)


class RulebookChangedMeanwhile(StaleVersion):
    """别人刚刚改过这份规则。"""

    message = "您打开之后，这份规则又有人改过。您写的还在，请与新的一版核对后再保存。"


class NothingChanged(Refusal):
    """与那时在用的规则完全相同，没有保存。"""

    code = "rules_unchanged"
    message = "与那时在用的规则完全相同，没有另存一版。"


@dataclass(frozen=True)
class Draft:
    """A text that is to become the next version.

    `effective_from` where whoever saves it has to say it, else None. `base` is the newest version that
    was there when it was begun; 0 where nobody was there to see another's.
    """

    text: str
    effective_from: date | None = None
    note: str = ""
    base: int = 0


async def read_apart(book: Rulebook[Rules], text: str) -> Rules:
    """Read a text in a child process: the longest takes seconds, which the node does not have.

    Raises:
        RuleFileIsInvalid: It is wrong, or too intricate to be read.
        TooBusy: Several others are being read.
    """
    text = clean_text(text[: LONGEST + 1])
    try:
        rules = await READING.work(read_rules, text, book.model)
    except WorkTooLarge as limit:
        raise unreadable("内容太复杂，没有读完") from limit
    remember(text, rules)
    return rules


async def save_version(
    tx: Transaction, book: Rulebook[Rules], hooks: Hooks, draft: Draft, *, by: OfficerRef | None, rules: Rules
) -> Version:
    """Put the next version in force from its day on.

    Args:
        rules: What `read_apart` answered for the draft's text.

    Raises:
        RulebookChangedMeanwhile: Another version was saved since `draft.base`.
        InvalidInput: The day is missing, past or too far off.
        NothingChanged: The version in force then says the same.
        Refusal: What `hooks.require` says.
    """
    await lock(tx.session, f"rulebook:{book.name}")
    if not await _is_kept(tx, book):  # a command may come before the node's first start
        await _keep(tx, default_version(book))
    kept = await list_versions(tx.session, book)
    require_newest(draft, kept)
    made = next_version(book, draft, rules, kept, today=local_date(tx.now))
    await hooks.require(tx.session, rules, tx.now)
    saved = await _keep(tx, made, by=by)
    await hooks.apply(tx, rules)
    details = {"version": made.version, "effective_from": made.effective_from, "note": made.note}
    tx.audit("rulebook.saved", f"{tx.service}/{book.name}", by=by, details=details)
    return saved


def next_version(book: Rulebook[Rules], draft: Draft, rules: Rules, kept: list[Version], *, today: date) -> Version:
    """The version that the draft would become.

    Raises:
        InvalidInput, NothingChanged: See `save_version`.
    """
    first, last = book.span(rules) if book.span else (_day_of(book, draft, today), None)
    text, note = clean_text(draft.text), clean_line(draft.note)
    if fault := too_long("note", "事由", len(note), LONGEST_NOTE):
        raise InvalidInput(fault.message, errors=[fault.as_dict()])
    then = version_on(kept, first)
    if then is not None and clean_text(then.text) == text:
        raise NothingChanged
    return Version(book.name, max(one.version for one in kept) + 1, first, last, text, note)


def require_newest(draft: Draft, kept: list[Version]) -> None:
    """Refuse a draft that was begun before the newest version was there.

    Raises:
        RulebookChangedMeanwhile: Names both versions.
    """
    newest = max(one.version for one in kept)
    if draft.base and draft.base != newest:
        raise RulebookChangedMeanwhile(base=draft.base, newest=newest)


async def first_version(tx: Transaction, book: Rulebook[Any], hooks: Hooks, settings: Settings) -> None:
    """Give a node without a version of this rulebook the default; one that is wrong stops the start.

    Raises:
        RuleFileIsInvalid: The default file is wrong.
    """
    await lock(tx.session, f"rulebook:{book.name}")
    if await _is_kept(tx, book):
        return
    text = hooks.begin_with(default_text(book.default), settings)
    rules = read_rules(text, book.model)
    await _keep(tx, default_version(book, text))
    await hooks.apply(tx, rules)


async def _is_kept(tx: Transaction, book: Rulebook[Any]) -> bool:
    query = select(VERSIONS.c.version).where(VERSIONS.c.name == book.name).limit(1)
    return (await tx.session.execute(query)).first() is not None


async def _keep(tx: Transaction, version: Version, *, by: OfficerRef | None = None) -> Version:
    row = asdict(version) | {"saved_by": by.name if by else "", "saved_at": tx.now}
    await tx.session.execute(insert(VERSIONS).values(**row))
    return Version(**row)


def _day_of(book: Rulebook[Any], draft: Draft, today: date) -> date:
    """The day from which the draft is to hold, where the text does not say it."""
    day = draft.effective_from if book.is_dated else today
    if day is None:
        raise _wrong("effective_from", "请写明从哪一天起执行")
    if day < today:
        raise _wrong("effective_from", f"不能早于今天（{today}）：已经办过的事按那时的规则")
    if day > today + _FURTHEST:
        raise _wrong("effective_from", "离今天太远，请检查年份")
    return day


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"{message}。", errors=[FieldError(field, "invalid", message).as_dict()])
