"""Rules are dated versions: checked, shown with their effect, put in force, and never reaching into the past."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from services.kernel.language.vocabulary import PeriodicalKind, Role, UnitKind
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.migrations import require_current, upgrade
from services.stats.app import stats_service
from services.stats.store.rulesets import list_stored
from tests.integration.stats.scoreboard import Scoreboard
from tests.integration.stats.story import ARRIVED, DAY, OWN, PUMP
from tests.support.service import DISTRICT, NOW

DEFAULT = Path("services/stats/defaults/scoring.yaml").read_text(encoding="utf-8")
RULESETS = "/stats/api/v1/rulesets"
SCORING = "/stats/rulebooks/scoring"
HTML = {"Accept": "text/html"}


def changed(*, version: int = 2, since: str = "2026-11-01", without: str = "", **points: float) -> str:
    data: dict[str, Any] = yaml.safe_load(DEFAULT)
    data["ruleset"] |= {"version": version, "effective_from": since}
    data["rules"] = [
        rule | {"points": points.get(rule["id"], rule["points"])} for rule in data["rules"] if rule["id"] != without
    ]
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


async def post(board: Scoreboard, text: object, *roles: Role, path: str = RULESETS, **who: Any) -> Any:
    async with board.client(*(roles or (Role.STATISTICIAN,)), **who) as client:
        headers = {"Content-Type": "application/json"}
        return await client.post(path, content=json.dumps({"text": text}), headers=headers)


async def test_a_new_node_has_the_default_rules_once(district: Scoreboard) -> None:
    async with district.client(Role.CLERK) as client:
        (row,) = (await client.get(RULESETS)).json()["items"]
        whole = (await client.get(f"{RULESETS}/default-2026/1")).json()
        missing = await client.get(f"{RULESETS}/default-2026/9")
    assert (row["ruleset_id"], row["version"], row["in_force"]) == ("default-2026", 1, True)
    assert len(whole["rules"]) == 28
    assert missing.status_code == 404


async def test_a_new_version_scores_from_its_day_on_and_the_past_stays(told_district: Scoreboard) -> None:
    answer = await post(told_district, changed(since="2026-11-21", A11=100))
    assert answer.status_code == 201, answer.text
    assert (await told_district.scores())["龙潭乡"]["score"] == 33
    road = PUMP.adopted("city", PeriodicalKind.BRIEF, "安澜政务信息", 140, on=DAY + timedelta(days=2))
    await told_district.hear(ARRIVED, road)
    township = (await told_district.scores())["龙潭乡"]
    # The city had paid 10 for this item before: the new rule's 100 pays the rest.
    assert township["score"] == 33 + 90
    assert {one["ruleset_version"] for one in township["entries"] if one["rule_id"] == "A11"} == {1, 2}


async def test_a_change_within_the_open_month_scores_it_anew_and_says_so_before(told_district: Scoreboard) -> None:
    text = changed(A02=5)
    preview = (await post(told_district, text, path=f"{RULESETS}/preview")).json()
    assert {one["unit_name"]: (one["before"], one["after"]) for one in preview["items"]} == {
        "龙潭乡": (33, 37), "石桥镇": (0, 0), "区水利局": (20, 20), "区农业农村局": (0, 0),
    }  # fmt: skip
    assert (await told_district.scores())["龙潭乡"]["score"] == 33
    await post(told_district, text)
    assert (await told_district.scores())["龙潭乡"]["score"] == 37


async def test_rules_cannot_reach_into_a_closed_month(told_district: Scoreboard) -> None:
    answer = await post(told_district, changed(since="2026-10-31"))
    assert (answer.status_code, answer.json()["code"]) == (422, "rules_reach_into_the_past")
    assert "2026-11-01" in answer.json()["title"]


async def test_a_version_that_was_saved_is_never_changed(told_district: Scoreboard) -> None:
    assert (await post(told_district, changed())).status_code == 201
    answer = await post(told_district, changed(A02=50))
    assert (answer.status_code, answer.json()["code"]) == (409, "ruleset_version_taken")
    assert "3" in answer.json()["title"]
    assert (await told_district.scores())["龙潭乡"]["score"] == 33


async def test_a_gap_in_the_rules_is_counted_and_closed_by_a_new_version(told_district: Scoreboard) -> None:
    await post(told_district, changed(without="L03"))
    assert (await told_district.scores())["龙潭乡"]["score"] == 18
    async with told_district.client(Role.STATISTICIAN) as client:
        [card] = (await client.get("/stats/api/v1/agenda")).json()["cards"]
        listed = (await client.get("/stats/unmatched?period=2026-11", headers=HTML)).text
        sheet = (await client.get("/stats/scores?period=2026-11", headers=HTML)).text
    assert (card["count"], card["unit"]) == (1, "条")
    assert "市级其他负责人批示" in listed
    assert "<td>市</td><td>问题类</td><td>—</td>" in listed
    assert "有 1 条记录没有适用的规则" in sheet
    await post(told_district, changed(version=3))
    assert (await told_district.scores())["龙潭乡"]["score"] == 33


async def test_only_the_offices_statistician_and_administrator_change_rules(district: Scoreboard) -> None:
    bureau = {"unit": "water", "kind": UnitKind.BUREAU}
    cases: list[tuple[Role, dict[str, Any], bool]] = [
        (Role.CHIEF, {}, False), (Role.CLERK, {}, False), (Role.STATISTICIAN, bureau, False),
        (Role.STATISTICIAN, {}, True), (Role.ADMIN, {}, True),
    ]  # fmt: skip
    version = 1
    for role, who, may in cases:
        version += may
        saved = await post(district, changed(version=version), role, **who)
        async with district.client(role, **who) as client:
            edited = await client.get(f"{SCORING}/edit", headers=HTML)
            read = await client.get("/stats/rules", headers=HTML)
        assert (saved.status_code, edited.status_code, read.status_code) == (
            (201, 200, 200) if may else (403, 403, 200)
        )


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "bomb": LAUGHS,
    "bomb as rules": f"{LAUGHS}\nrules: *i",
    "deep": "[" * 20_000,
    "deep block": "rules:\n" + "\n".join(" " * n + "- x:" for n in range(1, 400)),
    "python": "!!python/object/apply:os.system ['true']",
    "no such day": changed(since="2026-02-30").replace("'", ""),
    "unknown event": changed().replace("event: forwarded_up", "event: liked"),
    "negative cap": changed().replace("id: A04", "cap: {scope: unit, period: month, amount: -3}\n  id: A04"),
    "not a number": changed().replace("points: 30", "points: .nan"),
    "endless": changed().replace("points: 30", "points: .inf"),
    "long number": changed().replace("points: 30", "points: " + "9" * 5000),
    "positive floor": changed().replace("score_floor_month: 0", "score_floor_month: 500"),
    "no rules": "ruleset: {id: x, version: 1, close_day: 5, effective_from: 2026-12-01}\nrules: []",
    "control characters": "ruleset: \x01\x02",
    "a list": "[]",
    "template": "{{ 7*7 }}",
}


async def test_hostile_rules_are_refused_in_a_sentence(district: Scoreboard) -> None:
    answers = {
        (name, path): await post(district, text, path=path)
        for name, text in HOSTILE.items()
        for path in (RULESETS, f"{RULESETS}/preview")
    }
    codes = {place: (answer.status_code, answer.json()["code"]) for place, answer in answers.items()}
    assert {place: code for place, code in codes.items() if code != (422, "rule_file_invalid")} == {}


async def test_hostile_rules_in_the_form_are_refused_and_kept(district: Scoreboard) -> None:
    async with district.client(Role.STATISTICIAN) as client:
        for name, text in HOSTILE.items():
            page = await client.post(f"{SCORING}/preview", data={"text": text, "version": "1"}, headers=HTML)
            assert (page.status_code, "还没有保存" in page.text) == (422, True), name


async def test_what_is_no_text_is_refused(district: Scoreboard) -> None:
    answers = [await post(district, text) for text in ("", 7, None, "x" * 200_001, "\ud800")]
    assert {answer.status_code for answer in answers} == {422}


async def test_the_editing_page_offers_the_next_version_shows_the_effect_and_saves(told_district: Scoreboard) -> None:
    async with told_district.client(Role.STATISTICIAN) as client:
        offered = (await client.get(f"{SCORING}/edit", headers=HTML)).text
        assert "version: 2" in offered
        assert "effective_from: 2026-12-01" in offered
        form = {"text": changed(A02=5), "version": "1"}
        shown = await client.post(f"{SCORING}/preview", data=form, headers=HTML)
        assert shown.status_code == 200
        assert "+4" in shown.text
        assert "rules › A02 › points" in shown.text
        seen = re.search(r'name="seen" value="(\w+)"', shown.text)
        assert seen
        past = form | {"text": changed(since="2026-01-01")}
        wrong = await client.post(f"{SCORING}/preview", data=past, headers=HTML)
        assert wrong.status_code == 422
        assert "已经关账" in wrong.text
        assert "id: A13" in wrong.text
        saved = await client.post(SCORING, data=form | {"seen": seen[1]}, headers=HTML)
        assert saved.status_code == 303
        rules = (await client.get("/stats/rules", headers=HTML)).text
        returning = (await client.get(f"{SCORING}/edit?from=1", headers=HTML)).text
    assert "第2版" in rules
    assert "version: 3" in returning
    assert (await told_district.scores())["龙潭乡"]["score"] == 37


async def test_a_cap_per_unit_looks_at_all_its_items(told_district: Scoreboard) -> None:
    text = changed().replace("id: A02", "cap: {scope: unit, period: month, amount: 4}\n  id: A02")
    assert (await post(told_district, text)).status_code == 201
    assert (await told_district.scores())["龙潭乡"]["score"] == 33 - 2
    await told_district.hear(OWN, PUMP.adopted("district", PeriodicalKind.FOR_LEADER, "送阅件", 2))
    assert (await told_district.scores())["龙潭乡"]["score"] == 33 - 2


async def test_rule_sets_of_before_become_versions_in_their_order(empty_database_url: str) -> None:
    service = stats_service()
    database = Database(empty_database_url, service="stats", node=DISTRICT)
    columns: dict[str, Any] = {
        "saved_at": sa.DateTime(timezone=True),
        "effective_from": sa.Date(),
        "effective_to": sa.Date(),
    }
    names = ("ruleset_id", "version", "name", "text", "saved_by", *columns)
    old = sa.table("stats_ruleset", *(sa.column(name, columns.get(name)) for name in names))
    first = {"ruleset_id": "default-2026", "name": "", "effective_to": None}
    rows = [
        first | {"version": 2, "text": changed(), "saved_by": "钱", "saved_at": NOW, "effective_from": date(2026, 11, 1)},
        first | {"version": 1, "text": DEFAULT, "saved_by": "", "saved_at": NOW - timedelta(days=9),
                 "effective_from": date(2026, 1, 1)},
    ]  # fmt: skip
    try:
        await upgrade(database, service.migrations, to=["kernel_0005", "stats_0001"])
        async with database.engine.begin() as connection:
            await connection.execute(old.insert(), rows)
        await upgrade(database, service.migrations)
        await require_current(database, service.migrations)
        async with database.reading() as session:
            stored = await list_stored(session)
        assert [(kept.version, rules.version, kept.saved_by, kept.saved_at) for kept, rules in stored] == [
            (2, 2, "钱", NOW), (1, 1, "", NOW - timedelta(days=9)),
        ]  # fmt: skip
    finally:
        await database.close()
