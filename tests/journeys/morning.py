"""An office's morning, told by API: the items, the issue and the public text that a page needs to look like itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from deploy.demo.content import draft_of
from deploy.demo.officers import Officer
from deploy.demo.story.desk import INTAKE, REVIEW, as_reviewed
from deploy.demo.waiting import eventually
from deploy.demo.world import DemoWorld

PUBLIC = "/disclosure/api/v1/information"


@dataclass
class Morning:
    """What was made, by what it is for; titles differ from those of the story."""

    world: DemoWorld
    items: dict[str, str] = field(default_factory=dict)
    issues: dict[str, str] = field(default_factory=dict)
    information_id: str = ""
    _officers: dict[str, Officer] = field(default_factory=dict)

    def officer(self, name: str) -> Officer:
        """The officer `username@node`."""
        if name not in self._officers:
            username, node_id = name.split("@")
            self._officers[name] = Officer(self.world.nodes[node_id], username)
        return self._officers[name]

    def close(self) -> None:
        """Close every officer's connection."""
        for officer in self._officers.values():
            officer.close()


def begin(world: DemoWorld) -> Morning:
    """Items in every list, an issue signed and one begun, a text on the portal."""
    morning = Morning(world)
    for name in ("edited", "signed", "selected", "asked", "open"):
        _report(morning, name)
    _write(morning, "draft")
    _submit(morning, "to_check")
    _submit(morning, "to_sign")
    morning.officer("reviewer@township").post(f"{REVIEW}/{morning.items['to_sign']}/check")
    _edit_and_print(morning)
    _publish(morning)
    return morning


_CONTENT = {
    "edited": ("water_pipes", "龙潭乡云脚村引水渠冬季渗漏亟待修复"),
    "signed": ("one_window", "龙潭乡把办事窗口开到赶集日"),
    "selected": ("tea_research", "龙潭乡秋茶收购情况走访"),
    "asked": ("elderly_meals", "关于为高山村老人统一送餐的建议"),
    "open": ("night_school", "龙潭乡举办茶叶加工短训班"),
    "draft": ("road_draft", "龙潭乡三季度集体经济情况（草稿）"),
    "to_check": ("winter_medicine", "龙潭乡开展入冬药品清点"),
    "to_sign": ("orchard_fees", "龙潭乡公布水果合作社账目"),
}


def _write(morning: Morning, name: str) -> str:
    content, title = _CONTENT[name]
    is_complete = name != "draft"
    said = {**draft_of(content), "title": title, "non_secret_declared": is_complete}
    made = morning.officer("clerk@township").post(INTAKE, said)
    morning.items[name] = made["origin_id"]
    return morning.items[name]


def _submit(morning: Morning, name: str) -> None:
    origin_id = _write(morning, name)
    morning.officer("clerk@township").post(f"{INTAKE}/{origin_id}/submit")
    reviewer = morning.officer("reviewer@township")
    eventually(partial(as_reviewed, reviewer, origin_id, "to_check"), f"{name} 待审核")


def _report(morning: Morning, name: str) -> None:
    _submit(morning, name)
    path = f"{REVIEW}/{morning.items[name]}"
    morning.officer("reviewer@township").post(f"{path}/check")
    morning.officer("signer@township").post(f"{path}/sign")
    editor = morning.officer("editor@district")
    eventually(partial(as_reviewed, editor, morning.items[name], "open"), f"{name} 到区里")


def _edit_and_print(morning: Morning) -> None:
    editor, chief = morning.officer("editor@district"), morning.officer("chief@district")
    path = f"{REVIEW}/{morning.items['edited']}"
    body = editor.get(path)["text"]["body"].replace("支管126处", "支管142处")
    editor.patch(path, {"title": _CONTENT["edited"][1], "body": body}, etag=editor.etag(path))
    editor.post(f"{REVIEW}/{morning.items['asked']}/ask", {"question": "83名老人是几个村的？"})
    for name in ("signed", "selected"):
        morning.issues[name] = _select(editor, morning.items[name])
        if name == "signed":
            chief.post(f"/review/api/v1/issues/{morning.issues[name]}/sign")


def _select(editor: Officer, origin_id: str) -> str:
    periodicals = editor.get("/review/api/v1/periodicals")["items"]
    periodical = next(one for one in periodicals if "政务信息" in one["title"])
    said = {"periodical_id": periodical["periodical_id"], "mode": "single"}
    return str(editor.post(f"{REVIEW}/{origin_id}/adopt", said)["issue_id"])


def _publish(morning: Morning) -> None:
    publisher, secrecy = morning.officer("publisher@district"), morning.officer("secrecy@district")
    draft = draft_of("one_window")
    text: dict[str, Any] = {"title": _CONTENT["signed"][1], "body": draft["body"], "attribute": "proactive"}
    text["category_id"] = publisher.get("/disclosure/api/v1/categories")["items"][0]["category_id"]
    morning.information_id = publisher.post(PUBLIC, text)["information_id"]
    path = f"{PUBLIC}/{morning.information_id}"
    secrecy.post(f"{path}/confidentiality-review", {"outcome": "open", "opinion": "可以公开。"})
    publisher.post(f"{path}/publish")
