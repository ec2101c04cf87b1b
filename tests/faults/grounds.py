"""A broker that loses what it had: topics that are gone, and logs that end before they ended."""

from __future__ import annotations

import shutil
from pathlib import Path

from kafka.admin import KafkaAdminClient

from deploy.kafka.broker import Broker


def delete_topics(bootstrap: str, node_id: str) -> None:
    """Delete every topic of a node; blocking."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        admin.delete_topics([name for name in admin.list_topics() if name.startswith(f"{node_id}.")])
    finally:
        admin.close()


def cut_logs(broker: Broker, node_id: str, *, keep: float) -> int:
    """Kill the broker and cut the tail of every log of a node, as a power cut would; how many bytes are gone."""
    broker.kill()
    lost = 0
    for folder in (broker.directory / "data").glob(f"{node_id}.*"):
        for log in folder.glob("*.log"):
            size = log.stat().st_size
            with log.open("r+b") as file:
                file.truncate(int(size * keep))
            lost += size - int(size * keep)
        for index in [*folder.glob("*.index"), *folder.glob("*.timeindex"), *folder.glob("*.snapshot")]:
            index.unlink()
    for name in ("recovery-point-offset-checkpoint", "replication-offset-checkpoint", ".kafka_cleanshutdown"):
        (broker.directory / "data" / name).unlink(missing_ok=True)
    return lost


def size_of_logs(broker: Broker, node_id: str) -> int:
    """How many bytes the logs of a node have."""
    folders = (broker.directory / "data").glob(f"{node_id}.*")
    return sum(log.stat().st_size for folder in folders for log in Path(folder).glob("*.log"))


def empty_disk(broker: Broker) -> None:
    """Kill the broker and empty its disk; the next start formats it."""
    broker.kill()
    shutil.rmtree(broker.directory / "data")
