"""Chapters 6 and 7: what the township sees of its items, the returned one sent again, and the scores."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from deploy.demo.content import amended_body_of, draft_of
from deploy.demo.story.desk import INTAKE, REVIEW, TOWNSHIP, as_reviewed, at_home, check, marked, sign, submit
from deploy.demo.story.teller import Story

IN_ORDER = (
    "submission.submitted", "submission.reported_up", "submission.delivered", "submission.received",
    "submission.asked", "submission.answered", "submission.edited", "submission.adopted",
    "submission.forwarded_up", "submission.delivered", "submission.received", "submission.adopted",
    "instruction.recorded",
)  # fmt: skip


def follow(story: Story) -> None:
    """The whole history on one timeline; the returned item amended, checked and signed again."""
    item = at_home(story, "water_pipes")
    kinds = iter(line["type"] for line in item["timeline"])
    story.claim(
        all(kind in kinds for kind in IN_ORDER),
        f"乡里的时间线 {len(item['timeline'])} 条，从提交到批示依次排列",
        seen=[line["type"] for line in item["timeline"]],
    )
    for line in item["timeline"]:
        story.progress.say(f"      {_local_time(line['at'])}  {story.node(line['node']).plan.name}  {line['text']}")
    _send_again(story)


def _send_again(story: Story) -> None:
    name, clerk = "grid_terraces", story.officer("township", "clerk")
    origin_id = story.items[name]
    returned = story.becomes(lambda: marked(story, name, "submission.returned"), "退回的一件连同理由回到乡里")
    story.claim(
        returned["status"] == "returned" and story.facts["return_reason"] in str(returned["returned"]),
        "状态是“已退回”，可以修改",
        seen=returned["returned"],
    )
    path = f"{INTAKE}/{origin_id}"
    clerk.patch(path, {"body": amended_body_of(name)}, etag=clerk.etag(path))
    submit(story, TOWNSHIP, name)
    check(story, TOWNSHIP, name)
    sign(story, TOWNSHIP, name)
    story.done(f"{clerk.title}补充数据再次提交，重新审核、签发")
    editor = story.officer("district", "editor")
    item = story.becomes(lambda: _second_version(as_reviewed(editor, origin_id, "open")), "区里收到同一件的第2版")
    bodies = [sent["body"] for sent in item["sent"]]
    story.claim(
        len(bodies) == 2 and any(draft_of(name)["body"] in body for body in bodies),
        "两版都在，采编只需看改动的地方",
        seen=len(bodies),
    )
    editor.post(f"{REVIEW}/{origin_id}/receive")


def _second_version(item: dict[str, Any] | None) -> dict[str, Any] | None:
    return item if item and item["submission_version"] == 2 else None


def read_scores(story: Story) -> None:
    """Each node's scores of the units it governs, with the sources of the figures."""
    period = datetime.now(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m")
    origin_id = story.items["water_pipes"]
    for node, unit, points in (("district", "龙潭", 3 + 2 + 10 + 30), ("city", "云岭", 10 + 30)):
        statistician = story.officer(node, "statistician")
        score = story.becomes(
            partial(_earned, statistician, period, unit, origin_id, points),
            f"{story.node(node).plan.short_name}里给{unit}计分，这一件得 {points} 分",
        )
        for entry in score["entries"]:
            if entry["points"]:
                story.progress.say(f"      {entry['points']:>4} 分  {entry['reason']}")
        story.done(f"{score['unit_name']} {period} 合计 {score['score']} 分，每一分都可打开来源稿件")
    scores = story.officer("township", "statistician").get("/stats/api/v1/scores", period=period)["items"]
    story.done(f"乡里给自己管理的单位计分，得分表 {len(scores)} 行")


def _earned(statistician: Any, period: str, unit: str, origin_id: str, points: float) -> dict[str, Any] | None:
    """The unit's score once the item has brought so many points."""
    for score in statistician.get("/stats/api/v1/scores", period=period)["items"]:
        if unit in score["unit_name"]:
            brought = sum(entry["points"] for entry in score["entries"] if entry["origin_id"] == origin_id)
            return score if brought == points else None
    return None


def _local_time(at: str) -> str:
    return datetime.fromisoformat(at).astimezone(ZoneInfo("Asia/Shanghai")).strftime("%H:%M:%S")
