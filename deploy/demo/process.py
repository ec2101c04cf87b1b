"""One node as a child process: start, ask whether it is ready, stop, kill.

Like a broker it keeps log and pid file in its directory, so that another command can end it.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.demo.nodes import LOOPBACK, NodePlan
from deploy.kafka.process import is_running
from services.kernel.runtime.surroundings.settings import ALL_SERVICES, Settings

_UNTOLD = re.compile(r"^shangda_outbox_unpublished_facts\S* (\S+)$", re.MULTILINE)

ROOT = Path(__file__).resolve().parents[2]

# A node finishes, commits and leaves its groups within 25 s; after this it hangs.
STOP_WITHIN_S = 35.0


@dataclass(frozen=True)
class NodeProcess:
    """A node that keeps everything in `directory`.

    Attributes:
        database_url: Empty for SQLite files in the directory; `{node}` in it becomes the node's id.
        settings: Further settings by their names without SHANGDA_, e.g. `link_heartbeat_s`.
    """

    plan: NodePlan
    directory: Path
    port: int
    kafka: str
    database_url: str = ""
    services: tuple[str, ...] = ALL_SERVICES
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def url(self) -> str:
        """Address of the node's pages."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def log(self) -> Path:
        """What the process has said since it was last started; the log before that is `.1`."""
        return self.directory / "node.log"

    @property
    def pid(self) -> int | None:
        """Process id of the running node, or None: a stale pid file is not believed."""
        try:
            pid = int(self._pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if is_running(pid, self._mark) else None

    def environment(self) -> dict[str, str]:
        """The node's settings as the process finds them."""
        given = {
            "node_id": self.plan.node_id,
            "node_name": self.plan.name,
            "level": self.plan.level.value,
            "services": ",".join(self.services),
            "host": LOOPBACK,
            "port": str(self.port),
            "data_dir": str(self.directory.absolute() / "data"),
            "kafka": self.kafka,
            "database_url": self.database_url.replace("{node}", self.plan.node_id),
            "demo": "true",
            "fonts_dir": str(ROOT / ".run" / "fonts"),
            **dict(self.settings),
        }
        return {f"SHANGDA_{name.upper()}": value for name, value in given.items()}

    def as_settings(self) -> Settings:
        """The same settings for code that works on the node's data while the node does not run."""
        values = {name.removeprefix("SHANGDA_").lower(): value for name, value in self.environment().items()}
        return Settings.model_validate(values)

    def start(self) -> None:
        """Start in the background; already running is fine."""
        if self.pid is not None:
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        # A node that may not keep its byte code compiles 500 modules at every start.
        kept = (item for item in os.environ.items() if item[0] != "PYTHONDONTWRITEBYTECODE")
        others = {name: value for name, value in kept if not name.startswith("SHANGDA_")}
        # Not subprocess.Popen: the node may outlive the command that starts it. The mark means nothing
        # to Python; it tells this node's process from all others.
        command = [sys.executable, "-X", self._mark, "-m", "services.node"]
        pid = os.posix_spawn(
            command[0],
            command,
            {**others, **self.environment(), "PYTHONPATH": str(ROOT)},
            setsid=True,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.log), os.O_WRONLY | os.O_CREAT, 0o644),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
        )
        self._pid_file.write_text(str(pid))

    def readiness(self) -> dict[str, Any] | None:
        """What `/readyz` says; None while nobody answers."""
        try:
            answer: dict[str, Any] = httpx.get(f"{self.url}/readyz", timeout=3).json()
        except (httpx.HTTPError, ValueError):
            return None
        return answer

    @property
    def is_ready(self) -> bool:
        """Whether databases answer and every agent holds its topics."""
        said = self.readiness()
        return bool(said and said["ready"] and all(said["agents"].values()))

    @property
    def untold(self) -> int:
        """How many facts still wait in the node's outboxes.

        Raises:
            httpx.HTTPError: The node does not answer.
        """
        text = httpx.get(f"{self.url}/metrics", timeout=10).text
        return sum(int(float(count)) for count in _UNTOLD.findall(text))

    def ask_to_stop(self) -> None:
        """Let the node finish, commit and leave."""
        self._signal(signal.SIGTERM)

    def stop(self, timeout_s: float = STOP_WITHIN_S) -> None:
        """End the node in an orderly way, by force when that takes too long."""
        self.ask_to_stop()
        if not self._ended_within(timeout_s):
            self.kill()
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """End the node at once, as a power cut would."""
        self._signal(signal.SIGKILL)
        self._ended_within(10)
        self._pid_file.unlink(missing_ok=True)

    def last_words(self, lines: int = 15) -> str:
        """The end of the log, for a message."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    @property
    def _mark(self) -> str:
        return f"shangda-node={self.directory.absolute()}"

    @property
    def _pid_file(self) -> Path:
        return self.directory / "node.pid"

    def _signal(self, number: signal.Signals) -> None:
        if (pid := self.pid) is not None:
            os.kill(pid, number)

    def _ended_within(self, timeout_s: float) -> bool:
        give_up_at = time.monotonic() + timeout_s
        while self.pid is not None and time.monotonic() < give_up_at:
            time.sleep(0.05)
        return self.pid is None
