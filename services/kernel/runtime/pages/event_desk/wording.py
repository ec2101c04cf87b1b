"""What waits, in words for the administrator: what it is, what it means for whom, what to do; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from services.kernel.runtime.telling.progress.judging import Reason

_REFUSAL = re.compile(r"^[a-z][a-z0-9_]*：(?P<message>.+)", re.DOTALL)
_SEES_NOTHING = {
    "directory": "机构、人员和日历的这次变化在本服务里还看不到",
    "intake": "报送的人在稿件页上看到的进度停在这之前",
    "review": "审核采用看到的还是这之前的稿件",
    "disclosure": "信息公开和门户看到的还是这之前的内容",
    "stats": "得分和排名里还没有算上它",
    "exchange": "它还没有发给上级或下级",
}


class Cause(StrEnum):
    """Why something waits, as far as it changes what is to be done."""

    NEWER = "newer"
    FORK = "fork"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    FAULT = "fault"
    BEHIND_PARKED = "behind_parked"
    BRAKED = "braked"
    PREDECESSOR = "predecessor"
    NOT_ARRIVED = "not_arrived"
    UNPUBLISHED = "unpublished"


@dataclass(frozen=True)
class Explanation:
    """What a person reads first; the technical text stands folded below."""

    headline: str
    meaning: str
    advice: str


_ADVICE = {
    Cause.NEWER: "先升级本节点，再点“重放”。其他信息照常生效。",
    Cause.FORK: "多半有一方刚从旧备份恢复。先不要重放，请维护人员对照双方的记录核实。",
    Cause.UNREADABLE: "它不影响别的信息。请维护人员看这一条的技术信息，查明是谁发来的。",
    Cause.REFUSED: "请发出的一方更正。确认内容无误时，可打开这一条，修改后点“重放”。",
    Cause.FAULT: "请把这一条的编号和技术信息交给维护人员；程序修好后点“重放”，等在后面的会一并生效。",
    Cause.BEHIND_PARKED: "处理好前面那一条，这一条会自动生效，不用单独处理。",
    Cause.BRAKED: "先处理这个来源搁置的信息，之后会自动继续。",
    Cause.PREDECESSOR: "系统会自动要求发出的一方重发缺的那一条，多半几分钟内自己好。超过一小时仍在等，请找维护人员。",
    Cause.NOT_ARRIVED: "多半正在处理，稍后再看。系统发现丢失会自动要求重发；一直不减少时请找维护人员。",
    Cause.UNPUBLISHED: "本节点的消息队列不通。信息已保存，恢复后自动发出。",
}


def cause_of(kind: str, reason: str, *, has_parked_before: bool = False) -> Cause:
    """Why a waiting row waits, from its kind and the reason that the inbox wrote down."""
    if kind == Reason.HELD:
        if has_parked_before:
            return Cause.BEHIND_PARKED
        return Cause.BRAKED if "搁置过多" in reason else Cause.PREDECESSOR
    for beginning, cause in (
        ("编号相同", Cause.FORK),
        ("未知类型", Cause.NEWER),
        ("无法识别", Cause.UNREADABLE),
        ("无法保存", Cause.UNREADABLE),
    ):
        if reason.startswith(beginning):
            return cause
    refused = _REFUSAL.match(reason)
    # A fault's class may be in small letters too (struct.error); only our refusals speak Chinese.
    return Cause.REFUSED if refused and not refused["message"].isascii() else Cause.FAULT


def explain(cause: Cause, *, service: str, reason: str = "", missing: str = "", held_behind: int = 0) -> Explanation:
    """The sentences for one waiting fact.

    Args:
        missing: The numbers that have not come, e.g. 第 3 条.
        held_behind: How many facts of the same matter wait behind it.
    """
    meaning = f"{_SEES_NOTHING.get(service, '这次变化还没有生效')}。"
    if held_behind:
        meaning += f"同一事项后面还有 {held_behind} 条在等它。"
    if cause is Cause.PREDECESSOR and missing:
        meaning += f"还缺{missing}。"
    return Explanation(_headline(cause, reason), meaning, _ADVICE[cause])


def _headline(cause: Cause, reason: str) -> str:
    refused = _REFUSAL.match(reason)
    return {
        Cause.NEWER: "对方的版本较新，本节点还不认识这类信息",
        Cause.FORK: "同一个编号收到两份不同的内容",
        Cause.UNREADABLE: "收到一条无法识别的信息",
        Cause.REFUSED: f"按规定不能处理：{refused['message'] if refused else ''}".rstrip("。：") + "。",
        Cause.FAULT: "处理这条信息时程序出错",
        Cause.BEHIND_PARKED: "前面有一条没处理成，这一条排在后面等",
        Cause.BRAKED: "这个来源搁置的信息太多，暂不处理它的新信息",
        Cause.PREDECESSOR: "前一条还没有到，这一条先等着",
        Cause.NOT_ARRIVED: "已经发出，这里还没有处理到",
        Cause.UNPUBLISHED: "还没有发出",
    }[cause]


def missing_words(applied: int, first: int) -> str:
    """Which numbers are missing between the last applied one and the first that waits; empty for none."""
    low, high = applied + 1, first - 1
    if low > high:
        return ""
    return f"第 {low} 条" if low == high else f"第 {low} 至 {high} 条"
