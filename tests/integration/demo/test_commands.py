"""make up, make demo and make down on real nodes: once, twice, interrupted; and the story holds."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo import commands
from deploy.demo.nodes import DEMO_PORTS, Ports, spare_ports
from deploy.demo.ports import is_taken
from deploy.demo.process import ROOT
from deploy.demo.progress import Progress
from deploy.demo.story import CHAPTERS, tell_story
from deploy.demo.world import DemoWorld

pytestmark = pytest.mark.journeys

RUN = """
from pathlib import Path
from deploy.demo import commands
from deploy.demo.nodes import spare_ports
from deploy.demo.progress import on_screen
from deploy.demo.world import DemoWorld
commands.run(DemoWorld(Path({base!r}), spare_ports(is_shared=True), progress=on_screen()), fresh=True)
"""


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    commands.down(tmp_path, Progress())


def processes_of(base: Path) -> list[str]:
    """Command lines of this machine that name the folder."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if f"{base}/" in command and file.parent.name != str(os.getpid()):
            found.append(command[:200])
    return found


def taken(ports: Ports) -> list[int]:
    return [port for port in ports.in_words() if is_taken(port)]


def test_up_and_down_may_be_repeated_and_the_story_holds_on_one_shared_cluster(base: Path) -> None:
    said = io.StringIO()
    world = DemoWorld(base, spare_ports(is_shared=True), progress=Progress(said))

    commands.up(world, fresh=False, with_story=False)
    assert world.is_ready
    pids = [node.pid for node in world.nodes.values()]

    commands.up(world, fresh=False, with_story=False)
    assert [node.pid for node in world.nodes.values()] == pids
    assert "演示已在运行" in said.getvalue()

    tell_story(world, world.progress)
    assert all(title in said.getvalue() for title, _ in CHAPTERS)

    commands.down(base, Progress(said))
    commands.down(base, Progress(said))
    assert "没有在运行的演示" in said.getvalue()
    assert processes_of(base) == []
    assert taken(world.ports) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_that_is_interrupted_while_it_starts_leaves_nothing_running(base: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN.format(base=str(base))], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "建表" in line:
            break
    time.sleep(1)
    process.send_signal(number)
    process.send_signal(number)

    rest, _ = process.communicate(timeout=120)
    assert "收到结束的要求" in rest
    assert process.returncode == 0
    assert processes_of(base) == []


def test_down_without_anything_running_is_no_failure(base: Path) -> None:
    said = io.StringIO()
    commands.down(base, Progress(said))
    assert said.getvalue() == "没有在运行的演示。\n"


def test_a_database_for_all_nodes_together_is_refused(base: Path) -> None:
    with pytest.raises(commands.DemoFailed, match="node"):
        commands.world_of(base, Progress(), database_url="postgresql+asyncpg://localhost/shangda")
    assert commands.world_of(base, Progress(), kafka="10.0.0.1:9092").ports == DEMO_PORTS.without_brokers()
