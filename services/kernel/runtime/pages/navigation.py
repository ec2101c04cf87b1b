"""Which links an officer sees at the left, by role and level; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from services.kernel.language.vocabulary import Level, Role
from services.kernel.runtime.surroundings.settings import ALL_SERVICES


@dataclass(frozen=True)
class NavItem:
    """One link; `current` marks the page that is open, `count` what waits there."""

    href: str
    label: str
    icon: str
    roles: frozenset[Role] = frozenset()
    current: bool = False
    count: int = 0
    is_hot: bool = False


@dataclass(frozen=True)
class NavGroup:
    """Links under one heading; the home page stands first, under none."""

    title: str
    items: tuple[NavItem, ...]


def _item(href: str, label: str, icon: str, *roles: Role) -> NavItem:
    return NavItem(href, label, icon, frozenset(roles))


_EVERYBODY = tuple(Role)

_GROUPS = (
    NavGroup("", (_item("/", "工作台", "home", *_EVERYBODY),)),
    NavGroup(
        "信息报送",
        (
            _item("/intake/submissions/new", "写信息", "pen", Role.CLERK, Role.DUTY),
            _item("/intake/submissions", "我的稿件", "list", Role.CLERK, Role.DUTY),
        ),
    ),
    NavGroup(
        "审核采用",
        (
            _item("/review/check", "待核稿", "ok", Role.REVIEWER),
            _item("/review/sign", "待签发", "seal", Role.SIGNER),
            _item("/review/answers", "核实待答", "info", Role.CLERK, Role.REVIEWER, Role.SIGNER, Role.DUTY),
            _item("/review/queue", "待审队列", "inbox", Role.EDITOR, Role.CHIEF, Role.DUTY),
            _item("/review/issues", "刊物编排", "book", Role.EDITOR, Role.CHIEF),
            _item("/review/instructions", "批示", "info", Role.EDITOR, Role.CHIEF, Role.LEADER),
        ),
    ),
    NavGroup(
        "采用与考核",
        (
            _item(
                "/stats/scores",
                "采用与积分",
                "star",
                Role.CLERK,
                Role.EDITOR,
                Role.CHIEF,
                Role.LEADER,
                Role.STATISTICIAN,
            ),
        ),
    ),
    NavGroup(
        "公开",
        (
            _item("/disclosure/information", "信息公开", "file", Role.PUBLISHER, Role.SECRECY),
            _item("/open/", "公开门户", "globe", *_EVERYBODY),
        ),
    ),
    NavGroup(
        "运行",
        (
            _item("/exchange/links", "交换链路", "link", Role.ADMIN),
            _item("/exchange/events", "事件台", "pause", Role.ADMIN),
            _item("/exchange/erasures", "清除内容", "x", Role.ADMIN),
        ),
    ),
    NavGroup(
        "管理",
        (
            _item("/directory/units", "机构人员", "user", Role.ADMIN),
            _item("/directory/calendar", "工作日历", "calendar", Role.ADMIN),
            _item("/directory/rulebooks", "规则", "book", Role.ADMIN, Role.STATISTICIAN),
            _item("/directory/audit", "操作记录", "list", Role.ADMIN),
        ),
    ),
)

_OWN_LEVEL_LABELS = {(Level.TOWNSHIP, "/stats/scores"): "本单位得分"}


def navigation(
    roles: Collection[str],
    level: str,
    *,
    path: str = "",
    counts: Mapping[str, int] | None = None,
    hot: Collection[str] = (),
) -> list[NavGroup]:
    """The groups of links for an officer with `roles` at a node of `level`; groups without links are left out.

    Args:
        roles: Role codes.
        level: Level code of the node.
        path: Path of the open page; the longest link that leads to it is marked.
        counts: What waits behind a link, by href.
        hot: The links behind which something is urgent.
    """
    allowed = [
        replace(group, items=tuple(item for item in group.items if item.roles & set(roles))) for group in _GROUPS
    ]
    current = _leading_to(path, [item.href for group in allowed for item in group.items])
    return [
        replace(
            group,
            items=tuple(
                replace(
                    item,
                    label=_OWN_LEVEL_LABELS.get((Level(level), item.href), item.label),
                    current=item.href == current,
                    count=(counts or {}).get(item.href, 0),
                    is_hot=item.href in hot,
                )
                for item in group.items
            ),
        )
        for group in allowed
        if group.items
    ]


_SHOWN_UNDER = {"/directory/officers": "/directory/units", "/directory/peers": "/directory/units"} | {
    f"/{service}/{page}": f"/directory/{page}" for service in ALL_SERVICES for page in ("rulebooks", "audit")
}
"""Pages that are tabs of another page: the navigation marks that one."""


def _leading_to(path: str, hrefs: list[str]) -> str | None:
    """The longest href that is `path` or a folder above it; the home page leads to itself only."""
    path = _SHOWN_UNDER.get("/".join(path.split("/")[:3]), path)
    fitting = [href for href in hrefs if path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))]
    return max(fitting, key=len, default=None)


@dataclass(frozen=True)
class PortalColumn:
    """One of the fixed columns of the public portal; `long_label` is left out on phones."""

    href: str
    label: str
    long_label: str = ""
    current: bool = False


_COLUMNS = (
    PortalColumn("/open/guide", "公开指南", "政府信息"),
    PortalColumn("/open/rules", "公开制度", "政府信息"),
    PortalColumn("/open/", "法定主动公开内容"),
    PortalColumn("/open/reports", "公开年报", "政府信息"),
    PortalColumn("/open/requests", "依申请公开"),
)


def portal_columns(path: str) -> list[PortalColumn]:
    """The five columns, the one that `path` belongs to marked; anything else is 法定主动公开内容."""
    special = _leading_to(path, [column.href for column in _COLUMNS if column.href != "/open/"])
    return [replace(column, current=column.href == (special or "/open/")) for column in _COLUMNS]
