"""docs/how-to/install.md, command by command, by a user without rights; and the portal as a process of its own."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from string import Template

import httpx
import pytest

from deploy.demo.waiting import eventually
from deploy.kafka.process import free_ports
from tests.integration.docs.keeping import NO_SYSTEMD, InstalledNode, keep_as_the_pages_say
from tests.integration.docs.machine import USER, WITHIN_S, Machine, Shell, lowered, plain
from tests.integration.docs.pages import ROOT, pages, rewritten

INSTALL = "docs/how-to/install.md"

NOT_ON_A_TEST_MACHINE = {
    "sudo useradd --system --home /opt/shangda shangda": "a test makes no accounts; the user is a number of its own",
    "sudo systemctl enable --now shangda-kafka@district shangda@district": (
        "no systemd here: the units are verified, and their commands are started as they say"
    ),
    "sudo systemctl enable --now shangda-portal": "the same",
    **dict.fromkeys(NO_SYSTEMD, "the same"),
}

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can become another user"
)


def test_a_node_is_installed_and_kept_as_the_pages_say(machine: Machine) -> None:
    port, broker, controller, outside, inside = map(str, free_ports(5))
    home = machine.root
    places = {
        "/opt/shangda": f"{home}/opt/shangda", "/etc/shangda": f"{home}/etc/shangda",
        "/var/lib/shangda": f"{home}/var/lib/shangda", "/var/backups/shangda": f"{home}/var/backups/shangda",
        "/etc/systemd/system": f"{home}/etc/systemd/system",
        "-o shangda -g shangda": f"-o {USER} -g {USER}", "8102": port, "8112": outside, "8113": inside, "/tmp/": f"{home}/", "9092": broker, "9093": controller,
    }  # fmt: skip
    units = [f"deploy/systemd/{unit.name}" for unit in (ROOT / "deploy/systemd").glob("*.service")]
    source = machine.source(home / "source", ["deploy/nodes/district.env", "deploy/portal.env", *units], places)
    for folder in ("opt", "var/lib", "etc/systemd/system"):
        (home / folder).mkdir(parents=True)
    places["<源代码地址>"] = str(source)
    clone = home / "opt" / "shangda"
    instead = dict.fromkeys(NOT_ON_A_TEST_MACHINE, ":")
    first, second, third = pages()[INSTALL][:3]
    make = "sudo make venv kafka fonts frontend"
    assert make in first
    asks = "at directory init --office 云岭区人民政府办公室 --short-name 云岭区 --admin-name 管理员"
    assert asks in second

    shell = machine.shell(home, as_user=False)
    try:
        shell.run(rewritten(first, instead={**instead, make: ":"}, places=places))
        machine.set_up(clone)
        shell.run(f"{make}\n")
        said = shell.run(
            rewritten(second, instead={asks: f"printf 'kou-ling-2026\\nkou-ling-2026\\n' | {asks}"}, places=places)
        )
        assert "已是最新" in said
        assert (home / "var/lib/shangda/district/keys").stat().st_uid == USER
        copied, started, *asked = third.splitlines()
        assert started.strip() in NOT_ON_A_TEST_MACHINE
        shell.run(rewritten(copied, instead={}, places=places))

        def start(*units: str) -> None:
            _start_units(machine, units, "district")
            if "shangda@" in units:
                eventually(lambda: _is_ready(port), "节点就绪", within_s=WITHIN_S, pause_s=1.0)

        start("shangda-kafka@", "shangda@")
        said = shell.run(rewritten("\n".join(asked), instead={}, places=places))
        assert '"ready":true' in said
        assert "异常" not in said
        _set_up_portal(machine, shell, places, outside)
        keep_as_the_pages_say(InstalledNode(machine, shell, places, start))
    finally:
        shell.close()


def test_a_data_folder_that_root_has_not_made_is_told_in_one_sentence(tmp_path: Path) -> None:
    parent = Path(tempfile.mkdtemp(prefix="shangda-parent-"))
    parent.chmod(0o755)
    try:
        done = subprocess.run(
            [*lowered(), str(ROOT / ".venv/bin/python"), "-m", "services", "migrate"],
            cwd=ROOT, capture_output=True, text=True, check=False,
            env={**plain(), "SHANGDA_DATA_DIR": str(parent / "district"), "SHANGDA_NODE_ID": "district"},
        )  # fmt: skip
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert [line for line in done.stderr.splitlines() if "没有权限" in line] == done.stderr.splitlines()
    finally:
        parent.rmdir()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd's own check is not installed")
def test_the_units_are_units(tmp_path: Path) -> None:
    for unit in (ROOT / "deploy/systemd").glob("*.service"):
        text = re.sub(r"^(User|Group)=.*\n", "", unit.read_text(encoding="utf-8"), flags=re.MULTILINE)
        name = unit.name.replace("@.", "@district.")
        (tmp_path / name).write_text(re.sub(r"/opt/shangda/\S+python", "/bin/true", text).replace("/opt/shangda", "/"))
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(tmp_path / name)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def _set_up_portal(machine: Machine, shell: Shell, places: dict[str, str], port: str) -> None:
    """The portal as a process and database of its own, with the published files, and nothing of the office."""
    made, files = pages()[INSTALL][3:5]
    migrated, (started, *asked) = made.splitlines()[:3], made.splitlines()[3:]
    assert started.strip() in NOT_ON_A_TEST_MACHINE
    shell.run(rewritten("\n".join(migrated), instead={}, places=places))
    _start_units(machine, ("shangda-portal",), "")
    eventually(lambda: _is_ready(port), "门户就绪", within_s=WITHIN_S, pause_s=1.0)
    shell.run(rewritten("\n".join(asked), instead={}, places=places))
    shell.run(rewritten(files, instead={}, places=places))
    metrics = httpx.get(f"http://127.0.0.1:{places['8113']}/metrics", trust_env=False, timeout=30)
    assert (metrics.status_code, "shangda_" in metrics.text) == (200, True)
    for path, status in (
        ("/metrics", 404),
        ("/openapi.json", 404),
        ("/open/", 200),
        ("/open/api/v1/information", 200),
        ("/login", 404),
        ("/review/", 404),
    ):
        answer = httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False, follow_redirects=True, timeout=30)
        assert answer.status_code == status, path


def _start_units(machine: Machine, units: tuple[str, ...], node: str) -> None:
    """Start what the installed units would start, as their user, with their settings, where they stand."""
    for unit in units:
        lines = (machine.root / "etc/systemd/system" / f"{unit}.service").read_text().replace("\\\n", " ").splitlines()
        said = dict(line.partition("=")[::2] for line in lines if "=" in line)
        file = Path(said["EnvironmentFile"].replace("%i", node))
        pairs = (line.partition("=")[::2] for line in file.read_text().splitlines() if "=" in line and line[0] != "#")
        environment = dict(pairs)
        words = [Template(word).substitute(environment) for word in shlex.split(said["ExecStart"].replace("%i", node))]
        machine.start(words, environment=environment, at=Path(said["WorkingDirectory"]))


def _is_ready(port: str) -> bool:
    try:
        return bool(httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5, trust_env=False).json()["ready"])
    except (httpx.HTTPError, ValueError):
        return False
