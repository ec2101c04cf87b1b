"""Links as JSON and as a page: what an outsider and an administrator see."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlmodel import col

from services.exchange.app import exchange_service
from services.exchange.policy.chain import Chain, link_name
from services.exchange.store.lanes import change_lane
from services.kernel.language.vocabulary import InfoType, Role
from services.kernel.runtime.running.process import NodeProcess
from tests.integration.exchange.two_nodes import Clock, Node, carrying, reported_up
from tests.support.service import client_of, officer, running_node
from tests.support.waiting import eventually


@pytest.fixture
async def served(pair: tuple[Node, Node], tmp_path: Path, node_urls: Callable[[], str]) -> AsyncIterator[NodeProcess]:
    """The township's exchange as it is served, on the township's own database."""
    township = pair[0]
    process_settings = township.context.settings
    async with running_node([exchange_service()], process_settings, clock=Clock()) as process:
        yield process


async def test_the_contract_of_the_links_list_is_kept(pair: tuple[Node, Node], served: NodeProcess) -> None:
    township, district = pair
    await township.tell(*(reported_up(township, district) for _ in range(3)))
    async with client_of(served, officer(Role.CLERK)) as client:
        answer = await client.get("/exchange/api/v1/links")
    assert answer.status_code == 200
    body = answer.json()
    assert body["next"] is None
    routine = next(item for item in body["items"] if item["lane"] == "routine")
    assert routine["peer"] == district.name
    assert (routine["sent_seq"], routine["receipted_seq"], routine["state"]) == (3, 0, "down")
    assert routine["oldest_unreceipted_age_s"] > 0
    assert {item["lane"] for item in body["items"]} == {"urgent", "routine", "bulk"}


async def test_a_stranger_sees_no_links(served: NodeProcess) -> None:
    async with client_of(served) as client:
        assert (await client.get("/exchange/api/v1/links")).status_code == 401


async def test_one_link_is_read_by_the_peers_name(pair: tuple[Node, Node], served: NodeProcess) -> None:
    _, district = pair
    async with client_of(served, officer(Role.ADMIN)) as client:
        answer = await client.get(f"/exchange/api/v1/links/{district.name}")
        assert answer.json()["direction"] == "superior"
        assert (await client.get("/exchange/api/v1/links/nowhere")).status_code == 404
        assert (await client.get("/exchange/api/v1/links/..%2Fx")).status_code in {404, 422}


@pytest.mark.parametrize("path", ["/exchange/links", "/exchange/links/{peer}", "/exchange/links/{peer}/standing"])
async def test_the_link_page_shows_lanes_and_what_is_not_receipted(
    pair: tuple[Node, Node], served: NodeProcess, path: str
) -> None:
    township, district = pair
    await township.tell(reported_up(township, district))
    async with client_of(served, officer(Role.ADMIN)) as client:
        page = await client.get(path.format(peer=district.name))
    assert page.status_code == 200
    assert district.context.node.name in page.text
    assert "1 条未回执" in page.text
    assert f"/exchange/links/{district.name}/pause" in page.text


async def test_only_the_administrator_is_offered_to_pause(pair: tuple[Node, Node], served: NodeProcess) -> None:
    _, district = pair
    async with client_of(served, officer(Role.CLERK)) as client:
        page = await client.get(f"/exchange/links/{district.name}")
        assert page.status_code == 200
        assert "暂停链路" not in page.text
        assert (await client.get(f"/exchange/links/{district.name}/pause")).status_code == 403
        assert (await client.get("/exchange/verify")).status_code == 403


async def test_a_fork_a_gap_and_a_catch_up_are_shown_with_what_to_do(
    pair: tuple[Node, Node], served: NodeProcess
) -> None:
    township, district = pair
    await township.tell(*(reported_up(township, district) for _ in range(60)))
    out = Chain(link_name(township.name, district.name), "routine")
    inward = Chain(link_name(district.name, township.name), "routine")
    forked = Chain(link_name(district.name, township.name), "bulk")
    from services.exchange.actions.conflicts import keep_conflict
    from services.exchange.store.lanes import lock_lanes

    async with township.transaction() as tx:
        await lock_lanes(tx.session, [out, inward, forked], own=township.name)
        await change_lane(
            tx.session, out, receipted_n=5, connected_at=tx.now, heard_at=tx.now, catching_up_since=tx.now
        )
        await change_lane(tx.session, forked, forked_at=tx.now)
        await keep_conflict(tx, forked, "fork", epoch=1, n=4, ours=b"\x01" * 32, theirs=b"\x02" * 32)
    async with client_of(served, officer(Role.ADMIN)) as client:
        page = await client.get(f"/exchange/links/{district.name}")
        assert "日常通道补传" in page.text
        assert "5 / 60 条" in page.text
        assert "开第 2 纪元" in page.text
        assert "0101…0101" in page.text
        async with township.transaction() as tx:
            await change_lane(tx.session, inward, gap_since=tx.now, claimed_n=9)
        assert "缺 1–9" in (await client.get(f"/exchange/links/{district.name}")).text
        form = await client.get(f"/exchange/links/{district.name}/epoch?lane=bulk&direction=received")
        assert "对端经办人" in form.text


async def test_the_home_page_gets_a_card_for_links_that_need_somebody(served: NodeProcess) -> None:
    async with client_of(served, officer(Role.ADMIN)) as client:
        [card] = (await client.get("/exchange/api/v1/agenda")).json()["cards"]
        assert (card["what"], card["count"] > 0) == ("查看链路", True)
        assert (await client.get("/exchange/")).headers["location"] == "/exchange/links"
    async with client_of(served, officer(Role.CLERK)) as client:
        assert (await client.get("/exchange/api/v1/agenda")).json()["cards"] == []


async def test_the_card_names_a_link_that_works_but_has_set_something_aside(
    pair: tuple[Node, Node], served: NodeProcess
) -> None:
    from services.exchange.actions.conflicts import keep_conflict
    from services.exchange.store.lanes import lock_lanes

    township, district = pair
    links = (link_name(township.name, district.name), link_name(district.name, township.name))
    lanes = [Chain(link, lane) for link in links for lane in ("urgent", "routine", "bulk")]
    async with township.transaction() as tx:
        await lock_lanes(tx.session, lanes, own=township.name)
        for lane in lanes:
            await change_lane(tx.session, lane, connected_at=tx.now, heard_at=tx.now)
    async with client_of(served, officer(Role.ADMIN)) as client:
        [card] = (await client.get("/exchange/api/v1/agenda")).json()["cards"]
        assert (card["count"], card["note"]) == (0, "各条链路都在正常收发")
        async with township.transaction() as tx:
            await keep_conflict(tx, Chain(links[1], "routine"), "set_aside", epoch=1, n=4)
        [card] = (await client.get("/exchange/api/v1/agenda")).json()["cards"]
        assert card["count"] == 1
        assert "有异常记录" in card["note"]


async def test_an_emergency_that_waits_five_minutes_says_use_the_phone(
    pair: tuple[Node, Node], served: NodeProcess
) -> None:
    township, district = pair
    await township.tell(reported_up(township, district, info_type=InfoType.EMERGENCY))
    async with client_of(served, officer(Role.CLERK)) as client:
        assert "改用电话" not in (await client.get(f"/exchange/links/{district.name}")).text
        served.contexts["exchange"].clock.ahead = timedelta(minutes=6)  # type: ignore[attr-defined]
        assert "改用电话" in (await client.get(f"/exchange/links/{district.name}")).text


async def test_the_verification_page_names_a_bad_row(pair: tuple[Node, Node], served: NodeProcess) -> None:
    from sqlalchemy import update

    from services.exchange.model import Dispatch

    township, district = pair
    await township.tell(*(reported_up(township, district) for _ in range(3)))
    await township.number(district)
    async with client_of(served, officer(Role.ADMIN)) as client:
        page = (await client.get("/exchange/verify")).text
        assert "每条通道的账本、签名和回执都成立" in page
        assert f"{township.name}&gt;{district.name}" not in page, "a neighbour is named, not its code"
        async with township.transaction() as tx:
            await tx.session.execute(update(Dispatch).where(col(Dispatch.n) == 2).values(body=b"{}"))
        assert "第 1 纪元第 2 行" in (await client.get("/exchange/verify")).text


async def test_the_metrics_tell_age_and_state(pair: tuple[Node, Node], served: NodeProcess) -> None:
    township, district = pair
    await township.tell(reported_up(township, district))
    async with client_of(served) as client:
        labels = f'{{lane="routine",node="{township.name}",peer="{district.name}"}}'
        await eventually(lambda: told_in_metrics(client, f"shangda_exchange_unreceipted_age_seconds{labels}"))
        down = f'shangda_exchange_link_up{{node="{township.name}",peer="{district.name}"}} 0.0'
        await eventually(lambda: told_in_metrics(client, down))


async def told_in_metrics(client: httpx.AsyncClient, line: str) -> bool:
    """Whether it stands in the metrics; gauges that cannot be read in time are left as they were."""
    return line in (await client.get("/metrics")).text


async def test_the_state_of_a_link_is_told_when_it_changes(linked: tuple[Node, Node]) -> None:
    township, district = linked
    async with carrying(township, district):
        await eventually(lambda: told_states(township, 1))
        await eventually(lambda: state_is(township, district, "up"))


async def told_states(node: Node, at_least: int) -> bool:
    return len(await node.told("exchange.link")) >= at_least


async def state_is(node: Node, peer: Node, state: str) -> bool:
    from services.exchange.store.lanes import list_links

    async with node.context.database.reading() as session:
        link = (await list_links(session)).get(peer.name)
    return link is not None and link.state == state
