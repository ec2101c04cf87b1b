"""Chapter 8: a public text prepared, reviewed for secrecy and published; a problem item refused."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import httpx

from deploy.demo.content import draft_of
from deploy.demo.story.teller import Story

INFORMATION = "/disclosure/api/v1/information"


def publish(story: Story) -> None:
    """From an internal item to the public portal, and nothing else with it."""
    publisher, secrecy = story.officer("district", "publisher"), story.officer("district", "secrecy")
    item = draft_of("one_window")
    categories = publisher.get("/disclosure/api/v1/categories")["items"]
    category = next((one for one in categories if "动态" in one["name"]), categories[0])
    text = {
        "title": "龙潭乡11个村设立“一窗办”便民窗口", "body": item["body"], "category_id": category["category_id"],
        "attribute": "proactive",
    }  # fmt: skip
    message = publisher.refusal(
        "POST",
        INFORMATION,
        status=409,
        code="type_not_disclosable",
        json={**text, "origin_id": story.items["water_pipes"]},
    )
    story.done(f"{publisher.title}想公开问题类稿件，被拒绝：{message}")
    made = publisher.post(INFORMATION, {**text, "origin_id": story.items["one_window"]})
    path = f"{INFORMATION}/{made['information_id']}"
    story.done(f"{publisher.title}另写动态类稿件的公开稿，归入“{category['name']}”")
    secrecy.post(
        f"{path}/confidentiality-review",
        {"outcome": "open", "opinion": "不涉及国家秘密、工作秘密和个人隐私，可以公开。"},
    )
    story.done(f"{secrecy.title}完成保密审查：同意公开")
    published = publisher.post(f"{path}/publish")
    story.done(f"发布，索引号 {published['index_no']}")
    _read_as_citizen(story, published["index_no"])


def _read_as_citizen(story: Story, index_no: str) -> None:
    node = story.node("district")
    with httpx.Client(base_url=node.url, timeout=30, trust_env=False) as citizen:
        found = story.becomes(lambda: _found(citizen, "便民", index_no), f"公众在 {node.url}/open/ 用“便民”两个字搜到")
        page = citizen.get("/open/", follow_redirects=True)
        story.claim(page.status_code == httpx.codes.OK, "门户首页可以打开", seen=page.status_code)
        for word in ("饮水管网冻损", "裂缝", "客运班次"):
            answer = citizen.get("/open/api/v1/information", params={"q": word})
            story.claim(not answer.json()["items"], f"搜“{word}”没有结果：内部稿件没有流出", seen=answer.text[:200])
    published_on = datetime.fromisoformat(found["published_at"]).astimezone(ZoneInfo("Asia/Shanghai")).date()
    story.claim(
        found["index_no"] and found["publisher_name"] and found["formed_on"],
        f"元数据齐全：索引号 {found['index_no']}，发布机构 {found['publisher_name']}，"
        f"成文日期 {found['formed_on']}，发布日期 {published_on}",
        seen=found,
    )


def _found(citizen: httpx.Client, word: str, index_no: str) -> dict[str, str] | None:
    items = citizen.get("/open/api/v1/information", params={"q": word}).json()["items"]
    return next((item for item in items if item["index_no"] == index_no), None)
