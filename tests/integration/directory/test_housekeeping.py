"""Gauges, and what is forgotten once it no longer matters."""

from __future__ import annotations

from sqlalchemy import func, select

from services.directory.actions.sessions import forget_ended
from services.directory.model import Session, SignInTries
from tests.integration.directory.conftest import Directory


async def counts(directory: Directory) -> tuple[int, int]:
    async with directory.database.reading() as session:
        sessions = (await session.execute(select(func.count()).select_from(Session))).scalar_one()
        tries = (await session.execute(select(func.count()).select_from(SignInTries))).scalar_one()
    return sessions, tries


async def test_counts_and_ended_sessions_are_forgotten_in_time(directory: Directory) -> None:
    await directory.sign_in("editor")
    await directory.sign_in("nobody.here", "wrong-password")
    assert await counts(directory) == (1, 3)  # by name and address, by name, by address
    for span, left in (
        ({"minutes": 10}, (1, 3)),
        ({"minutes": 10}, (1, 0)),
        ({"days": 30}, (1, 0)),
        ({"days": 1}, (0, 0)),
    ):
        directory.clock.pass_by(**span)
        async with directory.database.transaction(directory.clock()) as tx:
            await forget_ended(tx)
        assert await counts(directory) == left


async def test_the_metrics_show_who_is_slowed_down(directory: Directory) -> None:
    await directory.sign_in("editor")
    for _ in range(5):
        await directory.sign_in("nobody.here", "wrong-password")
    async with directory.stranger() as client:
        shown = (await client.get("/metrics")).text
    assert 'shangda_directory_locked_accounts{node="district"} 1.0' in shown
    assert 'shangda_directory_sessions{node="district"} 1.0' in shown
    assert 'shangda_directory_sign_ins_total{node="district",outcome="sign_in_locked"}' in shown
    directory.clock.pass_by(minutes=15)
    async with directory.stranger() as client:
        assert 'shangda_directory_locked_accounts{node="district"} 0.0' in (await client.get("/metrics")).text
