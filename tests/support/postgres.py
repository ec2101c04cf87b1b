"""A private PostgreSQL server for tests, started from the programs that are installed."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.kafka.process import free_ports
from deploy.kafka.properties import LOOPBACK

DEBIAN_FOLDERS = Path("/usr/lib/postgresql")


def find_programs() -> Path | None:
    """The folder that holds initdb and pg_ctl: from PATH, else Debian's newest version."""
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    found = sorted(DEBIAN_FOLDERS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@dataclass(frozen=True)
class PostgresServer:
    """One server with its data in `directory`; anyone on this machine may connect as `shangda`.

    Attributes:
        fsync: Off for tests: they kill processes, never the machine, and what the system holds
            in memory survives that. On for measurements. `synchronous_commit` stays on in both.
    """

    directory: Path
    port: int
    programs: Path
    fsync: bool = False
    also_at: str = ""

    @classmethod
    def create(cls, *, fsync: bool = False, also_at: str = "") -> "PostgresServer":
        """A new server, started, in a folder of its own under the system's temporary folder.

        Args:
            also_at: A further address of this machine, whose neighbours may connect too.
        """
        programs = find_programs()
        if programs is None:
            raise FileNotFoundError("PostgreSQL's initdb is not installed: apt-get install postgresql")
        directory = Path(tempfile.mkdtemp(prefix="shangda-postgres-"))
        shutil.chown(directory, _account())
        server = cls(directory, free_ports(1)[0], programs, fsync, also_at)
        server._run("initdb", "--auth=trust", "--username=shangda", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        if also_at:
            with (directory / "data" / "pg_hba.conf").open("a") as rules:
                rules.write("host all all samenet trust\n")
        server.start()
        return server

    def start(self) -> None:
        """Start the server and return once it answers."""
        options = {
            "port": self.port,
            "listen_addresses": f"{LOOPBACK},{self.also_at}" if self.also_at else LOOPBACK,
            "unix_socket_directories": self.directory,
            "fsync": "on" if self.fsync else "off",
            "max_connections": 400,
            "shared_buffers": "64MB",
        }
        flags = " ".join(f"-c {name}={value}" for name, value in options.items())
        self._run("pg_ctl", "--wait", f"--log={self.directory / 'log'}", f"--options={flags}", "start")

    def stop(self, *, at_once: bool = True) -> None:
        """Stop the server and keep its data; at once means without saying goodbye to clients."""
        self._run("pg_ctl", "--wait", f"--mode={'immediate' if at_once else 'fast'}", "stop")

    def remove(self) -> None:
        """Stop the server and delete its data."""
        self.stop()
        shutil.rmtree(self.directory)

    def new_url(self) -> str:
        """The URL of a database that nobody has made yet: `make_schemas` makes it, as a copy."""
        return f"postgresql+asyncpg://shangda@{LOOPBACK}:{self.port}/test_{uuid.uuid4().hex[:12]}"

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        url = self.new_url()
        self._ask("createdb", url.rpartition("/")[2])
        return url

    def database_of_each(self, nodes: Sequence[str]) -> str:
        """A new, empty database for each node; the URL of them all, with `{node}` for the node's id."""
        for node in nodes:
            self._ask("createdb", node)
        return f"postgresql+asyncpg://shangda@{LOOPBACK}:{self.port}/{{node}}"

    def drop_database(self, url: str) -> None:
        """Delete a database if it was ever made, even while somebody is connected."""
        self._ask("dropdb", "--force", "--if-exists", url.rpartition("/")[2])

    def _ask(self, program: str, *arguments: str) -> None:
        """Have the running server do something; whoever asks is nobody in particular."""
        address = ["--host", LOOPBACK, "--port", str(self.port), "--username", "shangda"]
        self._run(program, *address, *arguments, account={})

    def _run(self, program: str, *arguments: str, account: Mapping[str, Any] | None = None) -> None:
        # The server inherits pg_ctl's output and keeps it open: a pipe would never end.
        output = self.directory / f"{program}.out"
        with output.open("w") as out:
            done = subprocess.run(
                [self.programs / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PGDATA": str(self.directory / "data")},
                cwd=self.directory,
                check=False,
                **(_as_account() if account is None else account),
            )
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed: {output.read_text()}")


def _account() -> str:
    """Whom the server runs as: ourselves, but never root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as_account() -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(_account())
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
