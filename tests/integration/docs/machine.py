"""A machine to install on, as far as a test may have one: places of its own, a user without rights, a shell."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.integration.docs.pages import ROOT, placed

USER = 42_424
"""An account number that this machine has given to nobody."""

WITHIN_S = 800.0
"""For one block of a page, each command of which loads six services; on a machine that many share 400 were too few."""

SUDO = """#!/bin/bash
# What `sudo` is to the pages: root's word is taken here as it is, `-u shangda` becomes the user without rights.
as_user=
while [ $# -gt 0 ]; do
    case $1 in
        -E) shift ;;
        -u) as_user=1; shift 2 ;;
        *) break ;;
    esac
done
if [ $as_user ]; then exec {lowered} "$@"; fi
exec "$@"
"""


def lowered() -> list[str]:
    """The words before a command that is to run as the user without rights.

    Where the interpreter lies in a home folder that nobody else may enter, the user may read all, and write no more.
    """
    words = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    # Asked of a child: the first program is still found with root's eyes.
    probe = subprocess.run(
        [*words, "sh", "-c", '"$0" -c ""; exit $?', sys.executable], capture_output=True, check=False
    )
    if probe.returncode == 0:
        return words
    return [*words, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]


@dataclass
class Machine:
    """A root folder, the programs as a clone can fetch them, and everything that was started."""

    root: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    starts: int = 0
    blocks: int = 0

    def __post_init__(self) -> None:
        """Make the places, and the shim."""
        self.root.mkdir(parents=True, exist_ok=True)
        for folder in (self.root, *self.root.parents[:2]):
            folder.chmod(folder.stat().st_mode | 0o055)
        shim = self.root / "bin" / "sudo"
        shim.parent.mkdir()
        shim.write_text(SUDO.replace("{lowered}", " ".join(lowered())))
        shim.chmod(0o755)

    def source(self, folder: Path, changed: Sequence[str], places: Mapping[str, str]) -> Path:
        """The tree as it stands here, committed, to be cloned; the changed files name this test's places and ports."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        for name in changed:
            text = (folder / name).read_text(encoding="utf-8")
            (folder / name).write_text(placed(text, places), encoding="utf-8")
        identity = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "safe.directory=*"]
        for words in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-qm", "as it stands"]):
            subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)
        return folder

    def set_up(self, clone: Path) -> None:
        """Take over what the set-up of this very run has fetched and made."""
        run = clone / ".run"
        run.mkdir(exist_ok=True)
        for name in ("kafka", "fonts", "tools"):
            if (ROOT / ".run" / name).exists():
                (run / name).symlink_to((ROOT / ".run" / name).resolve())
        (clone / ".venv").symlink_to((ROOT / ".venv").resolve())
        vendor = "services/kernel/static/vendor"
        if (ROOT / vendor).exists():
            shutil.copytree(ROOT / vendor, clone / vendor, dirs_exist_ok=True)
        (run / "stamps").mkdir()
        now = time.time()  # one moment for all: some stand on others
        for stamp in (ROOT / ".run" / "stamps").iterdir():
            (run / "stamps" / stamp.name).touch()
            os.utime(run / "stamps" / stamp.name, (now, now))

    def shell(self, at: Path, *, as_user: bool) -> Shell:
        """A shell that stands at a place and remembers what it was told."""
        return Shell(self, at, as_user=as_user)

    def give_to_user(self, folder: Path) -> None:
        """Make the user the owner of a folder and all in it."""
        subprocess.run(["chown", "-R", "-h", f"{USER}:{USER}", str(folder)], check=True)

    def start(self, words: Sequence[str], *, environment: dict[str, str], at: Path) -> None:
        """Start a unit's command as the user, in the background."""
        self.starts += 1
        log = (self.root / f"started-{self.starts}.log").open("wb")
        with log:
            self.started.append(
                subprocess.Popen(
                    [*lowered(), *words], cwd=at, env={**plain(), **environment}, stdin=subprocess.DEVNULL,
                    stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                )
            )  # fmt: skip

    def end(self) -> None:
        """End what was started."""
        for process in self.started:
            process.send_signal(signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.started.clear()


class Shell:
    """One session: blocks are run one after another, so that functions and the place are kept."""

    def __init__(self, machine: Machine, at: Path, *, as_user: bool) -> None:
        self.machine = machine
        words = [*lowered(), "bash"] if as_user else ["bash"]
        environment = {**plain(), "PATH": f"{machine.root / 'bin'}:{os.environ['PATH']}", "HOME": str(at)}
        self.process = subprocess.Popen(
            words, cwd=at, env=environment, stdin=subprocess.PIPE, start_new_session=True, text=True
        )
        self.folder = machine.root / f"session-{machine.blocks}"
        self.folder.mkdir(mode=0o777)
        self.folder.chmod(0o777)

    def begin(self, block: str) -> None:
        """Give commands that go on until Ctrl-C; with them the session ends."""
        assert self.process.stdin is not None
        self.process.stdin.write(block)
        self.process.stdin.flush()

    def press_ctrl_c(self) -> None:
        """What the terminal does then: everything that runs in it in the foreground is told."""
        os.killpg(self.process.pid, signal.SIGINT)

    def run(self, block: str) -> str:
        """What the block's commands say; every line of it must succeed."""
        self.machine.blocks += 1
        file, out, code = (self.folder / f"{self.machine.blocks}.{end}" for end in ("sh", "out", "code"))
        file.write_text(block)
        assert self.process.stdin is not None
        # A subshell would forget functions and the place; `set -e` would end the session with the first failure.
        self.process.stdin.write(
            f"failed=0; trap 'failed=1' ERR; set -E; . {file} </dev/null >{out} 2>&1; trap - ERR; echo $failed >{code}.part; mv {code}.part {code}\n"
        )
        self.process.stdin.flush()
        give_up_at = time.monotonic() + WITHIN_S
        while not code.exists():
            assert time.monotonic() < give_up_at, f"did not end:\n{block}\n{out.read_text()}"
            time.sleep(0.1)
        assert code.read_text().strip() == "0", f"failed:\n{block}\n{out.read_text()}"
        return out.read_text()

    def close(self) -> None:
        """Leave the session; what still runs in it when a test has failed is ended."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def plain() -> dict[str, str]:
    """The surroundings without settings of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SHANGDA_", "PYTEST_"))}
