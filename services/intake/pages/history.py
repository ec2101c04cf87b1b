"""The item's way as a page shows it: hops over the levels, and the timeline in groups; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from services.kernel.language.events import exchange, intake, review
from services.kernel.language.events.meaning import level_label
from services.kernel.language.timeline import tone_of
from services.kernel.language.vocabulary import Level, SignMode

_SENT = {review.SubmissionReportedUp.TYPE, review.SubmissionForwardedUp.TYPE}
_FOLDED = {exchange.SubmissionDelivered.TYPE, review.SubmissionReceived.TYPE, review.SubmissionAnswered.TYPE}
_OUTCOMES = {
    review.SubmissionAdopted.TYPE: ("采用", "green"),
    review.SubmissionDeclined.TYPE: ("未采用", ""),
    review.SubmissionReturned.TYPE: ("已退回", "amber"),
}


def timeline_groups(rows: Sequence[Any], hops: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[Any]:
    """History rows in order, grouped by hop and version; receipts stand at what was sent, answers at their question."""
    groups = []
    for (hop, version), found in groupby(rows, key=lambda row: (row.hop, row.version)):
        title = f"第 {hop} 跳" + (f" · {way_of(hops, hop, names)}" if way_of(hops, hop, names) else "")
        groups.append({"title": title, "note": f"第 {version} 版", "events": _events(list(found))})
    return groups


def hop_nodes(submission: Any, rows: Sequence[Any], names: Mapping[str, str], next_name: str) -> list[dict[str, Any]]:
    """The stations of an item from its unit upwards, with the road between them."""
    nodes: list[dict[str, Any]] = [
        {
            "name": submission.unit_name,
            "state": "here",
            "badge": f"第 {submission.submission_version} 版",
            "badge_tone": "blue",
            "note": "写成、签发、报送",
        }
    ]
    for hop in submission.hops:
        here = [row for row in rows if row.hop == hop["n"]]
        nodes[-1]["line"] = _road(here, hop)
        nodes.append(_station(here, hop, names))
    if not submission.hops and next_name:
        nodes.append({"name": next_name, "state": "ahead", "note": "审签后报送"})
    return nodes


def node_name(node: str, level: str, names: Mapping[str, str]) -> str:
    """A node's name where it is known here (by its id, else by its level), else the office of its level."""
    return names.get(node) or names.get(level) or f"{level_label(Level(level))}办公室"


def way_of(hops: Sequence[Mapping[str, Any]], n: int, names: Mapping[str, str]) -> str:
    """龙潭乡 → 云岭区."""
    hop = next((one for one in hops if one["n"] == n), None)
    return f"{hop['from_unit_name']} → {node_name(hop['to_node'], hop['to_level'], names)}" if hop else ""


def _events(rows: list[Any]) -> list[dict[str, Any]]:
    asked = {row.data.get("question_id") for row in rows if row.type == review.SubmissionAsked.TYPE}
    has_sent = any(row.type in _SENT for row in rows)
    events = []
    for row in rows:
        is_answer_of_shown = row.type == review.SubmissionAnswered.TYPE and row.data.get("question_id") in asked
        if is_answer_of_shown or (row.type in _FOLDED - {review.SubmissionAnswered.TYPE} and has_sent):
            continue
        events.append(_event(row, rows))
    return events


def _event(row: Any, rows: list[Any]) -> dict[str, Any]:
    event: dict[str, Any] = {
        "at": row.at, "what": row.text, "by": " ".join(filter(None, [row.unit, row.by])), "note": row.note,
        "tone": tone_of(row.type),
    }  # fmt: skip
    if row.type in _SENT:
        event["by"] = "" if row.data.get("sign_mode") == SignMode.ONLINE else f"记录 {row.data.get('recorded_by', '')}"
        event["delivered_at"] = _at(rows, exchange.SubmissionDelivered.TYPE)
        event["received_at"] = _at(rows, review.SubmissionReceived.TYPE)
    if row.type == review.SubmissionAdopted.TYPE:
        event["badges"] = [{"text": row.data.get("mode_label", "")}]
    if row.type == review.SubmissionAsked.TYPE:
        event |= {"note": "", "question": row.note, **_answer(row, rows)}
    if row.type == review.SubmissionAnswered.TYPE:
        event |= {"note": row.note}
    if row.type in {intake.SubmissionSubmitted.TYPE, intake.SubmissionAmended.TYPE}:
        event["note"] = f"正文 {row.data.get('characters', 0)} 字"
    return event


def _answer(question: Any, rows: list[Any]) -> dict[str, Any]:
    for row in rows:
        if row.type == review.SubmissionAnswered.TYPE and row.data.get("question_id") == question.data["question_id"]:
            return {"answer": row.note, "answered_by": f"{row.unit} {row.by}", "tone": "done"}
    return {"tone": "now"}


def _road(rows: list[Any], hop: Mapping[str, Any]) -> dict[str, Any]:
    sent = [row for row in rows if row.type in _SENT]
    newest = sent[-1] if sent else None
    marks = [row for row in rows if newest is not None and row.version == newest.version]
    is_at_home = hop["from_node"] == hop["to_node"]
    return {
        "what": "报送" if hop["n"] == 1 else "转报",
        "at": newest.at if newest else None,
        "delivered_at": newest.at if newest and is_at_home else _at(marks, exchange.SubmissionDelivered.TYPE),
        "received_at": _at(marks, review.SubmissionReceived.TYPE),
    }


def _station(rows: list[Any], hop: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    outcomes = [row for row in rows if row.type in _OUTCOMES]
    station: dict[str, Any] = {"name": node_name(hop["to_node"], hop["to_level"], names), "state": "now", "note": ""}
    adopted = [row for row in rows if row.type == review.SubmissionAdopted.TYPE]
    if outcomes and (adopted or outcomes[-1].version == max(row.version for row in rows)):
        shown = adopted[-1] if adopted else outcomes[-1]
        station["badge"], station["badge_tone"] = _OUTCOMES[shown.type]
        station["state"] = "done" if adopted else "now"
        station["note"] = shown.text
    elif not any(row.type == review.SubmissionReceived.TYPE for row in rows):
        station["state"] = "ahead"
        station["note"] = "还没有签收"
    else:
        station["badge"], station["badge_tone"], station["note"] = "办理中", "blue", "已签收，正在办理"
    return station


def _at(rows: Sequence[Any], type_: str) -> Any:
    found = [row.at for row in rows if row.type == type_]
    return found[-1] if found else None
