"""A short random campaign on three nodes; and the comparison that judges it is shown to see each kind of fault."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.campaign.books import NODES, SERVICES, ledgers
from tests.faults.campaign.faults import KILLS_AND_CUTS
from tests.faults.campaign.running import Campaign

SEED = 20261128
SHORT_MINUTES = 1.0

pytestmark = pytest.mark.timeout(2700)


@dataclass(frozen=True)
class Damage:
    """One thing done to one database, and what the comparison must say of it."""

    node: str
    service: str
    statement: str
    finding: str


COPY_FACT = """
INSERT INTO outbox (topic, key, sequence, event_id, epoch, type, urgent, attributes, body, told_at, published_at)
SELECT topic, key, sequence + 1000, 'another', epoch, type, urgent, attributes, {body}, told_at, published_at
FROM outbox WHERE type = '{type}' LIMIT 1
"""
OF_ANOTHER_TEXT = "CAST(json_set(CAST(body AS TEXT), '$.information_id', 'another') AS BLOB)"
TOLD_AGAIN = COPY_FACT.format(body="body", type="submission.reported_up")
NUMBER_AGAIN = COPY_FACT.format(body=OF_ANOTHER_TEXT, type="information.published")

DAMAGES = {
    "a cursor behind": Damage(
        "district", "review",
        "UPDATE inbox_cursor SET sequence = sequence - 1, last_id = '' "
        "WHERE (consumer, topic, key) = (SELECT consumer, topic, key FROM inbox_cursor LIMIT 1)",
        "told and not applied",
    ),
    "an effect gone": Damage(
        "township", "intake",
        "DELETE FROM intake_history WHERE id = (SELECT max(id) FROM intake_history WHERE type = 'submission.reported_up')",
        "told and without effect",
    ),
    "a fact forgotten": Damage(
        "township", "review",
        "DELETE FROM outbox WHERE id = (SELECT max(id) FROM outbox WHERE type = 'submission.reported_up')",
        "in its outbox no more",
    ),
    "a fact told twice": Damage("township", "review", TOLD_AGAIN, "told 2 times"),
    "a fact not sent": Damage(
        "district", "review", "UPDATE outbox SET published_at = NULL WHERE id = (SELECT max(id) FROM outbox)", "not published",
    ),
    "a history turned round": Damage(
        "township", "intake",
        "UPDATE intake_history SET id = -id WHERE event_id IS NOT NULL", "out of order",
    ),
    "an arrival gone": Damage(
        "district", "exchange",
        "DELETE FROM exchange_arrival WHERE rowid = (SELECT max(rowid) FROM exchange_arrival)", "dispatched and not arrived",
    ),
    "a dispatch gone": Damage(
        "district", "exchange",
        "DELETE FROM exchange_dispatch WHERE rowid = (SELECT max(rowid) FROM exchange_dispatch)", "arrived and not dispatched",
    ),
    "a draft gone": Damage(
        "township", "intake", "DELETE FROM intake_submission WHERE status = 'draft'", "the draft is not there",
    ),
    "a text not on the portal": Damage(
        "district", "disclosure",
        "DELETE FROM public_information WHERE rowid = (SELECT max(rowid) FROM public_information)", "not on the portal",
    ),
    "an index number given twice": Damage("district", "disclosure", NUMBER_AGAIN, "given to 2"),
    "a fact parked": Damage(
        "district", "stats",
        "INSERT INTO inbox_waiting (consumer, topic, epoch, kind, reason, tries, attributes, body, place, since)"
        " VALUES ('stats.routine', 'x', 1, 'parked', 'why', 3, '{}', x'00', '0-0', '2026-11-28')",
        "parked at district",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """A short campaign that has run, with its world stopped."""
    done = Campaign(tmp_path_factory.mktemp("campaign"), SEED, KILLS_AND_CUTS)
    done.run(SHORT_MINUTES)
    return done


def test_a_short_campaign_loses_and_doubles_nothing(campaign: Campaign) -> None:
    found = campaign.differences(ledgers(campaign.folder), campaign.gone)
    # Nodes are stopped one after the other: one that still runs may note that its neighbour is gone, and end with that.
    assert [one for one in found if "link.state_changed" not in one] == []


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_the_comparison_sees_it(campaign: Campaign, damage: Damage, tmp_path: Path) -> None:
    for node in NODES:
        (tmp_path / node / "data").mkdir(parents=True)
        for service in SERVICES:
            for file in (campaign.folder / node / "data").glob(f"{service}.db*"):
                shutil.copy(file, tmp_path / node / "data" / file.name)
    with closing(sqlite3.connect(tmp_path / damage.node / "data" / f"{damage.service}.db")) as connection:
        assert connection.execute(damage.statement).rowcount > 0
        connection.commit()

    found = campaign.differences(ledgers(tmp_path), campaign.gone)
    assert any(damage.finding in one for one in found), found[:5]
