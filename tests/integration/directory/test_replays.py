"""After a restore the directory takes in again what it told since the backup: rows come back whole."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.directory import store
from services.directory.actions import days, neighbours, officers, sessions, units
from services.directory.actions.demo import demo_officer_id, demo_unit_id, seed_demo
from services.directory.actions.passwords import PasswordCheck
from services.directory.app import directory_service
from services.directory.model import (
    METADATA,
    NewDays,
    NewOfficer,
    NewUnit,
    OfficerChange,
    PeerCard,
    PeerCardUnit,
    PeerChange,
    UnitChange,
)
from services.directory.policy.sign_in import Place
from services.kernel.language.envelope import Envelope
from services.kernel.language.vocabulary import DayKind, Level, Role, UnitKind
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.identifiers import derived_id
from services.kernel.runtime.web.tokens import public_key_text
from tests.support.replaying import assert_it_comes_back, backup_of, last_told, lose, replay, rows_of, told_after
from tests.support.service import DISTRICT, NOW, client_of, officer, running_node, service_database, settings_for

SERVICE = directory_service()
WATER, CLERK = demo_unit_id("district", "water"), demo_officer_id("district", "clerk")
NOT_IN_FACTS = {
    "directory_officer": {"password_hash", "phone"},
    "directory_session": {"*"},
    "directory_sign_in_tries": {"*"},
    "directory_node": {"system", "duty_phone", "help_contact"},
}


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with service_database(SERVICE, database_url) as made:
        async with made.transaction(NOW) as tx:
            await seed_demo(tx, settings_for(DISTRICT, tmp_path))
        yield made


async def _found_units(tx: Transaction) -> None:
    new = NewUnit(name="云岭区气象局", short_name="区气象局", kind=UnitKind.BUREAU, unit_id=derived_id("unit", "sky"))
    await units.register_unit(tx, new, by=None)
    await units.change_unit(tx, WATER, UnitChange(name="云岭区水务局", org_code="0042"), version=1, by=None)


async def _appoint(tx: Transaction) -> None:
    await officers.appoint_officer(
        tx,
        NewOfficer(username="fresh", name="新人", phone="13800000000", unit_id=WATER, roles=frozenset({Role.CLERK})),
        password_hash="kept",
        by=None,
    )
    change = OfficerChange(name="改名", roles=frozenset({Role.EDITOR, Role.DUTY}))
    await officers.change_officer(tx, CLERK, change, version=1, by=None)
    await officers.change_officer(
        tx, demo_officer_id("district", "leader"), OfficerChange(is_active=False), version=1, by=None
    )


async def _meet_neighbours(tx: Transaction) -> None:
    card = _card()
    fingerprint = neighbours.card_fingerprint(card)
    peer = await neighbours.register_peer(tx, card, confirmed_fingerprint=fingerprint, by=None)
    await neighbours.change_peer(tx, "township", PeerChange(is_active=False), version=peer.version, by=None)


async def _declare_days(tx: Transaction) -> None:
    year = await store.find_year(tx.session, 2027)
    version = year.version if year else 0
    for new in (
        NewDays(first=date(2027, 2, 5), kind=DayKind.HOLIDAY, name="春节"),
        NewDays(first=date(2027, 2, 7), kind=DayKind.MAKEUP_WORKDAY),
        NewDays(first=date(2027, 2, 8), kind=DayKind.WORKING),
    ):
        version = (await days.set_calendar_days(tx, new, version=version, by=None)).version
    await days.announce_year(tx, 2027, version=version, by=None)


def _card() -> PeerCard:
    unit = PeerCardUnit(unit_id=derived_id("unit", "township"), name="龙潭乡党政办公室", short_name="龙潭乡")
    return PeerCard(node_id="township", name="龙潭乡", level=Level.TOWNSHIP, unit=unit, public_key=_key())


def _key() -> str:
    return public_key_text(Ed25519PrivateKey.generate().public_key())


@pytest.mark.parametrize("do", [_found_units, _appoint, _meet_neighbours, _declare_days])
async def test_what_was_told_after_the_backup_comes_back_into_it(do: Any, database: Database) -> None:
    before = await last_told(database)
    async with backup_of(database) as backup:
        async with database.transaction(NOW + timedelta(hours=1)) as tx:
            await do(tx)
        told = await told_after(database, last_id=before)
        assert told
        await assert_it_comes_back(SERVICE, METADATA, told, into=backup, like=database, without=NOT_IN_FACTS)


async def test_a_sign_in_that_ended_after_the_backup_stays_over(database: Database) -> None:
    async with database.transaction(NOW) as tx:
        await sessions.sign_in(tx, await _right_password(database), demo=True)
    before = await last_told(database)
    async with backup_of(database) as backup:
        async with database.transaction(NOW + timedelta(minutes=1)) as tx:
            await officers.set_password(tx, CLERK, "new", by=None)
        await replay(SERVICE, backup, await told_after(database, last_id=before))
        async with backup.reading() as session:
            assert await store.count_sessions(session, NOW) == 0


async def _right_password(database: Database) -> PasswordCheck:
    async with database.reading() as session:
        return await sessions.check_password(session, "clerk", "shangda-demo", place=Place(), now=NOW)


async def test_an_older_snapshot_changes_nothing(database: Database) -> None:
    before = await last_told(database)
    for name, version in (("甲局", 1), ("乙局", 2)):
        async with database.transaction(NOW) as tx:
            await units.change_unit(tx, WATER, UnitChange(name=name), version=version, by=None)
    told = await told_after(database, last_id=before)
    await replay(SERVICE, database, told[:1])
    async with database.reading() as session:
        water = await store.find_unit(session, WATER)
    assert water is not None
    assert (water.name, water.version) == ("乙局", 3)


async def test_a_fact_of_before_versions_were_carried_comes_back_too(database: Database) -> None:
    before = await last_told(database)
    async with backup_of(database) as backup:
        async with database.transaction(NOW) as tx:
            for do in (_found_units, _appoint, _meet_neighbours, _declare_days):
                await do(tx)
        told = [_as_once(envelope) for envelope in await told_after(database, last_id=before)]
        await replay(SERVICE, backup, told)
        async with backup.reading() as session:
            fresh = (await store.list_officers(session, q="新人")).rows
            water = await store.find_unit(session, WATER)
            day = await store.find_day(session, date(2027, 2, 7))
            peer = await store.find_peer(session, "township")
    assert [one.username[:8] for one, _ in fresh] == ["officer-"]
    assert water is not None
    assert water.name == "云岭区水务局"
    assert day is not None
    assert day.kind is DayKind.MAKEUP_WORKDAY
    assert peer is not None
    assert peer.unit_name == "龙潭乡"
    assert not peer.is_active


def _as_once(envelope: Envelope) -> Envelope:
    """The same fact without what facts did not carry at first."""
    later = {"version", "username", "unit_name"} | ({"kind"} if envelope.type == "calendar.day_set" else set())
    data = {name: value for name, value in json.loads(envelope.data).items() if name not in later}
    return replace(envelope, data=json.dumps(data).encode())


async def test_on_an_empty_machine_everything_told_comes_back_and_the_pages_say_who_needs_a_password(
    database: Database, node_database_url: str, tmp_path: Path
) -> None:
    told = await told_after(database)
    expected = await rows_of(database, METADATA, without=NOT_IN_FACTS)
    await lose(database)
    settings = settings_for(DISTRICT, tmp_path / "empty", database_url=node_database_url)
    async with running_node([SERVICE], settings) as process:
        fresh = process.contexts["directory"].database
        await replay(SERVICE, fresh, told)
        assert await rows_of(fresh, METADATA, without=NOT_IN_FACTS) == expected
        async with fresh.reading() as session:
            assert await store.find_profile(session, "district") is not None
        admin = officer(Role.ADMIN)
        async with client_of(process, admin) as client:
            listed = await client.get("/directory/officers?password=missing")
            assert "名在岗人员没有口令，不能登录" in listed.text
            assert "未设口令" in listed.text
            home = await client.get("/todo")
            assert "/directory/officers?password=missing" in home.text
            answer = await client.get("/directory/api/v1/officers", params={"is_without_password": True})
            assert len(answer.json()["items"]) == len(expected["directory_officer"])


async def test_an_officer_of_an_unknown_unit_stands_in_a_stub_until_the_unit_comes(
    database: Database,
) -> None:
    told = await told_after(database)
    first = next(one for one in told if one.type == "officer.appointed")
    async with database.transaction(NOW) as tx:
        for table in ("directory_officer", "directory_unit"):
            await tx.session.execute(METADATA.tables[table].delete())
    await replay(SERVICE, database, [first])
    async with database.reading() as session:
        stub = (await store.list_units(session)).rows[0]
        assert stub.name.startswith("待补登单位")
        assert stub.version == 0
    await replay(SERVICE, database, [one for one in told if one.type == "unit.registered"])
    async with database.reading() as session:
        assert not [unit.name for unit in (await store.list_units(session)).rows if unit.version == 0]
