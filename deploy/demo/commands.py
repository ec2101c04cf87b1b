"""What `make demo`, `make up` and `make down` do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from deploy.demo.interruption import StopAsked, stoppable
from deploy.demo.leftovers import NotEmpty
from deploy.demo.nodes import DEMO_PORTS, SHARED, Ports
from deploy.demo.officers import CallRefused
from deploy.demo.ports import PortTaken
from deploy.demo.progress import Progress
from deploy.demo.signpost import signpost
from deploy.demo.starting_data import fill_queues
from deploy.demo.story import tell_story
from deploy.demo.story.teller import ClaimFailed
from deploy.demo.turns import NoTurn, end_foreground, in_foreground, turn
from deploy.demo.waiting import DidNotHappen
from deploy.demo.world import DemoWorld, NodeDidNotStart
from deploy.kafka.broker import BrokerDidNotStart

FAILURES = (PortTaken, NotEmpty, BrokerDidNotStart, NodeDidNotStart, NoTurn, ClaimFailed, CallRefused, DidNotHappen)


class DemoFailed(Exception):
    """The command did not do what it should; the message is for the person who gave it."""


def run(world: DemoWorld, *, fresh: bool) -> None:
    """Bring the world up, tell the story, stay until told to stop; nothing is left running.

    Raises:
        DemoFailed: It is up already, cannot come up, or a claim of the story does not hold.
    """
    say = world.progress.say
    with turn(world.base, world.progress):
        if world.running:
            raise DemoFailed(f"演示已在运行：{'、'.join(world.running)}。请先执行 make down。")
    with stoppable(), in_foreground(world.base), _stopped_after(world):
        try:
            with turn(world.base, world.progress):
                say("启动三级节点（township 乡、district 区、city 市），各有一个消息队列")
                world.come_up(fresh=fresh)
            tell_story(world, world.progress)
            say("\n全部讲完，各项都已核对。")
            say(signpost(world))
            say("\n按 Ctrl-C 结束。")
            _stay(world)
        except StopAsked:
            say("\n收到结束的要求")
        except FAILURES as fault:
            raise DemoFailed(f"{fault}\n各节点日志：{_logs(world)}") from fault


def up(world: DemoWorld, *, fresh: bool, with_story: bool) -> None:
    """Bring the world up in the background with items in its queues; a second time changes nothing.

    Raises:
        DemoFailed: It cannot come up, and then nothing of it is left running; or it is up and should begin anew.
    """
    with stoppable(), turn(world.base, world.progress):
        if world.running and (fresh or with_story):
            raise DemoFailed("演示已在运行。要从头开始或从头讲，请先执行 make down。")
        if world.is_ready:
            world.progress.say("演示已在运行。")
        else:
            _come_up(world, fresh=fresh, with_story=with_story)
    world.progress.say(signpost(world))


def _come_up(world: DemoWorld, *, fresh: bool, with_story: bool) -> None:
    try:
        world.come_up(fresh=fresh)
        if with_story:
            tell_story(world, world.progress)
        else:
            fill_queues(world, world.progress)
    except BaseException as fault:
        world.progress.say("  … 没有完成，停止已启动的部分")
        world.stop()
        if isinstance(fault, FAILURES):
            raise DemoFailed(f"{fault}\n各节点日志：{_logs(world)}") from fault
        if isinstance(fault, StopAsked):
            raise DemoFailed("已按要求中止，没有留下运行的进程。") from None
        raise


def down(base: Path, progress: Progress) -> None:
    """End whatever of the demo runs, in the foreground or the background; fine when nothing does."""
    world = DemoWorld(base, _all_that_may_run(), progress=progress)
    end_foreground(base)
    with turn(base, progress):
        if not world.running:
            progress.say("没有在运行的演示。")
            return
        with progress.doing("停止三级节点和消息队列"):
            world.stop()


def _all_that_may_run() -> Ports:
    """Processes are found by their pid files, whichever ports they were given."""
    brokers = dict.fromkeys([*DEMO_PORTS.broker, SHARED], 0)
    return Ports(DEMO_PORTS.http, brokers, brokers)


def status(base: Path, progress: Progress) -> bool:
    """Say what runs; whether all of it is ready."""
    world = DemoWorld(base, DEMO_PORTS, progress=progress)
    for node in world.nodes.values():
        said = node.readiness()
        state = "就绪" if node.is_ready else f"未就绪 {said}" if said else "未运行" if node.pid is None else "没有应答"
        progress.say(f"  {node.plan.name}  {node.url}  {state}")
    for name, broker in world.brokers.items():
        progress.say(f"  消息队列 {name}  {broker.bootstrap}  {'运行中' if broker.pid else '未运行'}")
    return all(node.is_ready for node in world.nodes.values())


@contextmanager
def _stopped_after(world: DemoWorld) -> Iterator[None]:
    try:
        yield
    finally:
        with world.progress.doing("停止三级节点和消息队列"):
            world.stop()


def _stay(world: DemoWorld) -> None:
    """Wait until a signal comes.

    Raises:
        NodeDidNotStart: A node or broker ended by itself.
    """
    while world.is_whole:
        time.sleep(1)
    raise NodeDidNotStart(f"有进程自行结束，仍在运行的有：{'、'.join(world.running) or '无'}")


def _logs(world: DemoWorld) -> str:
    return "、".join(str(node.log) for node in world.nodes.values())


def world_of(base: Path, progress: Progress, *, kafka: str = "", database_url: str = "") -> DemoWorld:
    """The demo's world with the cluster and databases that were asked for.

    Raises:
        DemoFailed: The database's address does not differ from node to node.
    """
    if database_url and "{node}" not in database_url:
        raise DemoFailed("数据库地址里要有 {node}，每个节点各用一个库，如 postgresql+asyncpg://…/shangda_{node}")
    world = DemoWorld(base, DEMO_PORTS, database_url=database_url, progress=progress)
    return replace(world, ports=DEMO_PORTS.without_brokers(), kafka=kafka) if kafka else world
