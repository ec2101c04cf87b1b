"""The item's way as a page shows it: its stations over the levels, and the roads between them; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.kernel.language.events.meaning import Kind
from services.kernel.language.events.parts import Hop
from services.kernel.language.events.review import SubmissionAdopted, SubmissionDeclined, SubmissionReturned
from services.kernel.language.timeline import kind_of
from services.kernel.runtime.passage.showing import Names, last_at, node_name

_OUTCOMES = {
    SubmissionAdopted.TYPE: ("采用", "green"),
    SubmissionDeclined.TYPE: ("未采用", ""),
    SubmissionReturned.TYPE: ("已退回", "amber"),
}


def hop_nodes(submission: Any, rows: Sequence[Any], names: Names, next_name: str) -> list[dict[str, Any]]:
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
        here = [row for row in rows if row.hop == hop.n]
        nodes[-1]["line"] = _road(here, hop)
        nodes.append(_station(here, hop, names))
    if not submission.hops and next_name:
        nodes.append({"name": next_name, "state": "ahead", "note": "审签后报送"})
    return nodes


def _road(rows: list[Any], hop: Hop) -> dict[str, Any]:
    newest = next((row for row in reversed(rows) if kind_of(row.type) is Kind.SENT), None)
    marks = [row for row in rows if newest is not None and row.version == newest.version]
    is_at_home = hop.from_node == hop.to_node
    return {
        "what": "报送" if hop.n == 1 else "转报",
        "at": newest.at if newest else None,
        "delivered_at": newest.at if newest and is_at_home else last_at(marks, Kind.DELIVERED),
        "received_at": last_at(marks, Kind.RECEIVED),
    }


def _station(rows: list[Any], hop: Hop, names: Names) -> dict[str, Any]:
    outcomes = [row for row in rows if row.type in _OUTCOMES]
    station: dict[str, Any] = {"name": node_name(hop.to_node, hop.to_level, names), "state": "now", "note": ""}
    adopted = [row for row in rows if row.type == SubmissionAdopted.TYPE]
    if outcomes and (adopted or outcomes[-1].version == max(row.version for row in rows)):
        shown = adopted[-1] if adopted else outcomes[-1]
        station["badge"], station["badge_tone"] = _OUTCOMES[shown.type]
        station["state"] = "done" if adopted else "now"
        station["note"] = shown.text
    elif last_at(rows, Kind.RECEIVED) is None:
        station["state"] = "ahead"
        station["note"] = "还没有签收"
    else:
        station["badge"], station["badge_tone"], station["note"] = "办理中", "blue", "已签收，正在办理"
    return station
