"""The confidentiality review by API and page: nothing empty counts, and what was cut comes back to the reviewer."""

from __future__ import annotations

from typing import Any

import pytest

from services.disclosure.policy.point import ReviewPoint
from services.kernel.language.events.directory import OfficerAppointed
from services.kernel.language.vocabulary import Role
from tests.integration.disclosure.conftest import API, PUBLISHER, SECRECY, World
from tests.support.dirty import pdf

PAGE = "/disclosure/information"
PDF = pdf()
POINTS = [point.value for point in ReviewPoint]
BODY = "负责人张三，身份证号110101199003070417，欢迎监督。"
MARKED = "110101199003070417"
CUT = BODY.replace(MARKED, "██████")


async def reviewed(world: World, information_id: str, **said: Any) -> Any:
    return await world.client(SECRECY).post(f"{API}/{information_id}/confidentiality-review", json=said)


async def changed(world: World, information_id: str, **values: Any) -> Any:
    publisher = world.client(PUBLISHER)
    tag = (await publisher.get(f"{API}/{information_id}")).headers["etag"]
    return await publisher.patch(f"{API}/{information_id}", json=values, headers={"If-Match": tag})


@pytest.mark.parametrize(
    "said",
    [
        {"outcome": "open"},
        {"outcome": "open", "opinion": " "},
        {"outcome": "open", "points": [], "opinion": "同意"},
        {"outcome": "open", "points": POINTS[1:]},
        {"outcome": "open", "opinion": "已看过，同意公开"},
        {"outcome": "refer", "points": POINTS},
        {"outcome": "open_after_redaction", "points": POINTS, "opinion": "删去", "passages": ["文中没有的话"]},
    ],
)
async def test_an_empty_review_does_not_count(world: World, said: dict[str, Any]) -> None:
    information_id = await world.prepared(body=BODY)
    answer = await reviewed(world, information_id, **said)
    assert (answer.status_code, answer.json()["code"]) == (409, "review_incomplete")
    form = {
        "version": "2",
        "outcome": said["outcome"],
        "opinion": said.get("opinion", ""),
        "points": said.get("points", []),
    }
    page = await world.client(SECRECY).post(
        f"{PAGE}/{information_id}/review", data=form | {"passages": "\n".join(said.get("passages", []))}
    )
    assert page.status_code == 409
    assert "审查还没有逐项作出结论，或缺少审查意见" in page.text
    shown = (await world.client(SECRECY).get(f"{API}/{information_id}")).json()
    assert (shown["status"], shown["reviews"]) == ("in_review", [])


async def test_a_comma_is_no_cut_and_the_cut_text_is_confirmed(world: World) -> None:
    information_id = await world.prepared(body=BODY)
    asked = {"outcome": "open_after_redaction", "points": [*POINTS[:3], *POINTS[4:]], "doubts": [POINTS[3]]}
    answer = await reviewed(world, information_id, **asked, opinion="隐去身份证号", passages=[MARKED])
    assert answer.status_code == 200, answer.text
    told = (await world.client(PUBLISHER).get(f"{PAGE}/{information_id}")).text
    assert f"要删减的：{MARKED}" in told

    assert (await changed(world, information_id, body=BODY.replace("，欢迎", "欢迎"))).json()["status"] == "in_review"
    comma = await reviewed(world, information_id, outcome="open", points=POINTS, opinion="同意")
    assert (comma.status_code, comma.json()["errors"][0]["code"]) == (409, "not_cut")

    assert (await changed(world, information_id, body=CUT)).json()["status"] == "in_review"
    publish = f"{API}/{information_id}/publish"
    assert (await world.client(PUBLISHER).post(publish)).json()["code"] == "not_reviewed_yet"
    assert "请再看一遍" not in (await world.client(SECRECY).get(f"{PAGE}/{information_id}")).text
    assert (await reviewed(world, information_id, outcome="open", points=POINTS)).status_code == 200
    assert (await world.client(PUBLISHER).post(publish)).status_code == 200


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"body": CUT.replace("欢迎", "不欢迎")}, "否定词有变化"),
        ({"body": f"{CUT}共2处。"}, "数字有变化"),
        ({"body": CUT.replace("监督", "")}, "超出标明要删减的内容"),
        ({"body": CUT, "summary": "概述"}, "标题或目录信息有改动"),
    ],
)
async def test_any_other_change_is_shown_and_needs_an_opinion(world: World, values: dict[str, Any], said: str) -> None:
    information_id = await world.prepared(body=BODY)
    await reviewed(
        world, information_id, outcome="open_after_redaction", points=POINTS, opinion="隐去", passages=[MARKED]
    )
    assert (await changed(world, information_id, **values)).json()["status"] == "in_review"
    page = (await world.client(SECRECY).get(f"{PAGE}/{information_id}")).text
    assert "请再看一遍" in page
    assert said in page
    assert (await reviewed(world, information_id, outcome="open", points=POINTS)).status_code == 409
    confirmed = await reviewed(world, information_id, outcome="open", points=POINTS, opinion="改动属实，同意")
    assert confirmed.status_code == 200


async def test_the_reviewer_sees_all_that_will_be_public(world: World) -> None:
    fields = {
        "title": "甲标题", "summary": "乙概述", "document_no": "丙文号", "subject": "丁主题", "genre": "戊体裁",
        "audience": "己对象", "source": "庚来源", "keywords": ["辛关键词"], "body": "壬正文13812345678",
        "effective_on": "2026-12-01", "repealed_on": "2027-12-01", "validity": "in_force",
    }  # fmt: skip
    information_id = await world.prepared(**fields)
    files = {"file": ("癸附件13912345678.pdf", PDF, "application/pdf")}
    await world.client(PUBLISHER).post(f"{API}/{information_id}/attachments", files=files)
    page = (await world.client(SECRECY).get(f"{PAGE}/{information_id}")).text
    public = page[page.index("公开后公众看到的全部内容") :]
    seen = [
        "甲标题",
        "乙概述",
        "丙文号",
        "丁主题",
        "戊体裁",
        "己对象",
        "庚来源",
        "辛关键词",
        "壬正文",
        "癸附件",
        "2026年12月1日",
    ]
    assert [word for word in [*seen, "2027年12月1日", "云岭区人民政府办公室"] if word not in public] == []
    assert [number for number in ("13812345678", "13912345678") if f"<mark>{number}</mark>" not in page] == []
    assert (await reviewed(world, information_id, outcome="open", points=POINTS)).status_code == 200
    removed = await world.client(PUBLISHER).get(f"{API}/{information_id}")
    file_id = removed.json()["attachments"][0]["attachment_id"]
    await world.client(PUBLISHER).delete(f"{API}/{information_id}/attachments/{file_id}")
    assert "附件有增减" in (await world.client(SECRECY).get(f"{PAGE}/{information_id}")).text


async def test_a_unit_without_a_reviewer_is_told_so(world: World) -> None:
    address = f"{PAGE}/{await world.prepared()}"
    assert "还没有保密审查人员" in (await world.client(PUBLISHER).get(address)).text
    appointed = OfficerAppointed(
        officer_id=SECRECY.officer_id, name=SECRECY.name, unit_id=SECRECY.unit_id, roles=(Role.SECRECY,)
    )
    await world.tell(appointed)
    assert "还没有保密审查人员" not in (await world.client(PUBLISHER).get(address)).text
