"""What the officers of three nodes do all day: seeded, mixed, real operations, each on what its desk shows just then."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

from deploy.demo.content import TOWNSHIP_ITEMS, draft_of, items_of
from deploy.demo.world import DemoWorld
from tests.faults.campaign.attempts import Diary, Seat

INTAKE = "/intake/api/v1/submissions"
REVIEW = "/review/api/v1/submissions"
ISSUES = "/review/api/v1/issues"
INFORMATION = "/disclosure/api/v1/information"

UNITS = {
    "township": ("township", "clerk", "reviewer", "signer"),
    "bureau": ("district", "bureau_clerk", "bureau_reviewer", "bureau_signer"),
}
EMERGENCY = {
    "info_type": "emergency", "report_stage": "initial", "occurred_at": "2026-11-24T06:10:00+00:00",
    "learned_at": "2026-11-24T06:25:00+00:00", "place": "龙潭乡上坪村", "source": "村干部来电", "nature": "山体滑坡",
    "measures": "已转移群众23人。", "site_contact": "副乡长 李建国 13805780000",
}  # fmt: skip
PAUSE_S = (0.02, 0.4)


class Work:
    """The desks of all nodes, each with its own officers, its own chance and its own thread."""

    def __init__(self, world: DemoWorld, seed: int, diary: Diary) -> None:
        self.world = world
        self.diary = diary
        self.stop = threading.Event()
        self.faults: list[BaseException] = []
        desks = [UnitDesk(name, self, seed) for name in UNITS]
        offices = [OfficeDesk(name, self, seed) for name in ("district", "city")]
        self._threads = [threading.Thread(target=self._run, args=(desk,), daemon=True) for desk in (*desks, *offices)]

    def start(self) -> None:
        """Let everybody begin."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Let everybody finish what is in hand.

        Raises:
            BaseException: What went wrong at a desk that is no answer of a node.
        """
        self.stop.set()
        for thread in self._threads:
            thread.join()
        if self.faults:
            raise self.faults[0]

    def _run(self, desk: Desk) -> None:
        try:
            while not self.stop.wait(desk.chance.uniform(*PAUSE_S)):
                desk.do_something()
        except BaseException as fault:  # noqa: BLE001 - told at the end, in the thread that asks
            self.faults.append(fault)
        finally:
            desk.close()


class Desk:
    """Some officers of one node, who do one thing after another."""

    verbs: tuple[tuple[int, str], ...] = ()

    def __init__(self, name: str, work: Work, seed: int) -> None:
        self.name = name
        self.work = work
        self.chance = random.Random(f"{seed}/{name}")
        self.node_id = UNITS[name][0] if name in UNITS else name
        self._seats: dict[str, Seat] = {}

    def seat(self, username: str) -> Seat:
        """The officer of that name."""
        if username not in self._seats:
            self._seats[username] = Seat(self.work.world.nodes[self.node_id], username, self.work.diary)
        return self._seats[username]

    def close(self) -> None:
        """Close every officer's connection."""
        for seat in self._seats.values():
            seat.close()

    def do_something(self) -> None:
        """One thing, chosen by weight."""
        weights = [weight for weight, _ in self.verbs]
        name = self.chance.choices([name for _, name in self.verbs], weights)[0]
        act: Callable[[], None] = getattr(self, name)
        act()

    def one_of(self, username: str, path: str, **params: Any) -> dict[str, Any] | None:
        """Anything of a list, or None."""
        found = self.seat(username).read(path, **params)
        return self.chance.choice(found["items"]) if found and found["items"] else None


class UnitDesk(Desk):
    """A unit that writes, checks and signs; and hears of what became of it."""

    verbs = ((5, "write"), (2, "change"), (6, "submit"), (6, "check"), (6, "sign"), (3, "answer"), (3, "send_again"))

    def __init__(self, name: str, work: Work, seed: int) -> None:
        super().__init__(name, work, seed)
        _, self.clerk, self.reviewer, self.signer = UNITS[name]
        self.drafts: list[str] = []

    def write(self) -> None:
        """A new draft; sometimes an emergency, sometimes with a file."""
        content = self._content()
        made = self.seat(self.clerk).post(INTAKE, content)
        if made is None:
            return
        self.drafts.append(made["origin_id"])
        if self.chance.random() < 0.25:
            text = f"{made['origin_id']} 附件 {self.chance.random()}".encode()
            files = {"file": ("情况说明.txt", text * self.chance.randint(1, 4000), "text/plain")}
            self.seat(self.clerk).write("POST", f"{INTAKE}/{made['origin_id']}/attachments", files=files)

    def change(self) -> None:
        """A draft gets another title."""
        if self.drafts:
            self._patch(self.chance.choice(self.drafts), {"title": self._title()})

    def submit(self) -> None:
        """A draft is handed in."""
        if self.drafts:
            origin_id = self.drafts.pop(self.chance.randrange(len(self.drafts)))
            self.seat(self.clerk).post(f"{INTAKE}/{origin_id}/submit")

    def check(self) -> None:
        """The reviewer passes one."""
        if item := self.one_of(self.reviewer, REVIEW, status="to_check"):
            self.seat(self.reviewer).post(f"{REVIEW}/{item['origin_id']}/check")

    def sign(self) -> None:
        """The signer signs one: it goes up."""
        if item := self.one_of(self.signer, REVIEW, status="to_sign"):
            self.seat(self.signer).post(f"{REVIEW}/{item['origin_id']}/sign")

    def answer(self) -> None:
        """An open question from above is answered."""
        if item := self.one_of(self.clerk, INTAKE, status="reported"):
            whole = self.seat(self.clerk).read(f"{INTAKE}/{item['origin_id']}")
            if whole and any(not one["answer"] for one in whole.get("questions", ())):
                self.seat(self.clerk).post(f"{REVIEW}/{item['origin_id']}/answer", {"answer": "已核实，数字无误。"})

    def send_again(self) -> None:
        """A returned item is amended and handed in once more."""
        if item := self.one_of(self.clerk, INTAKE, status="returned"):
            self._patch(
                item["origin_id"], {"body": f"补充了数据{self.chance.randint(1, 999)}处。{self._content()['body']}"}
            )
            self.seat(self.clerk).post(f"{INTAKE}/{item['origin_id']}/submit")

    def _patch(self, origin_id: str, change: dict[str, Any]) -> None:
        path = f"{INTAKE}/{origin_id}"
        if etag := self.seat(self.clerk).etag(path):
            self.seat(self.clerk).write("PATCH", path, json=change, headers={"If-Match": etag})

    def _content(self) -> dict[str, Any]:
        name = self.chance.choice(list(items_of(TOWNSHIP_ITEMS)))
        emergency = EMERGENCY if self.chance.random() < 0.15 else {}
        return {**draft_of(name), "title": self._title(), **emergency}

    def _title(self) -> str:
        return f"{self.name}反映第{self.chance.randrange(10**6)}号事项的有关情况"


class OfficeDesk(Desk):
    """An office that receives, decides, prints, sends on, instructs and publishes."""

    verbs = (
        (6, "receive"), (3, "ask"), (4, "edit"), (2, "return_"), (2, "decline"), (2, "keep"), (6, "adopt"),
        (2, "sign_issue"), (4, "forward"), (4, "sign_forward"), (2, "instruct"), (3, "prepare"), (3, "review"),
        (3, "publish"), (1, "revoke"),
    )  # fmt: skip

    def receive(self) -> None:
        """签收."""
        self._decide("receive", None)

    def ask(self) -> None:
        """核实."""
        self._decide("ask", {"question": f"请核实第{self.chance.randint(1, 99)}项数字。"})

    def edit(self) -> None:
        """本级稿."""
        item = self.one_of("editor", REVIEW, status="open")
        path = f"{REVIEW}/{item['origin_id']}" if item else ""
        if path and (etag := self.seat("editor").etag(path)):
            change = {"title": f"编辑稿{self.chance.randrange(10**6)}"}
            self.seat("editor").write("PATCH", path, json=change, headers={"If-Match": etag})

    def return_(self) -> None:
        """退回."""
        self._decide("return", {"reason_code": "missing_elements", "reason": "请补充数据。"})

    def decline(self) -> None:
        """未采用."""
        self._decide("decline", {"reason_code": "low_value", "reason": "属日常工作。"})

    def keep(self) -> None:
        """备用."""
        self._decide("keep", None)

    def adopt(self) -> None:
        """拟采用, into any periodical."""
        if periodical := self.one_of("editor", "/review/api/v1/periodicals"):
            self._decide("adopt", {"periodical_id": periodical["periodical_id"], "mode": "single"})

    def sign_issue(self) -> None:
        """The chief signs an issue: 采用 is told."""
        if issue := self.one_of("chief", ISSUES, status="draft"):
            self.seat("chief").post(f"{ISSUES}/{issue['issue_id']}/sign")

    def forward(self) -> None:
        """转报 is proposed."""
        if self.node_id == "district":
            self._decide("forward", {"to": "city"})

    def sign_forward(self) -> None:
        """转报 is signed."""
        if self.node_id == "district" and (item := self.one_of("chief", REVIEW, status="open")):
            self.seat("chief").post(f"{REVIEW}/{item['origin_id']}/forward/sign")

    def instruct(self) -> None:
        """A leader's instruction is recorded."""
        share = self.chance.choice(["none", "fact", "text"])
        self._decide("instructions", {
            "leader_name": "王领导", "leader_rank": "principal", "text": "请抓紧办理。",
            "given_on": date(2026, 11, 1).isoformat(), "share": share,
        })  # fmt: skip

    def prepare(self) -> None:
        """A public text is written."""
        if category := self.one_of("publisher", "/disclosure/api/v1/categories"):
            self.seat("publisher").post(INFORMATION, {
                "title": f"公开第{self.chance.randrange(10**6)}号", "body": "一、办理情况。\n二、下一步安排。",
                "category_id": category["category_id"], "attribute": "proactive",
            })  # fmt: skip

    def review(self) -> None:
        """Another officer reviews it for secrecy."""
        if text := self.one_of("secrecy", INFORMATION, status="in_review"):
            said = {"outcome": "open", "opinion": "不涉及国家秘密、工作秘密和个人隐私，可以公开。"}
            self.seat("secrecy").post(f"{INFORMATION}/{text['information_id']}/confidentiality-review", said)

    def publish(self) -> None:
        """It goes out, with an index number."""
        if text := self.one_of("publisher", INFORMATION, status="approved"):
            self.seat("publisher").post(f"{INFORMATION}/{text['information_id']}/publish")

    def revoke(self) -> None:
        """It is taken off the portal."""
        if text := self.one_of("publisher", INFORMATION, status="published"):
            self.seat("publisher").post(f"{INFORMATION}/{text['information_id']}/revoke", {"reason": "内容有误。"})

    def _decide(self, verb: str, body: dict[str, Any] | None) -> None:
        if item := self.one_of("editor", REVIEW, status="open"):
            self.seat("editor").post(f"{REVIEW}/{item['origin_id']}/{verb}", body)
