"""Who may administer the directory and who may read what in it: deny by default."""

from __future__ import annotations

from enum import StrEnum

from services.kernel.language.refusal import NotPermitted, Refusal
from services.kernel.language.vocabulary import Role


class UsernameTaken(Refusal):
    """这个用户名已有人使用。"""

    code = "username_taken"
    message = "这个用户名已有人使用。"


class LastAdminStays(Refusal):
    """至少要留一名在岗的管理员。"""

    code = "last_admin_stays"
    message = "至少要留一名在岗的管理员，请先指定另一名。"


class Administration(StrEnum):
    """What can be done in the directory besides signing in and out."""

    READ_UNITS = "read_units"
    READ_OFFICERS = "read_officers"
    READ_PHONES = "read_phones"
    READ_CALENDAR = "read_calendar"
    READ_PEERS = "read_peers"
    CHANGE_UNITS = "change_units"
    CHANGE_OFFICERS = "change_officers"
    CHANGE_PEERS = "change_peers"
    CHANGE_CALENDAR = "change_calendar"
    CHANGE_OWN_PASSWORD = "change_own_password"


_EVERY_OFFICER = frozenset(
    {
        Administration.READ_UNITS,
        Administration.READ_OFFICERS,
        Administration.READ_CALENDAR,
        Administration.CHANGE_OWN_PASSWORD,
    }
)

OPEN_TO: dict[Role, frozenset[Administration]] = {
    **dict.fromkeys(Role, _EVERY_OFFICER),
    Role.DUTY: _EVERY_OFFICER | {Administration.READ_PHONES},
    Role.ADMIN: frozenset(Administration),
}
"""The role matrix of the directory."""


_SENTENCES = {
    Administration.READ_PEERS: "相邻节点由管理员登记和查看。",
    Administration.CHANGE_UNITS: "单位由管理员登记和修改。",
    Administration.CHANGE_OFFICERS: "人员由管理员任命和修改。",
    Administration.CHANGE_PEERS: "相邻节点由管理员登记和修改。",
    Administration.CHANGE_CALENDAR: "工作日历由管理员设定。",
}


def may(roles: frozenset[Role], what: Administration) -> bool:
    """Whether one of these roles opens the action."""
    return any(what in OPEN_TO[role] for role in roles)


def blocker_of(roles: frozenset[Role], what: Administration) -> Refusal | None:
    """What stands in the way of an officer with these roles: what a page says in the place of the button."""
    return None if may(roles, what) else NotPermitted(_SENTENCES.get(what))


def require(roles: frozenset[Role], what: Administration) -> None:
    """Let the action pass.

    Raises:
        NotPermitted: None of the roles opens it.
    """
    if blocker := blocker_of(roles, what):
        raise blocker


def leaving_blocker(before: frozenset[Role], after: frozenset[Role], *, other_admins: int) -> Refusal | None:
    """What stands in the way of these roles being left; `after` is empty for an officer who is released."""
    is_last = Role.ADMIN in before and Role.ADMIN not in after and other_admins == 0
    return LastAdminStays() if is_last else None
