"""Chapters 1 and 2: the township writes, checks, signs and reports; a bureau of the district does the same."""

from __future__ import annotations

from typing import Any

from deploy.demo.content import draft_of
from deploy.demo.officers import Officer
from deploy.demo.story import papers
from deploy.demo.story.desk import (
    BUREAU,
    INTAKE,
    REVIEW,
    TOWNSHIP,
    as_reviewed,
    check,
    marked,
    report,
    sign,
    submit,
    write,
)
from deploy.demo.story.teller import Story, marks

FROM_TOWNSHIP = ("grid_terraces", "elderly_meals", "night_school", "tea_research", "bus_route")
FROM_BUREAU = ("reservoirs", "meter_experience", "drought_suggestion", "irrigation_note")


def write_and_sign(story: Story) -> None:
    """A problem item: imported from Word, completed, attached to, submitted, checked and signed."""
    clerk = story.officer("township", "clerk")
    wanted = draft_of("water_pipes")
    imported = _import(story, clerk, wanted)
    _complete(story, clerk, wanted, imported)
    _attach(story, clerk)
    submit(story, TOWNSHIP, "water_pipes")
    story.done(f"{clerk.title}提交")
    check(story, TOWNSHIP, "water_pipes")
    story.done(f"{story.officer('township', 'reviewer').title}审核通过")
    _sign_another_on_paper(story)


def _import(story: Story, clerk: Officer, wanted: dict[str, Any]) -> dict[str, Any]:
    manuscript = papers.manuscript(wanted["title"], wanted["body"])
    files = {"file": ("饮水管网冻损情况.docx", manuscript, papers.DOCX)}
    imported: dict[str, Any] = clerk.call("POST", "/intake/api/v1/imports", files=files).json()
    story.claim(
        imported["title"] == wanted["title"] and _plain(imported["body"]) == _plain(wanted["body"]),
        f"{clerk.title}导入 Word 稿件，标题和正文（{len(wanted['body'])}字）自动填好待核对",
        seen=imported,
    )
    return imported


def _complete(story: Story, clerk: Officer, wanted: dict[str, Any], imported: dict[str, Any]) -> None:
    draft = clerk.post(INTAKE, {"info_type": "problem", "title": imported["title"], "body": imported["body"]})
    story.items["water_pipes"] = origin_id = draft["origin_id"]
    message = clerk.refusal("POST", f"{INTAKE}/{origin_id}/submit", status=409, code="submission_incomplete")
    story.done(f"撰稿人、电话和不涉密声明还没填，不能提交：{message}")
    path, rest = f"{INTAKE}/{origin_id}", {k: v for k, v in wanted.items() if k not in {"title", "body"}}
    seen = clerk.etag(path)
    clerk.patch(path, rest, etag=seen)
    clerk.refusal("PATCH", path, status=412, json={"title": "另一处的旧稿"}, headers={"If-Match": seen})
    with Officer(story.node("township"), "clerk") as later:
        story.claim(
            later.get(path)["author_name"] == wanted["author_name"],
            "补齐问题类要素；关掉再打开，草稿还在；拿旧版本来改的被拒绝",
        )


def _attach(story: Story, clerk: Officer) -> None:
    files = {"file": ("高山片区饮水管网冻损情况表.docx", papers.pipe_table(), papers.DOCX)}
    path = f"{INTAKE}/{story.items['water_pipes']}/attachments"
    attached = clerk.call("POST", path, files=files).json()
    story.attachments["water_pipes"] = attached["attachment_id"]
    story.facts["sha256"] = attached["sha256"]
    story.done("附上《高山片区饮水管网冻损情况表》")


def _sign_another_on_paper(story: Story) -> None:
    write(story, TOWNSHIP, "one_window")
    submit(story, TOWNSHIP, "one_window")
    check(story, TOWNSHIP, "one_window")
    signer = story.officer("township", "signer")
    sign(story, TOWNSHIP, "one_window", signed_by_name=signer.name, sign_mode="paper")
    story.done(f"另一件动态类稿件，{signer.name}在纸上签发，照实登记为“纸质签发”")


def report_up(story: Story) -> None:
    """The signature reports it up: queue, delivery, receipt; then the others, and the bureau's own."""
    signer, editor = story.officer("township", "signer"), story.officer("district", "editor")
    origin_id = story.items["water_pipes"]
    sign(story, TOWNSHIP, "water_pipes")
    story.done(f"{signer.title}网上签发，随即上报")
    item = story.becomes(lambda: as_reviewed(editor, origin_id, "open"), "区里的待审队列出现这件")
    _look_at_what_came(story, editor, item)
    seen = story.becomes(lambda: marked(story, "water_pipes", "submission.delivered"), "乡里看到“已送达”，系统自动回执")
    story.claim(not marks(seen, "submission.received"), "还没有人打开，所以没有“已签收”")
    editor.post(f"{REVIEW}/{origin_id}/receive")
    story.becomes(lambda: marked(story, "water_pipes", "submission.received"), f"{editor.title}打开，乡里看到“已签收”")
    _report_the_others(story, editor)


def _look_at_what_came(story: Story, editor: Officer, item: dict[str, Any]) -> None:
    wanted = draft_of("water_pipes")
    sent = item["sent"][-1]
    story.claim(_plain(sent["body"]) == _plain(wanted["body"]), "乡里的原文一字不差", seen=sent["title"])
    path = f"{REVIEW}/{item['origin_id']}/attachments/{story.attachments['water_pipes']}"
    story.becomes(lambda: editor.ask("GET", path).is_success, "附件随后到齐，可以下载")
    checks = editor.get(f"{REVIEW}/{item['origin_id']}")["checks"]
    bad = [line for line in checks if line["state"] == "bad"]
    story.claim(checks and not bad, f"来件校验 {len(checks)} 项，没有不符", seen=bad)


def _report_the_others(story: Story, editor: Officer) -> None:
    for name in FROM_TOWNSHIP:
        report(story, TOWNSHIP, name)
    for name in FROM_BUREAU:
        report(story, BUREAU, name)
    kinds = sorted(
        {draft_of(name)["info_type"] for name in (*FROM_TOWNSHIP, *FROM_BUREAU, "one_window", "water_pipes")}
    )
    count = len(FROM_TOWNSHIP) + 2
    story.done(f"乡里共报 {count} 件，区水利局报 {len(FROM_BUREAU)} 件，{len(kinds)} 个类型")
    ids = [story.items[name] for name in ("one_window", *FROM_TOWNSHIP, *FROM_BUREAU)]
    story.becomes(lambda: all(as_reviewed(editor, one, "open") for one in ids), "全部进入区里的待审队列")
    city = story.officer("city", "editor")
    own = [story.items[name] for name in FROM_BUREAU]
    story.claim(not any(as_reviewed(city, one) for one in own), "区水利局的稿件只到区里，没有跳到市里")


def _plain(text: str) -> str:
    return "".join(text.split())
