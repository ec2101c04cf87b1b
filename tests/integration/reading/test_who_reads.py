"""One rule for who may read an item, asked of intake and review by every way in which an item surfaces."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.intake.actions.reading import may_hear as intake_may_hear
from services.intake.app import intake_service
from services.intake.model import Attachment, Submission
from services.intake.store import TEXT_INDEX
from services.kernel.language.events import parts
from services.kernel.language.vocabulary import InfoType, Level, Role, UnitKind
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.surroundings.signals import NamedChannel
from services.kernel.runtime.web.identity import Officer
from services.review.app import review_service
from services.review.model import ReviewItem, SentVersion
from services.review.store.items import index_item
from services.review.store.sheet import may_hear as review_may_hear
from tests.support.service import DISTRICT, NOW, client_of, officer, running_node, settings_for, unit_id

INTAKE, REVIEW = "/intake/api/v1/submissions", "/review/api/v1/submissions"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"

SEATS = {
    "own": ("water", UnitKind.BUREAU),
    "other": ("roads", UnitKind.BUREAU),
    "office": ("district", UnitKind.HEAD_OFFICE),
}
AUTHOR = officer(Role.CLERK, name="作者", unit="water", kind=UnitKind.BUREAU)
NAMED = officer(Role.CLERK, name="合写人", unit="water", kind=UnitKind.BUREAU)
MOVED = officer(Role.CLERK, name="合写人", unit="roads", kind=UnitKind.BUREAU)

# Written out by hand, apart from the code. State → how intake and review keep it.
_AUTHORS = {"author", "named"}
_UNIT = _AUTHORS | {"own clerk", "own reviewer", "own signer"}
_OFFICE = {"office editor", "office chief", "office leader"}
STATES: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
    "draft": ({"status": "draft"}, None),
    "to check": ({"status": "submitted"}, {"status": "to_check"}),
    "to sign": ({"status": "submitted"}, {"status": "to_sign"}),
    "returned inside": ({"status": "returned"}, {"status": "returned"}),
    "open": ({"status": "reported"}, {"status": "open", "is_here": True}),
    "kept": ({"status": "reported"}, {"status": "kept", "is_here": True}),
    "selected": ({"status": "reported"}, {"status": "selected", "is_here": True}),
    "returned": ({"status": "returned"}, {"status": "returned", "is_here": True}),
    "taken up again": ({"status": "draft", "submission_version": 2}, {"status": "returned", "is_here": True}),
    "handed in again": (
        {"status": "submitted", "submission_version": 2},
        {"status": "to_check", "submission_version": 2},
    ),
    "declined": ({"status": "declined"}, {"status": "declined", "is_here": True}),
    "adopted": ({"status": "adopted"}, {"status": "adopted", "is_here": True}),
}
# State → who reads it in intake; in review the same, but for what review has another version of, or has not at all.
INTAKE_READERS = {
    "draft": _AUTHORS,
    **dict.fromkeys(("to check", "to sign", "returned inside", "taken up again", "handed in again"), _UNIT),
    **dict.fromkeys(("open", "kept", "selected", "returned", "declined", "adopted"), _UNIT | _OFFICE),
}
REVIEW_READERS = INTAKE_READERS | {"draft": set(), "taken up again": _UNIT | _OFFICE}


@dataclass
class World:
    """A district with one item in each state, of each kind, and one reader of each sort."""

    process: NodeProcess
    items: dict[tuple[str, InfoType], UUID] = field(default_factory=dict)
    file_id: dict[UUID, UUID] = field(default_factory=dict)
    readers: dict[str, Officer] = field(default_factory=dict)
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def fill(self) -> None:
        """Put the items in, and sign the readers in."""
        for state, info_type in product(STATES, (InfoType.DYNAMIC, InfoType.EMERGENCY)):
            self.items[state, info_type] = await self._put(state, info_type)
        for role, (seat, (unit, kind)) in product(Role, SEATS.items()):
            self.readers[f"{seat} {role}"] = officer(role, name=f"{seat}{role}", unit=unit, kind=kind)
        self.readers |= {"author": AUTHOR, "named": NAMED, "moved away": MOVED}
        self.clients = {name: client_of(self.process, who) for name, who in self.readers.items()}

    async def _put(self, state: str, info_type: InfoType) -> UUID:
        intake, review = STATES[state]
        origin_id, file_id = new_id(), new_id()
        self.file_id[origin_id] = file_id
        has_come = review is not None and (review.get("is_here") or state == "handed in again")
        hop = parts.Hop(
            n=1, from_node="district", from_unit_id=unit_id("water"), from_unit_name="水利局", to_node="district",
            to_level=Level.COUNTY,
        )  # fmt: skip
        hops = (hop,) if has_come else ()
        head: dict[str, Any] = {
            "origin_id": origin_id,
            "title": f"河道 {state}",
            "origin_node": "district",
            "touched_at": NOW,
        }
        own: dict[str, Any] = {"info_type": info_type, "unit_id": unit_id("water"), "unit_name": "水利局"}
        file: dict[str, Any] = {
            "attachment_id": file_id,
            "sha256": "0" * 64,
            "filename": "a.pdf",
            "media_type": "application/pdf",
        }
        async with self.process.contexts["intake"].database.transaction(NOW) as tx:
            tx.session.add(
                Submission(
                    **head, **own, **intake, created_by=AUTHOR.officer_id, created_by_name="作者", created_at=NOW,
                    body="清淤", hops=hops, reported_version=len(hops),
                    authors=[{"name": "合写人", "officer_id": str(NAMED.officer_id), "section_id": None}],
                )
            )  # fmt: skip
            await tx.session.flush()
            tx.session.add(Attachment(**file, origin_id=origin_id, size=3, added_at=NOW))
            await TEXT_INDEX.put(tx.session, origin_id, f"河道 {state}")
        if review is not None:
            await self._put_in_review(head | own | review | {"hops": hops}, file)
        return origin_id

    async def _put_in_review(self, values: dict[str, Any], file: dict[str, Any]) -> None:
        edition = parts.Edition(node="district", number=1, title="河道", body="清淤", edited_by="作者", edited_at=NOW)
        content = parts.Content(
            edition=edition, author_name="作者", author_phone="1", non_secret_declared=True,
            attachments=(parts.Attachment(**file, size=3),),
        )  # fmt: skip
        async with self.process.contexts["review"].database.transaction(NOW) as tx:
            item = ReviewItem(**values, arrived_at=NOW, handle_by=NOW, submitted_by=AUTHOR.ref)
            sent = SentVersion(
                origin_id=item.origin_id, version=1, hop=0, event_id="", content=content, from_node="district",
                sender_name="水利局", told_at=NOW, arrived_at=NOW,
            )  # fmt: skip
            tx.session.add_all([item, sent])
            await tx.session.flush()
            await index_item(tx.session, item, "清淤")

    def meant(self, oracle: dict[str, set[str]], name: str) -> dict[tuple[str, InfoType], bool]:
        """Which items this reader may read: on duty one reads, of what the unit or the office reads, the emergencies."""
        alike = {"own duty": "own clerk", "office duty": "office leader"}.get(name, "")
        return {
            (state, kind): name in oracle[state] or (kind.is_urgent and alike in oracle[state])
            for state, kind in self.items
        }


@pytest.fixture
async def world(node_database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    settings = settings_for(DISTRICT, tmp_path, database_url=node_database_url)
    async with running_node([intake_service(), review_service()], settings, clock=lambda: NOW) as process:
        made = World(process)
        await made.fill()
        yield made
        for client in made.clients.values():
            await client.aclose()


@pytest.mark.parametrize(
    ("address", "oracle"), [(INTAKE, INTAKE_READERS), (REVIEW, REVIEW_READERS)], ids=["intake", "review"]
)
async def test_items_files_and_pages_open_for_their_readers_alone(
    world: World, address: str, oracle: dict[str, set[str]]
) -> None:
    wrong = []
    for name, client in world.clients.items():
        for item, may in world.meant(oracle, name).items():
            origin_id = world.items[item]
            shown = await client.get(f"{address}/{origin_id}")
            file = await client.get(f"{address}/{origin_id}/attachments/{world.file_id[origin_id]}")
            is_file_open = file.json().get("code") == "file_not_here"
            if (shown.status_code == 200, is_file_open) != (may, may):
                wrong.append((name, item, shown.status_code, file.status_code))
    assert wrong == []


@pytest.mark.parametrize("query", ["", "q=河道"])
async def test_lists_and_searches_show_what_their_readers_may_open(world: World, query: str) -> None:
    wrong = []
    for name, client in world.clients.items():
        for address, oracle in ((INTAKE, INTAKE_READERS), (REVIEW, REVIEW_READERS)):
            may = world.meant(oracle, name)
            if address == INTAKE and name.startswith("office"):
                may = dict.fromkeys(may, False)  # intake lists the reader's own unit; the office's queue is review's
            listed = (await client.get(f"{address}?limit=200&{query}")).json()["items"]
            if {one["origin_id"] for one in listed} != {str(world.items[item]) for item, yes in may.items() if yes}:
                wrong.append((name, address, sorted(one["title"] for one in listed)))
    assert wrong == []


async def test_live_pages_hear_of_what_their_readers_may_open(world: World) -> None:
    wrong = []
    ways = (("intake", intake_may_hear, INTAKE_READERS), ("review", review_may_hear, REVIEW_READERS))
    for service, may_hear, oracle in ways:
        async with world.process.contexts[service].database.reading() as session:
            for name, who in world.readers.items():
                for item, may in world.meant(oracle, name).items():
                    channel = NamedChannel("item", world.items[item])
                    if await may_hear(session, who, channel, DISTRICT) is not may:
                        wrong.append((service, name, item))
    assert wrong == []


async def test_a_channel_that_is_not_his_is_refused(world: World) -> None:
    client, open_item = world.clients["other clerk"], world.items["open", InfoType.DYNAMIC]
    channels = (f"item:{open_item}", f"unit:{unit_id('water')}", f"item:{new_id()}", "item:none", f"what:{open_item}")
    for service, channel in product(("intake", "review"), channels):
        answer = await client.get(f"/{service}/live", params={"channel": ["queue", channel]})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted"), (service, channel)


async def test_home_and_pages_count_what_the_reader_may_open(world: World) -> None:
    kinds = 2
    drafts = {}
    for name in ("author", "own clerk"):
        cards = (await world.clients[name].get("/intake/api/v1/agenda")).json()["cards"]
        drafts[name] = next((card["count"] for card in cards if card["what"] == "写完草稿"), 0)
    assert drafts["author"] == drafts["own clerk"] + kinds
    pages = {
        name: (await world.clients[name].get("/intake/submissions?whose=unit")).text for name in ("author", "own clerk")
    }
    every = len(STATES) * kinds
    assert f"全部 <span>{every}</span>" in pages["author"]
    assert f"全部 <span>{every - kinds}</span>" in pages["own clerk"]
    assert "河道 draft" not in pages["own clerk"]
    assert "河道" not in (await world.clients["own statistician"].get("/intake/submissions")).text


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "submit", "attachments", "copy", "edit"])
async def test_a_draft_is_written_on_by_its_authors_alone(world: World, method: str) -> None:
    address = f"{INTAKE}/{world.items['draft', InfoType.DYNAMIC]}"
    page = address.replace("/api/v1", "")
    sending: dict[str, Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]] = {
        "PATCH": lambda client: client.patch(address, json={"title": "改"}, headers={"If-Match": '"1"'}),
        "DELETE": lambda client: client.delete(address),
        "submit": lambda client: client.post(f"{address}/submit"),
        "attachments": lambda client: client.post(f"{address}/attachments", files={"file": ("a.pdf", PDF)}),
        "copy": lambda client: client.post(f"{address}/copy"),
        "edit": lambda client: client.get(f"{page}/edit"),
    }
    sent = sending[method]
    assert {name: (await sent(world.clients[name])).status_code for name in ("own clerk", "own duty", "moved away")} == {
        "own clerk": 404, "own duty": 404, "moved away": 404,
    }  # fmt: skip
    assert (await sent(world.clients["named"])).status_code in {200, 201, 204, 409}


async def test_a_colleague_takes_up_what_was_returned(world: World) -> None:
    origin_id = world.items["returned", InfoType.DYNAMIC]
    headers = {"If-Match": '"1"'}
    answer = await world.clients["own clerk"].patch(f"{INTAKE}/{origin_id}", json={"title": "改"}, headers=headers)
    assert (answer.status_code, answer.json()["status"]) == (200, "draft")
