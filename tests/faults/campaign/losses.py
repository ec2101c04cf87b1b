"""Faults after which a broker is not what it was: its disk emptied, or the tail of its log gone."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kafka.errors import KafkaError

from services.kernel.runtime.telling.topics import TopicSeen, look_at_topics
from tests.faults.campaign.books import SERVICES, Ledger
from tests.faults.campaign.faults import Fault, Faults

OWN_LOGS = ("__cluster_metadata", "__consumer_offsets")
WHOLE_WITHIN_S = 300.0


def wipe_broker(faults: Faults, node_id: str) -> None:
    """The broker's disk is emptied while its node runs."""
    _wipe(faults, node_id)
    await_whole(faults, node_id)


def wipe_broker_below_a_stopped_node(faults: Faults, node_id: str) -> None:
    """The broker's disk is emptied while its node is down, too."""
    faults.world.nodes[node_id].kill()
    _wipe(faults, node_id)
    faults.world.restart(node_id)
    await_whole(faults, node_id)


def cut_log(faults: Faults, node_id: str) -> None:
    """The newest records of every topic are gone, as after a power cut; what the groups had read is kept."""
    _cut(faults, node_id)
    await_whole(faults, node_id)


def cut_log_below_a_stopped_node(faults: Faults, node_id: str) -> None:
    """The machine loses power with what the broker had not yet written."""
    faults.world.nodes[node_id].kill()
    _cut(faults, node_id)
    faults.world.restart(node_id)
    await_whole(faults, node_id)


def await_whole(faults: Faults, node_id: str) -> None:
    """Return when the broker holds again what the node told: until then its database is the only copy, and to lose both loses facts.

    Raises:
        AssertionError: The node does not notice, or does not tell again.
    """
    give_up_at, now = time.monotonic() + WHOLE_WITHIN_S, datetime.now(UTC).replace(tzinfo=None)
    while missing := _missing(faults, node_id, told_before=now):
        if time.monotonic() > give_up_at:
            raise AssertionError(f"not on the broker of {node_id} again: {missing[:10]}")
        time.sleep(1.0)
    faults.say(f"whole again {node_id}")


def _missing(faults: Faults, node_id: str, *, told_before: datetime) -> list[str]:
    """Every partition that lacks something of what the outboxes say, in words; what is told meanwhile is on its way."""
    try:
        seen = look_at_topics(faults.world.nodes[node_id].kafka, f"{node_id}.")
    except KafkaError as fault:
        return [repr(fault)]
    ledgers = (Ledger(node_id, service, faults.database(node_id, service)) for service in SERVICES)
    return [one for ledger in ledgers for one in _missing_of(ledger, seen, told_before)]


def _missing_of(ledger: Ledger, seen: dict[str, TopicSeen], told_before: datetime) -> Iterator[str]:
    noted = dict(map(tuple, ledger.rows("SELECT topic, topic_id FROM outbox_topic")))
    yield from (
        f"{topic} is another" for topic, id_ in noted.items() if topic not in seen or seen[topic].topic_id != id_
    )
    newest = (
        "SELECT topic, broker_partition, max(broker_offset) FROM outbox WHERE published_at IS NOT NULL GROUP BY 1, 2"
    )
    for topic, partition, offset in ledger.rows(newest):
        if topic in seen and partition is not None and seen[topic].ends.get(partition, 0) <= offset:
            yield f"{topic} {partition} from {seen[topic].ends.get(partition, 0)} to {offset}"
    query = "SELECT count(*) FROM outbox WHERE published_at IS NULL AND told_at < ?"
    waiting = ledger.rows(query, str(told_before))[0][0]
    if waiting:
        yield f"{waiting} of {ledger.service} wait"


def _wipe(faults: Faults, node_id: str) -> None:
    broker = faults.world.brokers[node_id]
    broker.kill()
    shutil.rmtree(broker.directory / "data")
    faults.lasts()
    broker.start()


def _cut(faults: Faults, node_id: str) -> None:
    broker = faults.world.brokers[node_id]
    broker.kill()
    cut_tails(broker.directory / "data", faults.chance)
    faults.lasts()
    broker.start()


def cut_tails(data: Path, chance: random.Random) -> None:
    """Cut the newest segment of every topic's partitions somewhere; the broker finds the last whole batch by itself."""
    for folder in sorted(data.glob("*-[0-9]*")):
        segments = sorted(folder.glob("*.log"))
        if not segments or folder.name.startswith(OWN_LOGS):
            continue
        size = segments[-1].stat().st_size
        with segments[-1].open("r+b") as file:
            file.truncate(int(size * chance.random()))
        for other in (*folder.glob("*.index"), *folder.glob("*.timeindex"), *folder.glob("*.snapshot")):
            other.unlink()


LOSSES: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (wipe_broker, wipe_broker_below_a_stopped_node, cut_log, cut_log_below_a_stopped_node)
}
