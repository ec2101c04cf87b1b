"""Chapter 9: the link between township and district is cut; work goes on; everything arrives in order, once."""

from __future__ import annotations

from functools import partial
from typing import Any

from deploy.demo.content import draft_of
from deploy.demo.story.desk import REVIEW, TOWNSHIP, as_reviewed, at_home, marked, report
from deploy.demo.story.teller import Story, marks
from deploy.demo.waiting import eventually

MEANWHILE = ("landslide_watch", "winter_medicine", "orchard_fees")
LINKS = "/exchange/api/v1/links"
CUT_FOR_S = 5.0
ABOVE = ("submission.received", "submission.edited", "submission.declined")


def cut_and_resume(story: Story) -> None:
    """Pause, work on both sides, look at the age, resume, compare."""
    admin, editor = story.officer("township", "admin"), story.officer("district", "editor")
    admin.call("POST", f"{LINKS}/district/pause")
    story.becomes(lambda: _lane(story)["state"] == "paused", f"{admin.title}把到区里的链路断开（演练）")
    for name in MEANWHILE:
        report(story, TOWNSHIP, name)
    story.done(f"断线期间乡里照常工作：又写、审、签 {len(MEANWHILE)} 件")
    _work_above(story)
    lane = eventually(lambda: _waiting(story, CUT_FOR_S), "未送达的时长")
    story.claim(
        all(at_home(story, name)["is_delivered"] is False for name in MEANWHILE),
        f"{len(MEANWHILE)} 件都显示“未送达”，最早的一件已等 {lane['oldest_unreceipted_age_s']:.0f} 秒",
    )
    story.claim(
        not any(as_reviewed(editor, story.items[name]) for name in MEANWHILE)
        and not marks(at_home(story, "bus_route"), "submission.declined"),
        "这段时间两边都没有收到对方的任何东西",
    )
    _resume(story)


def _work_above(story: Story) -> None:
    """Three facts about one item, so that their order can be seen below."""
    editor = story.officer("district", "editor")
    path = f"{REVIEW}/{story.items['bus_route']}"
    editor.post(f"{path}/receive")
    editor.patch(path, {"title": "群众反映农村客运班次与就诊时间不衔接"}, etag=editor.etag(path))
    editor.post(f"{path}/decline", {"reason_code": "already_covered", "reason": "同类意见已综合反映。"})
    story.done("区里也照常工作：对乡里的一件先签收、再编辑、后定为未采用")


def _resume(story: Story) -> None:
    admin, editor = story.officer("township", "admin"), story.officer("district", "editor")
    admin.call("POST", f"{LINKS}/district/resume")
    story.done("链路恢复")
    ids = [story.items[name] for name in MEANWHILE]
    story.becomes(lambda: all(as_reviewed(editor, one, "open") for one in ids), f"{len(ids)} 件全部到区里")
    for name in MEANWHILE:
        story.becomes(partial(marked, story, name, "submission.delivered"), f"“{draft_of(name)['title'][:14]}…”已送达")
    item = story.becomes(lambda: marked(story, "bus_route", "submission.declined"), "区里断线期间作的决定也回到乡里")
    kinds = [line["type"] for line in item["timeline"] if line["type"] in ABOVE]
    story.claim(kinds == list(ABOVE), "先后次序不变：签收、编辑、未采用", seen=kinds)
    story.becomes(lambda: _lane(story)["sent_seq"] == _lane(story)["receipted_seq"], "发出的都有对方签名的回执")
    story.claim(
        all(_once(editor.get(f"{REVIEW}/{one}")) for one in ids)
        and all(_once(at_home(story, name)) for name in MEANWHILE),
        "每件只到一次",
    )


def _lane(story: Story) -> dict[str, Any]:
    """The township's routine lane to the district."""
    links = story.officer("township", "admin").get(LINKS)["items"]
    lane: dict[str, Any] = next(one for one in links if one["peer"] == "district" and one["lane"] == "routine")
    return lane


def _waiting(story: Story, age_s: float) -> dict[str, Any] | None:
    lane = _lane(story)
    return lane if (lane["oldest_unreceipted_age_s"] or 0) >= age_s else None


def _once(item: dict[str, Any]) -> bool:
    return len(marks(item, "submission.reported_up")) == 1 and len(marks(item, "submission.delivered")) <= 1
