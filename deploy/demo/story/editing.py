"""Chapter 3: the district's editor asks, edits, returns, keeps, declines and selects."""

from __future__ import annotations

from deploy.demo.content import draft_of
from deploy.demo.officers import Officer
from deploy.demo.story.desk import REVIEW, TOWNSHIP, as_reviewed, at_home, marked
from deploy.demo.story.teller import Story, marks

QUESTION = "冻裂入户支管126处、已修复83处是什么时间的数？请核实最新数字。"
ANSWER = "已逐村核对：截至11月23日18时，冻裂入户支管共142处，已修复97处，其余为新增排查发现；主管道6处无变化。"
SELECTED = ("one_window", "tea_research", "reservoirs", "water_pipes")


def decide(story: Story) -> None:
    """What an editor does with a morning's queue."""
    editor = story.officer("district", "editor")
    _verify(story, editor)
    _edit(story, editor)
    _return(story, editor)
    _set_aside(story, editor)
    _select(story, editor)


def _verify(story: Story, editor: Officer) -> None:
    path = f"{REVIEW}/{story.items['water_pipes']}"
    editor.post(f"{path}/ask", {"question": QUESTION})
    story.done(f"{editor.title}请求核实：{QUESTION}")
    story.becomes(lambda: marked(story, "water_pipes", "submission.asked", note=QUESTION), "乡里看到核实的问题")
    clerk = story.officer("township", "clerk")
    clerk.call("POST", f"{path}/answer", json={"answer": ANSWER})
    story.becomes(
        lambda: [one for one in editor.get(path)["questions"] if one["answer"] == ANSWER],
        f"{clerk.title}就地答复，稿件一直在队列里，区里看到答复",
    )


def _edit(story: Story, editor: Officer) -> None:
    path = f"{REVIEW}/{story.items['water_pipes']}"
    original = draft_of("water_pipes")["body"]
    edited = original.replace("支管126处", "支管142处").replace("支管83处", "支管97处")
    title = "龙潭乡高山片区4个村冬季饮水管网冻损严重亟待支持"
    editor.patch(path, {"title": title, "body": edited}, etag=editor.etag(path))
    item = editor.get(path)
    figures = item["editions"][-1]["figures_changed"]
    story.claim(
        any("126" in one and "142" in one for one in figures) and any("83" in one and "97" in one for one in figures),
        f"编辑本级稿，改动的数字单独列出：{'、'.join(figures)}",
        seen=figures,
    )
    story.claim(
        original in item["sent"][-1]["body"] and item["text"]["body"] == edited, "乡里的原稿保留在旁，两稿并排对照"
    )


def _return(story: Story, editor: Officer) -> None:
    name = "grid_terraces"
    reason = "请补充三类闲置农房各多少处、农户和村集体各增收多少、安全鉴定做了多少处。"
    said = {"reason_code": "missing_elements", "reason": reason}
    editor.post(f"{REVIEW}/{story.items[name]}/return", said)
    story.facts["return_reason"] = reason
    story.done(f"退回一件经验类稿件：{reason}")


def _set_aside(story: Story, editor: Officer) -> None:
    editor.post(f"{REVIEW}/{story.items['elderly_meals']}/keep")
    said = {"reason_code": "low_value", "reason": "属日常工作安排，建议改报开班成效。"}
    editor.post(f"{REVIEW}/{story.items['night_school']}/decline", said)
    declined = story.becomes(
        lambda: marked(story, "night_school", "submission.declined"), "一件备用，一件未采用；乡里看到未采用的理由"
    )
    story.claim(declined["status"] == "declined", "乡里那件的状态是“未采用”", seen=declined["status"])
    kept = at_home(story, "elderly_meals", TOWNSHIP)
    story.claim(kept["status"] == "reported", "备用只在区里，乡里那件仍是“已上报”", seen=kept["status"])


def _select(story: Story, editor: Officer) -> None:
    periodical = next(one for one in editor.get("/review/api/v1/periodicals")["items"] if "政务信息" in one["title"])
    places = {}
    for name in SELECTED:
        said = {"periodical_id": periodical["periodical_id"], "mode": "single"}
        answer = editor.post(f"{REVIEW}/{story.items[name]}/adopt", said)
        places[name], story.facts["issue_id"] = answer["adoption_id"], answer["issue_id"]
    story.facts["places"] = places
    story.facts["periodical"] = f"《{periodical['title'].strip('《》')}》"
    story.done(f"选用 {len(places)} 件编入{story.facts['periodical']}，状态是“拟采用”")
    seen = at_home(story, "water_pipes")
    story.claim(
        as_reviewed(editor, story.items["water_pipes"], "selected") and not marks(seen, "submission.adopted"),
        "还没有签发，乡里看不到“采用”",
    )
