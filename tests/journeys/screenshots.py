"""python -m tests.journeys.screenshots: make the pictures in docs/screenshots anew, on three fresh nodes.

The demo's story is told first, so that every page has something to show. PDF pages become pictures by
`pdftoppm` (Debian: apt-get install poppler-utils).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kafka import KafkaProducer
from playwright.sync_api import Page, ViewportSize

from deploy.demo.nodes import spare_ports
from deploy.demo.process import ROOT
from deploy.demo.progress import on_screen
from deploy.demo.story import tell_story
from deploy.demo.story.desk import REVIEW
from deploy.demo.story.teller import Story
from deploy.demo.waiting import eventually
from deploy.demo.world import DemoWorld
from tests.journeys.browser import DESK_SIZE, PHONE_SIZE, chromium
from tests.journeys.main_pages import MainPage
from tests.journeys.morning import Morning, begin
from tests.journeys.palette import reduced
from tests.journeys.seats import Office

FOLDER = ROOT / "docs" / "screenshots"
WAITED_S = 12.0
ON_PHONE = ("clerk-form", "item-timeline", "queue-item", "portal-detail")


def main() -> None:
    """Bring a world up, look at its pages, take the pictures."""
    with tempfile.TemporaryDirectory(prefix="shangda-screenshots-") as folder:
        world = DemoWorld.start(Path(folder), ports=spare_ports(), fresh=True, progress=on_screen())
        try:
            story = tell_story(world, on_screen())
            take_all(world, story, begin(world))
        finally:
            world.stop()


def take_all(world: DemoWorld, story: Story, morning: Morning) -> None:
    """Every picture: pages at the desk, some on the phone, the printed issue."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    _send_what_nobody_knows(world)
    with chromium() as browser:
        office = Office(browser, world.nodes)
        for one in pages(story, morning):
            _take(office, one, DESK_SIZE)
            if one.name in ON_PHONE:
                _take(office, one, PHONE_SIZE)
        _take_print(office)
        office.close()


def pages(story: Story, morning: Morning) -> Iterator[MainPage]:
    """What is shown, and to whom; the link last, because it is cut for its picture."""
    told, items = story.items["water_pipes"], morning.items
    issue = morning.officer("chief@district").get(f"/review/api/v1/submissions/{told}")["adoptions"][0]["issue_id"]
    scores = morning.officer("statistician@district").get("/stats/api/v1/scores")["items"]
    unit = next(one for one in scores if "龙潭" in one["unit_name"])
    yield MainPage("login", "district", "", "/login")
    yield MainPage("home", "township", "clerk", "/")
    yield MainPage("clerk-form", "township", "clerk", f"/intake/submissions/{items['draft']}/edit?check=1")
    yield MainPage("item-timeline", "township", "clerk", f"/intake/submissions/{told}")
    yield MainPage("sign", "township", "signer", f"/review/sign/{items['to_sign']}")
    yield MainPage("queue", "district", "editor", "/review/queue")
    yield MainPage("queue-item", "district", "editor", f"/review/queue/{items['edited']}?view=diff")
    yield MainPage("issue-editor", "district", "chief", f"/review/issues/{morning.issues['selected']}")
    yield MainPage("issue", "district", "chief", f"/review/issues/{issue}")
    yield MainPage("stats", "district", "statistician", "/stats/scores")
    yield MainPage("stats-sources", "district", "statistician", f"/stats/scores/{unit['unit_id']}")
    yield MainPage("disclosure-text", "district", "publisher", f"/disclosure/information/{morning.information_id}")
    yield MainPage("portal-list", "district", "", "/open/")
    yield MainPage("portal-detail", "district", "", f"/open/information/{morning.information_id}")
    yield MainPage("event-desk", "district", "admin", "/review/events")
    _sign_into_a_cut_link(morning)
    yield MainPage("link", "township", "admin", "/exchange/links/district")


def _take(office: Office, one: MainPage, size: ViewportSize) -> None:
    page = office.seat(one.node_id, one.username).page
    page.set_viewport_size(size)
    one.show(office)
    page.evaluate("document.fonts.ready")
    ending = "-390" if size is PHONE_SIZE else ""
    _keep(page, f"{one.name}{ending}", page.screenshot(animations="disabled"))
    page.set_viewport_size(DESK_SIZE)


def _take_print(office: Office) -> None:
    """The first page of the signed issue's PDF."""
    seat = office.seat("district", "chief")
    seat.open("/review/issues")
    address = seat.page.get_by_role("link", name="PDF").last.get_attribute("href")
    pdf = seat.page.request.get(str(address)).body()
    command = ["pdftoppm", "-png", "-r", "84", "-f", "1", "-singlefile", "-"]
    _keep(seat.page, "issue-pdf", subprocess.run(command, input=pdf, stdout=subprocess.PIPE, check=True).stdout)


def _keep(page: Page, name: str, png: bytes) -> None:
    file = FOLDER / f"{name}.png"
    file.write_bytes(reduced(page, png))
    sys.stdout.write(f"{file.relative_to(ROOT)}  {file.stat().st_size // 1024} KB\n")


def _sign_into_a_cut_link(morning: Morning) -> None:
    """Cut the link to the district and sign two items that then wait for it."""
    morning.officer("admin@township").call("POST", "/exchange/api/v1/links/district/pause")
    morning.officer("reviewer@township").post(f"{REVIEW}/{morning.items['to_check']}/check")
    for name in ("to_check", "to_sign"):
        morning.officer("signer@township").post(f"{REVIEW}/{morning.items[name]}/sign")
    eventually(lambda: _oldest_wait_s(morning) >= WAITED_S, "未回执的时长")


def _oldest_wait_s(morning: Morning) -> float:
    links = morning.officer("admin@township").get("/exchange/api/v1/links")["items"]
    return max(one["oldest_unreceipted_age_s"] or 0 for one in links)


def _send_what_nobody_knows(world: DemoWorld) -> None:
    """An event of a kind that this version does not know, so that the event desk has something to show."""
    names = {
        "ce_id": "0198c0de-0000-7000-8000-000000000001",
        "ce_type": "submission.archived",
        "ce_source": "/intake",
        "ce_time": "2026-11-24T08:00:00+08:00",
        "ce_subject": "龙潭乡便民服务",
        "ce_dataschema": "urn:shangda:submission.archived:1",
        "ce_sequence": "1",
        "ce_epoch": "0",
        "ce_node": "district",
        "ce_level": "county",
    }
    producer = KafkaProducer(bootstrap_servers=world.nodes["district"].kafka)
    headers = [(name, value.encode()) for name, value in names.items()]
    producer.send("district.intake.submission", b"{}", key=b"0198c0de-0000-7000-8000-0000000000aa", headers=headers)
    producer.flush()
    producer.close()


if __name__ == "__main__":
    main()
