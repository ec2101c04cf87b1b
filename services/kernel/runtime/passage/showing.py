"""The timeline as every page shows it: lines in groups by hop and version; receipts and answers stand where they belong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from services.kernel.language.events.meaning import Kind
from services.kernel.language.events.parts import Hop
from services.kernel.language.timeline import kind_of, tone_of
from services.kernel.language.vocabulary import Level, SignMode
from services.kernel.runtime.heard.organisation import list_peers
from services.kernel.runtime.pages.masthead import masthead_of
from services.kernel.runtime.passage.table import HistoryLine
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.surroundings.settings import NodeInfo

Names = Mapping[str, str]
"""Names of nodes by id, else by level."""


async def node_names(session: AsyncSession, node: NodeInfo) -> dict[str, str]:
    """Names of this node, its neighbours and the place above them: by node id, else by level."""
    known = [node, *(NodeInfo(peer.peer, peer.name, Level(peer.level)) for peer in await list_peers(session))]
    names = {_level_above(one.level): _place_above(one) for one in known if _place_above(one)}
    return names | {one.node_id: masthead_of(one).name for one in known}


def node_name(node: str, level: Level, names: Names) -> str:
    """A node's name where it is known here (by its id, else by its level), else the office of its level."""
    return names.get(node) or names.get(level.value) or f"{level.grade}办公室"


def timeline_groups(rows: Sequence[HistoryLine], hops: Sequence[Hop], names: Names) -> list[dict[str, Any]]:
    """History rows in order, grouped by hop and version, for the timeline component."""
    ways = {hop.n: f" · {hop.from_unit_name} → {node_name(hop.to_node, hop.to_level, names)}" for hop in hops}
    return [
        {"title": f"第 {hop} 次报送{ways.get(hop, '')}", "note": f"第 {version} 版", "events": _events(list(found))}
        for (hop, version), found in groupby(rows, key=lambda row: (row.hop, row.version))
    ]


def last_at(rows: Sequence[HistoryLine], kind: Kind) -> datetime | None:
    """When something of this kind happened last; None when it did not."""
    return next((row.at for row in reversed(rows) if kind_of(row.type) is kind), None)


def _events(rows: list[HistoryLine]) -> list[dict[str, Any]]:
    asked = {row.data.get("question_id") for row in rows if kind_of(row.type) is Kind.QUESTION}
    is_sent = any(kind_of(row.type) is Kind.SENT for row in rows)
    return [_event(row, rows) for row in rows if not _is_shown_elsewhere(row, asked, is_sent=is_sent)]


def _is_shown_elsewhere(row: HistoryLine, asked: set[Any], *, is_sent: bool) -> bool:
    """A receipt at what was sent, an answer at its question."""
    kind = kind_of(row.type)
    if kind is Kind.ANSWER:
        return row.data.get("question_id") in asked
    return is_sent and kind in {Kind.DELIVERED, Kind.RECEIVED}


def _event(row: HistoryLine, rows: list[HistoryLine]) -> dict[str, Any]:
    event: dict[str, Any] = {
        "at": row.at, "what": row.text, "by": " ".join(filter(None, [row.unit, row.by])), "note": row.note,
        "tone": tone_of(row.type),
    }  # fmt: skip
    kind = kind_of(row.type)
    if kind is Kind.SENT:
        event["by"] = "" if row.data.get("sign_mode") == SignMode.ONLINE else f"记录 {row.data.get('recorded_by', '')}"
        event |= {"delivered_at": last_at(rows, Kind.DELIVERED), "received_at": last_at(rows, Kind.RECEIVED)}
    if kind is Kind.QUESTION:
        event |= {"note": "", "question": row.note, **_answer(row, rows)}
    if mode := row.data.get("mode_label"):
        event["badges"] = [{"text": mode}]
    if characters := row.data.get("characters"):
        event["note"] = f"正文 {characters} 字"
    return event


def _answer(question: HistoryLine, rows: list[HistoryLine]) -> dict[str, Any]:
    for row in rows:
        if kind_of(row.type) is Kind.ANSWER and row.data.get("question_id") == question.data.get("question_id"):
            return {"answer": row.note, "answered_by": f"{row.unit} {row.by}", "tone": "done"}
    return {"tone": "now"}


def _place_above(node: NodeInfo) -> str:
    """安澜市 of 安澜市云岭区; empty where the name says no more than itself."""
    names = masthead_of(node)
    return names.place.removesuffix(names.name)


def _level_above(level: Level) -> str:
    return list(Level)[min(level.rank + 1, len(Level) - 1)].value
