"""Links with their lanes, pausing, opening an epoch, verification."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.exchange import actions
from services.exchange.actions.admitting import granted
from services.exchange.model.inputs import Direction, NewEpoch
from services.exchange.policy.permissions import Act, blocker_of, require
from services.exchange.policy.progress import CatchUp, catch_up
from services.exchange.policy.timing import severity
from services.exchange.store.keys import known_keys
from services.exchange.store.overview import LaneStanding, LinkStanding, link_standings
from services.kernel.language.refusal import InvalidInput, NotFound, Refusal
from services.kernel.language.vocabulary import Lane, LinkState
from services.kernel.runtime.heard.organisation import list_peers
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.asking import named_in
from services.kernel.runtime.web.dependencies import (
    Context,
    LiveMe,
    Me,
    Now,
    Reading,
    Tx,
    asked_first,
    edge_router,
)
from services.kernel.runtime.web.forms import Typed, comes_back, read_form

router = edge_router(include_in_schema=False)

Peer = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]

Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]

TONES = {
    LinkState.UP: "green",
    LinkState.CATCHING_UP: "amber",
    LinkState.CONNECTING: "amber",
    LinkState.PAUSED: "amber",
    LinkState.GAP: "amber",
    LinkState.DOWN: "red",
    LinkState.FORKED: "red",
}
NEED_SOMEBODY = frozenset({LinkState.DOWN, LinkState.FORKED, LinkState.PAUSED})
LANE_LABELS = {lane.value: lane.label for lane in Lane}
CONFLICT_WORDS = {
    "fork": "分叉：同一编号，内容不同",
    "epoch_ahead": "对端已开启新的纪元，本节点还没有",
    "bad_signature": "签名不成立，已丢弃",
    "unknown_key": "签名的密钥没有登记，已丢弃",
    "tampered": "内容与签名的头不符，已丢弃",
    "misdirected": "不属于这条通道的消息，已丢弃",
    "malformed": "无法识别的消息，已丢弃",
    "damaged": "附件片段缺失或与摘要不符",
    "too_large": "内容超过本节点能转告的长度，已存账本，没有转告",
    "set_aside": "内容无法在本节点转告，已存账本，没有转告，后面的照常生效",
    "unreadable": "内容无法识别，已存账本，没有转告",
    "not_plain": "内容中有不可能的时间、数字或字符，已存账本，没有转告，后面的照常生效",
    "not_theirs": "对端无权发出的内容，已存账本，没有转告",
    "never_sent": "对端称收到过本节点没有发过的信息，又给不出来；没有采信，照常发送",
    "peer_restored": "对端从旧备份恢复，已从它持有的位置重发",
}


@dataclass(frozen=True)
class CatchingUp:
    """A lane that catches up, for its panel."""

    lane: Lane
    progress: CatchUp


@router.get("/")
async def open_exchange() -> Response:
    return RedirectResponse("/exchange/links", status_code=303)


@router.get("/links")
async def show_links(request: Request, me: Me, reading: Reading, context: Context, now: Now) -> Response:
    require(me.roles, Act.READ_LINKS)
    found = await standings(reading, context, now)
    return _page(request, me, found, _first_in_need(found), now)


@router.get("/links/{peer}")
async def show_link(request: Request, peer: Peer, *, me: Me, reading: Reading, context: Context, now: Now) -> Response:
    require(me.roles, Act.READ_LINKS)
    found = await standings(reading, context, now)
    return _page(request, me, found, _chosen(found, peer), now)


@router.get("/links/{peer}/standing")
async def show_standing(
    request: Request, peer: Peer, *, me: Me, reading: Reading, context: Context, now: Now
) -> Response:
    """The inner part of the page, fetched again by live pages."""
    require(me.roles, Act.READ_LINKS)
    found = await standings(reading, context, now)
    return _page(request, me, found, _chosen(found, peer), now, template="exchange/_standing.html")


@router.get("/links/{peer}/pause")
async def confirm_pause(
    request: Request, peer: Peer, *, me: Me, reading: Reading, context: Context, now: Now
) -> Response:
    require(me.roles, Act.OPERATE_LINKS)
    link = _chosen(await standings(reading, context, now), peer)
    return page(request, "exchange/confirm_pause.html", link=link)


@router.post("/links/{peer}/pause")
async def pause_link(peer: Peer, me: LiveMe, tx: Tx, context: Context) -> Response:
    await actions.pause_link(tx, peer, by=me)
    link = _chosen(await standings(tx.session, context, tx.now), peer)
    return back_to(f"/exchange/links/{peer}", f"与“{link.peer.name}”的链路已暂停，信息都在本级保存着。")


@router.post("/links/{peer}/resume")
async def resume_link(peer: Peer, me: LiveMe, tx: Tx, context: Context) -> Response:
    await actions.resume_link(tx, peer, by=me)
    link = _chosen(await standings(tx.session, context, tx.now), peer)
    return back_to(f"/exchange/links/{peer}", f"与“{link.peer.name}”的链路已恢复，正在补传。")


@router.post("/links/{peer}/settle")
async def settle_refusals(peer: Peer, me: LiveMe, tx: Tx, context: Context) -> Response:
    await actions.settle_refusals(tx, peer, by=me)
    _chosen(await standings(tx.session, context, tx.now), peer)
    return back_to(f"/exchange/links/{peer}", "异常记录已归档。")


@router.post("/links/{peer}/files/{sha256}/give-up")
async def give_up_file(peer: Peer, sha256: Sha256, *, me: LiveMe, tx: Tx, context: Context) -> Response:
    await actions.give_up_file(tx, sha256, by=me, reason="链路页")
    _chosen(await standings(tx.session, context, tx.now), peer)
    return back_to(f"/exchange/links/{peer}", "不再等这个附件。")


@router.get("/links/{peer}/epoch")
async def ask_for_epoch(
    request: Request, peer: Peer, *, me: Me, reading: Reading, context: Context, now: Now,
    lane: Annotated[Lane, Query()], direction: Annotated[Direction, Query()],
) -> Response:  # fmt: skip
    require(me.roles, Act.OPERATE_LINKS)
    link = _chosen(await standings(reading, context, now), peer)
    return _epoch_page(request, link, lane, direction, Typed())


async def _epoch_again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    context, lane, direction = request.app.state.context, typed.get("lane"), typed.get("direction")
    if lane not in set(Lane) or direction not in set(Direction):
        raise InvalidInput
    link = _chosen(await standings(session, context, request.state.now), named_in(request, "peer", str))
    return _epoch_page(request, link, Lane(lane), Direction(direction), typed)


@router.post("/links/{peer}/epoch")
@comes_back(_epoch_again)
@asked_first(granted(Act.OPERATE_LINKS))
async def open_epoch(request: Request, peer: Peer, me: LiveMe, tx: Tx, context: Context) -> Response:
    _chosen(await standings(tx.session, context, tx.now), peer)
    new = await read_form(request, NewEpoch)
    chain = new.chain(context.node.node_id, peer)
    epoch = await actions.open_epoch(tx, chain, agreed_n=new.agreed_seq, by=me, reason=new.reason)
    said = f"{new.lane.label}通道已从第 {new.agreed_seq} 行开启第 {epoch} 纪元。"
    return back_to(f"/exchange/links/{peer}", said)


@router.get("/verify")
async def show_verification(request: Request, me: Me, reading: Reading, context: Context) -> Response:
    require(me.roles, Act.OPERATE_LINKS)
    found = await actions.verify_ledger(reading, await known_keys(reading, context.node_keys))
    names = {peer.peer: peer.name for peer in await list_peers(reading)}
    ways = {one.chain.link: _way(one.chain.link, context.node.node_id, names) for one in found}
    return page(request, "exchange/verification.html", findings=found, lane_labels=LANE_LABELS, ways=ways)


def _page(  # noqa: PLR0917 - a page needs all of it
    request: Request, me: Me, found: list[LinkStanding], chosen: LinkStanding | None, now: datetime,
    template: str = "exchange/links.html",
) -> Response:  # fmt: skip
    return page(
        request,
        template,
        links=found,
        chosen=chosen,
        catching_up=_catching_up(chosen, now) if chosen else [],
        tones=TONES,
        conflict_words=CONFLICT_WORDS,
        lane_labels=LANE_LABELS,
        blocker=blocker_of(me.roles, Act.OPERATE_LINKS),
        heartbeat_s=request.app.state.context.settings.link_heartbeat_s,
    )


def _epoch_page(request: Request, link: LinkStanding, lane: Lane, direction: Direction, typed: Typed) -> Response:
    standing = next((one for one in link.lanes if one.lane is lane), None)
    if standing is None:
        raise NotFound
    chain: Any = standing.out if direction is Direction.SENT else standing.inward
    errors = {"agreed_seq": typed.message} if typed.message else typed.errors
    return page(
        request, "exchange/epoch.html", status_code=typed.status, link=link, lane=lane, direction=direction,
        chain=chain, typed=typed.fields, errors=errors,
    )  # fmt: skip


def _way(link: str, own: str, names: dict[str, str]) -> str:
    sender, _, receiver = link.partition(">")
    is_out = sender == own
    return ("发往" if is_out else "来自") + names.get(receiver if is_out else sender, "已撤销的节点")


def _catching_up(link: LinkStanding, now: datetime) -> list[CatchingUp]:
    found = [(lane.lane, _progress_of(lane, now)) for lane in link.lanes]
    return [CatchingUp(lane, progress) for lane, progress in found if progress]


def _progress_of(lane: LaneStanding, now: datetime) -> CatchUp | None:
    out = lane.out
    if out is None or lane.sending_state is not LinkState.CATCHING_UP:
        return None
    return catch_up(
        from_n=out.catching_up_from_n,
        receipted_n=out.receipted_n,
        n=lane.written_n,
        since=out.catching_up_since,
        now=now,
    )


async def standings(session: AsyncSession, context: ServiceContext, now: datetime) -> list[LinkStanding]:
    """How every link stands, with its lanes."""
    return await link_standings(
        session, own=context.node.node_id, now=now, idle_head_s=context.settings.link_heartbeat_s
    )


def _chosen(found: list[LinkStanding], peer: str) -> LinkStanding:
    for link in found:
        if link.peer.peer == peer:
            return link
    raise NotFound


def _first_in_need(found: list[LinkStanding]) -> LinkStanding | None:
    return min(found, key=lambda link: severity(link.state), default=None)


def need_of(link: LinkStanding) -> str:
    """Why the administrator should look at this link, in the words of the home page; empty when there is no need."""
    if link.state in NEED_SOMEBODY:
        return link.state.label
    if link.conflicts:
        return "有异常记录"
    return "有附件没有传到" if link.missing_files else ""
