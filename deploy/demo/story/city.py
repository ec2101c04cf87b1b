"""Chapter 5: sent on to the city, adopted there, and a leader's instruction shared as a fact."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from deploy.demo.story.desk import REVIEW, as_reviewed, at_home, marked
from deploy.demo.story.issue import ISSUES
from deploy.demo.story.teller import Story, marks

INSTRUCTION = "请市水利局会同云岭区抓紧研究，春节前务必保证高山群众有水喝，管网改造纳入明年民生实事。"


def reach_the_city(story: Story) -> None:
    """Proposed, signed, carried, received, adopted, instructed on."""
    _forward(story)
    _adopt(story)
    _instruct(story)


def _forward(story: Story) -> None:
    editor, chief = story.officer("district", "editor"), story.officer("district", "chief")
    city = story.officer("city", "editor")
    origin_id = story.items["water_pipes"]
    editor.post(f"{REVIEW}/{origin_id}/forward", {"to": "city"})
    chief.post(f"{REVIEW}/{origin_id}/forward/sign")
    story.done(f"{editor.title}提请转报，{chief.title}签发转报市里")
    item = story.becomes(lambda: as_reviewed(city, origin_id, "open"), "市里的待审队列出现这件，用的是区里的本级稿")
    story.claim("142处" in item["text"]["body"], "市里看到的是核实后的数字")
    story.becomes(lambda: marked(story, "water_pipes", "submission.forwarded_up"), "乡里看到“转报市级”")
    story.becomes(lambda: marked(story, "water_pipes", "submission.delivered", to_node="city"), "乡里看到市里“已送达”")
    city.post(f"{REVIEW}/{origin_id}/receive")
    story.becomes(
        lambda: marked(story, "water_pipes", "submission.received", node="city"),
        f"{city.title}签收，乡里看到市里“已签收”",
    )


def _adopt(story: Story) -> None:
    editor, chief = story.officer("city", "editor"), story.officer("city", "chief")
    periodical = editor.get("/review/api/v1/periodicals")["items"][0]
    said = {"periodical_id": periodical["periodical_id"], "mode": "single"}
    issue_id = editor.post(f"{REVIEW}/{story.items['water_pipes']}/adopt", said)["issue_id"]
    number = chief.post(f"{ISSUES}/{issue_id}/sign")["issue_no"]
    title = f"《{periodical['title'].strip('《》')}》第{number}期"
    story.done(f"{chief.title}签发{title}")
    story.becomes(
        lambda: marked(story, "water_pipes", "submission.adopted", level="city", issue_no=number),
        f"乡里看到“市级采用，{title}”",
    )


def _instruct(story: Story) -> None:
    editor = story.officer("city", "editor")
    leader = story.officer("city", "leader").name
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    said = {
        "leader_name": leader, "leader_rank": "principal", "text": INSTRUCTION, "given_on": today.isoformat(),
        "share": "fact",
    }  # fmt: skip
    editor.post(f"{REVIEW}/{story.items['water_pipes']}/instructions", said)
    story.done(f"市领导{leader}批示，{editor.title}登记，只告知下级“已有批示”")
    story.becomes(lambda: marked(story, "water_pipes", "instruction.recorded"), "乡里看到“市级主要负责人作出批示”")
    for node in ("township", "district"):
        origin_id = story.items["water_pipes"]
        texts = [
            story.officer(node, "editor").ask("GET", f"{REVIEW}/{origin_id}").text,
            str(at_home(story, "water_pipes")),
        ]
        story.claim(
            not any(INSTRUCTION[:12] in text for text in texts), f"{story.node(node).plan.short_name}里看不到批示内容"
        )
    story.claim(marks(at_home(story, "water_pipes"), "instruction.recorded"), "批示这件事留在时间线上")
