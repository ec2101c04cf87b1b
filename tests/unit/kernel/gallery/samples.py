"""What the sample pages show: a made-up evening at 云岭区, every component with every optional part."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.kernel.language.diff import diff_texts
from services.kernel.language.vocabulary import InfoType, IntakeStatus, Level, Role, System
from services.kernel.runtime.pages.listing import Place
from services.kernel.runtime.pages.navigation import navigation, portal_columns
from services.kernel.runtime.pages.templating import Masthead, Message, OfficerCard

NOW = datetime(2026, 8, 12, 12, 48, tzinfo=UTC)
TITLE = "龙潭乡强降雨致低洼区内涝 已转移群众142户431人"
OLD_TEXT = """我乡全力应对强降雨确保人民群众生命财产安全
8月12日14时至20时，我乡遭遇短时强降雨，最大小时雨强达68.4毫米，为入汛以来最大。截至20时，共转移安置低洼地带群众126户398人，无人员伤亡。
乡政府高度重视，第一时间启动防汛Ⅳ级应急响应，组织党员干部120余人上堤巡查，排除险情5处。
目前，受淹农田约1200亩，倒伏早稻300亩，通村公路塌方2处，正在组织抢修，预计13日上午可恢复通行。"""
NEW_TEXT = """龙潭乡强降雨致低洼区内涝 已转移群众142户431人
8月12日14时至20时，龙潭乡出现短时强降雨，最大小时雨强68.4毫米，为今年入汛以来最大值。截至20时30分，已转移安置低洼易涝区群众142户431人，未发生人员伤亡。
乡防指14时25分启动防汛Ⅳ级应急响应，组织党员干部126人上堤巡查，发现并处置险情5处，其中管涌1处。
目前，受淹农田约1240亩，倒伏水稻310亩，通村公路塌方2处，正在组织抢通，预计13日12时前恢复通行。"""
PROSE = """一、基本情况
8月12日14时至20时，龙潭乡出现短时强降雨。
（一）转移安置。已转移安置群众142户431人。
1.加强值守。落实夜间双岗。
2026年预算增加120万元。"""


def _ago(**span: int) -> datetime:
    return NOW - timedelta(**span)


def shell(path: str = "/", role: Role = Role.EDITOR) -> dict[str, object]:
    """What `page()` would give for an officer of the district with `role` who is at `path`."""
    node = Masthead("district", "安澜市云岭区", Level.COUNTY)
    return {
        "request": None,
        "officer": OfficerCard("区政府办采编员", "信息科", (role.value,)),
        "node": node,
        "nav": navigation([role], node.level, path=path, counts={"/review/queue": 23}),
        "csrf_token": "csrf-of-this-session",
        "now": NOW,
        "flash": [],
        "alert": None,
        "portal_columns": portal_columns(path),
        "size": "",
        "size_href": "?size=large",
    }


QUEUE = {
    "groups": [
        (
            "8 小时内到期 · 3 件",
            [
                {
                    "title": TITLE,
                    "unit": "龙潭乡",
                    "kind": "紧急信息",
                    "count": 412,
                    "badge": "v3 改回",
                    "due_at": NOW + timedelta(hours=1, minutes=26),
                    "at": _ago(minutes=7),
                    "unread": True,
                    "current": True,
                },
                {
                    "title": "新渡街道反映：惠民药店医保结算系统周末频繁中断",
                    "unit": "新渡街道",
                    "kind": "社情民意",
                    "count": 680,
                    "badge": "",
                    "due_at": NOW + timedelta(hours=3),
                    "at": _ago(hours=3),
                    "unread": True,
                    "current": False,
                },
                {
                    "title": "石桥镇“一户一策”推进撂荒地复耕 已整治1860亩",
                    "unit": "石桥镇",
                    "kind": "经验类",
                    "count": 1240,
                    "badge": "",
                    "due_at": NOW + timedelta(hours=5),
                    "at": _ago(hours=4),
                    "unread": False,
                    "current": False,
                },
            ],
        ),
        (
            "明日到期 · 2 件",
            [
                {
                    "title": "白鹭街道“家门口议事亭”三个月办结琐事217件",
                    "unit": "白鹭街道",
                    "kind": "经验类",
                    "count": 1108,
                    "badge": "约稿",
                    "due_at": NOW + timedelta(hours=15),
                    "at": _ago(hours=7),
                    "unread": False,
                    "current": False,
                },
                {
                    "title": "柳湾镇晚稻纹枯病发生面积偏大 农技力量不足",
                    "unit": "柳湾镇",
                    "kind": "问题类",
                    "count": 760,
                    "badge": "",
                    "due_at": NOW + timedelta(hours=17),
                    "at": _ago(hours=9),
                    "unread": False,
                    "current": False,
                },
            ],
        ),
    ],
    "diff": diff_texts(OLD_TEXT, NEW_TEXT),
    "checks": [
        {"state": "ok", "text": "标题 25 字，要素齐全", "note": "通过"},
        {"state": "bad", "text": "户数 142 缺第二来源", "note": "需处理 · 与电话快报比对", "href": "#item"},
        {"state": "wait", "text": "预测偏弱", "note": "只作提示"},
    ],
    "ticks": [
        {"name": "facts_right", "label": "时间、地点、人数准确", "checked": True, "note": "采编员 20:46"},
        {"name": "no_praise", "label": "表述客观，无评价性用语"},
    ],
}

ITEM = {
    "title": TITLE,
    "prose": PROSE,
    "status": IntakeStatus.ADOPTED,
    "system": System.GOVERNMENT,
    "hops": [
        {
            "name": "龙潭乡",
            "state": "here",
            "badge": "本级稿 第3版",
            "badge_tone": "blue",
            "note": "写成、签发、报送",
            "line": {
                "what": "报送",
                "at": _ago(minutes=80),
                "delivered_at": _ago(minutes=79),
                "received_at": _ago(minutes=74),
            },
        },
        {
            "name": "云岭区",
            "state": "done",
            "badge": "采用",
            "badge_tone": "green",
            "note": "《每日要情》第 228 期，区稿改 6 处",
            "line": {"what": "转报", "at": _ago(minutes=9)},
        },
        {"name": "安澜市", "state": "ahead", "note": "尚未签收"},
    ],
    "timeline": [
        {
            "title": "第 1 次报送 · 龙潭乡 → 云岭区",
            "note": "第 1、2 版",
            "events": [
                {"at": _ago(days=1, minutes=40), "what": "起草第 1 版", "by": "乡信息员"},
                {"at": _ago(minutes=90), "what": "乡长签发", "tone": "key", "badges": [{"text": "口头，已补签"}]},
                {
                    "at": _ago(minutes=80),
                    "what": "报送区政府办",
                    "tone": "key",
                    "system": System.GOVERNMENT,
                    "delivered_at": _ago(minutes=79),
                    "received_at": _ago(minutes=74),
                    "note": "签收人：区政府办采编员。",
                },
                {
                    "at": _ago(minutes=60),
                    "what": "核实",
                    "tone": "done",
                    "by": "区政府办采编员问，稿件仍在队列，不算退回",
                    "question": "转移人数 398，与 20:05 电话快报 431 不一致，以哪个为准？",
                    "answer": "431 人。398 为 19 时数，漏计青石片区 33 人。",
                    "answered_by": "乡信息员 20:26",
                },
                {
                    "at": _ago(minutes=50),
                    "what": "退回修改",
                    "tone": "back",
                    "badges": [{"text": "要素不全", "tone": "amber"}],
                    "note": "户数、人数按核实结果更正；评价性用语删去。",
                },
            ],
        },
        {
            "title": "第 1 次报送 · 龙潭乡 → 云岭区",
            "note": "第 3 版",
            "events": [
                {
                    "at": _ago(minutes=30),
                    "what": "采用",
                    "tone": "done",
                    "by": "《每日要情》第 228 期",
                    "badges": [{"text": "单条"}],
                },
                {"at": _ago(minutes=9), "what": "转报市政府办", "tone": "now", "system": System.GOVERNMENT},
            ],
        },
    ],
    "scores": [("区《每日要情》采用", "A03", 5), ("转报市政府办", "F01", 2)],
}

WRITE = {
    "types": [
        (InfoType.DYNAMIC, "动态", "做了什么、发生了什么，短"),
        (InfoType.EXPERIENCE, "经验", "值得别处照着做的办法"),
        (InfoType.PROBLEM, "问题", "本乡解决不了，要上级协调"),
    ],
    "errors": {"author_phone": "请填写联系电话，核实时要用"},
    "files": [
        {"name": "龙潭乡排涝泵站现状表.xlsx", "size": 47104, "note": "类型和内容相符", "href": "/intake/files/1"},
        {
            "name": "转移群众名单.docx",
            "state": "wrong",
            "note": "含 431 个身份证号，不得作为附件；请改报汇总数",
            "remove": {"action": "/intake/files/2/remove", "version": 1},
        },
    ],
    "blockers": [
        {"state": "bad", "text": "写上建议", "note": "问题类必填", "href": "#f-body"},
        {"state": "bad", "text": "填联系电话", "href": "#f-author_phone"},
    ],
}

STATS = {
    "place": Place("/stats/scores", {"period": "2026-07"}, {"rank": "按名次", "unit": "按单位"}, "unit"),
    "diff": QUEUE["diff"],
    "rows": [("龙潭乡", 12, 66, 61, "green"), ("石桥镇", 13, 59, 70, "green"), ("双塔镇", 6, 9, 29, "amber")],
    "months": ["1月", "2月", "3月", "4月", "5月", "6月", "7月"],
    "series": [
        {"name": "龙潭乡", "values": [41, 38, 52, 45, 36, 49, 66]},
        {"name": "本组中位数", "values": [40, 37, 46, 42, 39, 44, 38.5], "dashed": True},
    ],
}

DOCUMENT = {
    "title": "云岭区人民政府办公室关于印发《云岭区防汛应急物资储备管理办法》的通知",
    "body": "各乡镇人民政府、街道办事处：\n第一章 总则\n第一条 为规范全区防汛应急物资管理，制定本办法。\n" + PROSE,
    "published_on": date(2026, 8, 6),
    "tree": [
        {"href": "/open/categories/1", "name": "机构职能"},
        {
            "href": "/open/categories/2",
            "name": "政策文件",
            "children": [{"href": "/open/categories/3", "name": "规范性文件", "current": True}],
        },
    ],
}

FLASH = [Message("已提交审核人。")]
ALERT = {
    "tag": "续报时限",
    "what": "柳湾镇乡道 Y217 线山体滑坡险情（初报 19:52，续报一待核）",
    "due_at": NOW + timedelta(minutes=11, seconds=42),
    "href": "/review/emergencies/1",
}
PAGES: dict[str, dict[str, Any]] = {
    "home.html": {"alert": ALERT},
    "queue.html": QUEUE,
    "item.html": ITEM,
    "write.html": WRITE,
    "stats.html": STATS,
    "login.html": {"officer": None, "nav": []},
    "public_document.html": DOCUMENT,
    "public_list.html": {
        "tree": DOCUMENT["tree"],
        "documents": [
            {
                "href": "/open/information/1",
                "title": DOCUMENT["title"],
                "on": DOCUMENT["published_on"],
                "note": "云政办规〔2026〕7号",
            }
        ],
    },
}
"""Template of the gallery → its own context, on top of `shell()`."""
