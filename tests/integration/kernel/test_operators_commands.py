"""What the operator reads where something is wrong: a line for each thing, soon, and none in English."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from typer.testing import CliRunner

from services.command_line import app
from services.kernel.runtime.storing.migrations import upgrade
from services.node import build_services
from services.opened import opened
from tests.support.service import DISTRICT, settings_for

AS_NOBODY = """
import os, sys
import services.command_line as commands
from services.node import build_services
import alembic.command, aiosqlite, sqlalchemy.dialects.sqlite.aiosqlite
build_services(("directory",))
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
sys.argv = ["services", "migrate"]
commands.main()
"""


def _environment(folder: Path, kafka: str = "127.0.0.1:1") -> dict[str, str]:
    said = {"NODE_ID": "district", "SERVICES": "directory", "DATA_DIR": str(folder), "KAFKA": kafka}
    return {f"SHANGDA_{name}": value for name, value in said.items()}


def test_doctor_says_soon_and_in_a_line_that_the_broker_does_not_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def migrate() -> None:
        services = build_services(("directory",))
        async with opened(services, settings_for(DISTRICT, tmp_path)) as contexts:
            await upgrade(contexts["directory"].database, services[0].migrations)

    asyncio.run(migrate())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        kafka = f"127.0.0.1:{silent.getsockname()[1]}"
        said = CliRunner().invoke(app, ["doctor"], env=_environment(tmp_path, kafka))
        took_s = time.monotonic() - begun
    assert said.exit_code == 1
    lines = said.output.splitlines()
    assert [line[:2] for line in lines] == ["正常", "异常", "正常"]
    assert lines[1] == f"异常  消息队列 {kafka} 没有应答 → 启动消息队列，或检查 SHANGDA_KAFKA"
    assert took_s < 15, "it waits three seconds for an answer, not thirty"
    assert [one for one in caplog.records if one.name.startswith("kafka")] == []


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data directory that only its owner may write, in a place that anybody may reach."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        for inner in ("files", "keys"):
            (folder / inner).mkdir()
            if os.getuid() == 0:
                os.chown(folder / inner, 65534, 65534)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


def test_migrate_names_the_directory_that_is_not_the_services_own(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY],
        env=os.environ | _environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    said = (done.stdout + done.stderr).strip()
    assert re.fullmatch(rf"没有权限：{folder}。.*sudo install -d .*{folder}", said), said
