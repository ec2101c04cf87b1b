"""A type's fields go all the way: form, draft, fact, and the pages of every office that holds the item."""

import html
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.intake.app import intake_service
from services.kernel.language.events import open_fact
from services.kernel.language.events.parts import TYPE_FIELDS, type_fields
from services.kernel.language.particulars import in_words, own_fields
from services.kernel.language.vocabulary import InfoType, Role, UnitKind
from services.kernel.language.vocabulary.item_fields import Field, Kind
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.surroundings.identifiers import new_id
from services.review.app import review_service
from tests.integration.review.office import Office, _directory_that_knows_everybody, submitted, unit_fact
from tests.support.service import DISTRICT, running_node, settings_for

PAGES = "/intake/submissions"
WATER: dict[str, Any] = {"unit": "water", "kind": UnitKind.BUREAU}
TYPES = [InfoType(name) for name in TYPE_FIELDS]
TEXT = {
    "title": "强降雨致上坪村道路中断", "body": "11月24日6时，上坪村道路塌方。", "author_name": "周文",
    "author_phone": "0578-1234567", "non_secret_declared": "1", "suggested_attribute": "not_open",
}  # fmt: skip


@pytest.fixture
def database_kind() -> str:
    """What is shown adds nothing to what the database tests cover: once is enough."""
    return "sqlite"


@pytest.fixture
async def office(node_database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """The district's intake and review."""
    services = [_directory_that_knows_everybody(tmp_path / "directory"), intake_service(), review_service()]
    settings = settings_for(DISTRICT, tmp_path, database_url=node_database_url)
    async with running_node(services, settings) as process:
        office = Office(DISTRICT, process)
        await office.hear(
            "directory.unit",
            unit_fact("云岭区政府办", UnitKind.HEAD_OFFICE, DISTRICT, unit="district"),
            unit_fact("区水利局", UnitKind.BUREAU, DISTRICT, unit="water"),
        )
        yield office


@dataclass
class Reader:
    """Somebody in a browser."""

    office: Office
    role: Role
    where: dict[str, Any]

    async def read(self, path: str) -> str:
        client = self.office.client(self.role, **self.where)
        answer = await client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200, answer.text[:600]
        return html.unescape(answer.text)

    async def post(self, path: str, **fields: str) -> str:
        client = self.office.client(self.role, **self.where)
        answer = await client.post(path, data=fields, files={"file": ("", b"")}, headers={"Accept": "text/html"})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]


def typed_in(field: Field) -> str:
    """What somebody types into a field."""
    if field.kind.is_number:
        return str(min(field.limit, 12_345))
    if field.kind is Kind.CODE:
        return str(field.choices[-1])
    return {Kind.TIME: "2026-11-24T06:10", Kind.LIST: "甲局、乙局", Kind.PHONE: "0578-1234567"}.get(
        field.kind, f"写明{field.label}"
    )


def shown_on(page: str) -> dict[str, str]:
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page, re.DOTALL))


async def told_by_intake(office: Office) -> Any:
    async with office.process.contexts["intake"].database.reading() as session:
        [row] = list(await session.execute(select(OUTBOX)))
    return row.topic.removeprefix(f"{DISTRICT.node_id}."), open_fact(envelope_of(row))


@pytest.mark.parametrize("info_type", TYPES, ids=str)
async def test_every_filled_field_is_seen_by_its_unit_and_by_the_office(office: Office, info_type: InfoType) -> None:
    clerk = Reader(office, Role.CLERK, WATER)
    fields = own_fields(info_type)
    typed = {field.name: typed_in(field) for field in fields}
    empty = await clerk.read(f"{PAGES}/new?type={info_type}")
    assert all(f'name="{field.name}"' in empty and f">{field.asked_as}" in empty for field in fields)

    edit = (await clerk.post(PAGES, info_type=info_type, action="save", **TEXT, **typed)).split("?")[0]
    form, origin_id = await clerk.read(edit), UUID(edit.split("/")[3])
    for field in fields:
        assert form.count(f'name="{field.name}"') == 1
        assert re.search(rf'name="{field.name}".{{0,400}}?{re.escape(typed[field.name])}', form, re.DOTALL), field.name
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version
    sent = await clerk.post(
        f"{PAGES}/{origin_id}", info_type=info_type, action="submit", version=version[1], **TEXT, **typed
    )
    assert not sent.endswith("check=1"), await clerk.read(sent)

    topic, fact = await told_by_intake(office)
    await office.hear(topic, fact)
    expected = {field.label: in_words(field, fact.content.values[field.name]) for field in fields}
    assert all(expected.values())
    assert (await clerk_sees(clerk, origin_id)).items() >= expected.items()
    assert await office_sees(office, origin_id) >= expected.items()


async def clerk_sees(clerk: Reader, origin_id: UUID) -> dict[str, str]:
    shown = shown_on(await clerk.read(f"{PAGES}/{origin_id}?view=text"))
    assert (shown["撰稿人"], shown["公开属性建议"]) == ("周文", "不予公开")
    return shown


async def office_sees(office: Office, origin_id: UUID) -> Any:
    """What the unit's signer and, once it is signed, the office's editor and leader see: the same."""
    base = f"/review/api/v1/submissions/{origin_id}"
    assert (await office.client(Role.REVIEWER, **WATER).post(f"{base}/check")).status_code == 200
    shown = [shown_on(await Reader(office, Role.SIGNER, WATER).read(f"/review/sign/{origin_id}?view=original"))]
    assert (await office.client(Role.SIGNER, **WATER).post(f"{base}/sign")).status_code == 200
    for role in (Role.EDITOR, Role.CHIEF, Role.LEADER):
        page = await Reader(office, role, {}).read(f"/review/queue/{origin_id}?view=original")
        shown.append(shown_on(page))
        assert "要素齐全" in page
    assert all(one == shown[0] for one in shown)
    return shown[0].items()


async def test_a_field_that_changed_between_versions_is_called_out_and_its_figures_are_counted(office: Office) -> None:
    origin_id = new_id()
    for version, deaths, trend in ((1, 2, "雨势加大"), (2, 3, "雨势减弱")):
        fact = submitted(DISTRICT, origin_id, version=version, info_type=InfoType.EMERGENCY, unit="water")
        said = type_fields(InfoType.EMERGENCY, {"deaths": deaths, "trend": trend, "injured": 4})
        await office.hear("intake.emergency", fact.model_copy(update={"content": fact.content.model_copy(update=said)}))
    page = await Reader(office, Role.REVIEWER, WATER).read(f"/review/check/{origin_id}")
    assert "数字变动 1<" in page
    told = re.sub(r"<[^>]+>", "", page)
    assert "要素变动 2 处" in told
    assert "死亡人数：2人 → 3人；发展趋势：雨势加大 → 雨势减弱" in told
    assert shown_on(page)["受伤人数"] == "4人"


def test_a_new_type_with_fields_of_every_kind_needs_the_catalogue_alone() -> None:
    """The same pages and facts, in a process whose catalogue holds one type more."""
    command = [
        sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", "-p", "tests.integration.fields.another_type",
        __file__, "-k", "every_filled_field and flood_watch",
    ]  # fmt: skip
    done = subprocess.run(
        command, env=os.environ | {"SHANGDA_TEST_DATABASES": "sqlite"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-2_000:]
    assert "1 passed" in done.stdout
