"""The settings of a node's single broker, written as Kafka's own properties file."""

from pathlib import Path

LOOPBACK = "127.0.0.1"
THIRTY_DAYS_H = 30 * 24
LARGEST_MESSAGE_BYTES = 4 * 1024 * 1024


def broker_properties(data: Path, host: str, port: int, controller_port: int) -> str:
    """Properties of one process that is broker and controller at once (KRaft).

    The controller's address stands in `controller.quorum.voters` and not in the metadata, so a
    broker may be given other ports later without formatting it again.
    """
    settings = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "listeners": f"PLAINTEXT://{host}:{port},CONTROLLER://{LOOPBACK}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{host}:{port}",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller_port}",
        "log.dirs": data,
        **_one_broker_holds_everything(),
        **_flushed_at_once(),
        **_kept_for_thirty_days(),
        **_small_machine(),
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _one_broker_holds_everything() -> dict[str, object]:
    return {
        "auto.create.topics.enable": "false",
        "num.partitions": 1,
        "default.replication.factor": 1,
        "min.insync.replicas": 1,
        "offsets.topic.num.partitions": 4,
        "offsets.topic.replication.factor": 1,
        "transaction.state.log.num.partitions": 2,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "share.coordinator.state.topic.num.partitions": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "group.initial.rebalance.delay.ms": 0,
        # The links carry batches of up to 900 KB before compression; headers and base64 need room.
        "message.max.bytes": LARGEST_MESSAGE_BYTES,
        "replica.fetch.max.bytes": LARGEST_MESSAGE_BYTES,
        # A broker that was killed registers again under its own id: do not wait nine seconds for it.
        "broker.session.timeout.ms": 3000,
        "broker.heartbeat.interval.ms": 500,
    }


def _flushed_at_once() -> dict[str, object]:
    # No other broker has a copy: what is acknowledged must be on the disk, or a power cut takes it.
    return {"log.flush.interval.messages": 1}


def _kept_for_thirty_days() -> dict[str, object]:
    return {
        "log.retention.hours": THIRTY_DAYS_H,
        # What an erasure deletes is off the disk within about a minute, not five.
        "log.retention.check.interval.ms": 60_000,
        # A node that was off for a fortnight must find its place again.
        "offsets.retention.minutes": THIRTY_DAYS_H * 60,
    }


def _small_machine() -> dict[str, object]:
    return {
        "num.network.threads": 2,
        "num.io.threads": 4,
        "background.threads": 2,
        "log.segment.bytes": 128 * 1024 * 1024,
        "log.index.size.max.bytes": 1024 * 1024,
        "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
    }
