"""What comes in: checked and cleaned before any row is made of it."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from services.directory.model import names
from services.kernel.language.phones import PHONE_HINT, is_phone
from services.kernel.language.vocabulary import DayKind, Level, Role, System, UnitKind
from services.kernel.runtime.web.tokens import KeyUnreadable, key_id, public_key_from_text


def _line(text: str) -> str:
    try:
        return names.plain_line(text)
    except ValueError as fault:
        raise PydanticCustomError("unprintable", str(fault)) from fault


def _filled(text: str) -> str:
    if not text:
        raise PydanticCustomError("empty", "请填写。")
    return text


def _shaped(pattern: re.Pattern[str], sentence: str, *, may_be_empty: bool = True) -> Any:
    def check(text: str) -> str:
        if pattern.fullmatch(text) or (may_be_empty and not text):
            return text
        raise PydanticCustomError("wrong_shape", sentence)

    return AfterValidator(check)


def _phone(text: str) -> str:
    if text and not is_phone(text):
        raise PydanticCustomError("wrong_shape", PHONE_HINT)
    return text


def _username(text: str) -> str:
    try:
        return names.username_of(text)
    except ValueError as fault:
        raise PydanticCustomError("wrong_shape", str(fault)) from fault


Line = Annotated[str, Field(max_length=names.MAX_NAME_CHARACTERS), AfterValidator(_line)]
Name = Annotated[Line, AfterValidator(_filled)]
Username = Annotated[str, Field(max_length=64), AfterValidator(_username)]
OrgCode = Annotated[Line, _shaped(names.ORG_CODE, "机构代码由数字、大写字母和短横组成，最多 18 位。")]
Phone = Annotated[Line, Field(max_length=names.LONGEST_PHONE), AfterValidator(_phone)]
NodeId = Annotated[
    str,
    Field(max_length=32),
    _shaped(names.NODE_ID, "节点编号由小写字母、数字和短横组成。", may_be_empty=False),
]
Servers = Annotated[
    str,
    Field(max_length=500),
    _shaped(names.BOOTSTRAP_SERVERS, "地址写作 主机:端口，多个用英文逗号隔开。"),
]


class Input(BaseModel):
    """What comes in: unknown fields are passed over, absent ones of a change stay as they are."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    def given(self) -> dict[str, Any]:
        """The fields that were given, for a change."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class NewUnit(Input):
    """A unit to be registered by hand. An empty short name becomes the name."""

    name: Name = Field(title="全称")
    short_name: Line = Field("", title="简称")
    kind: UnitKind = Field(title="类别")
    ranking_group: Line = Field("", title="考核分组")
    org_code: OrgCode = Field("", title="机构代码")
    unit_id: UUID | None = None


class UnitChange(Input):
    """What is to be different about a unit."""

    name: Name = Field("", title="全称")
    short_name: Name = Field("", title="简称")
    kind: UnitKind = Field(UnitKind.BUREAU, title="类别")
    ranking_group: Line = Field("", title="考核分组")
    org_code: OrgCode = Field("", title="机构代码")
    is_active: bool = True


class NewOfficer(Input):
    """An officer to be appointed; the first password is handed over in person."""

    username: Username = Field(title="用户名")
    name: Name = Field(title="姓名")
    phone: Phone = Field("", title="电话")
    unit_id: UUID = Field(title="单位")
    section: Line = Field("", title="科室")
    roles: frozenset[Role] = Field(title="岗位", default=frozenset(), max_length=len(Role))
    password: str = Field(title="初始口令", default="", max_length=400)
    officer_id: UUID | None = None


class OfficerChange(Input):
    """What is to be different about an officer."""

    name: Name = Field("", title="姓名")
    phone: Phone = Field("", title="电话")
    unit_id: UUID | None = Field(None, title="单位")
    section: Line = Field("", title="科室")
    roles: frozenset[Role] = Field(title="岗位", default=frozenset(), max_length=len(Role))
    is_active: bool = True


class PeerCardUnit(Input):
    """The office of the node that shows its card."""

    unit_id: UUID
    name: Name = Field(title="名称")
    short_name: Name = Field(title="简称")
    org_code: OrgCode = Field("", title="机构代码")


def _public_key(text: str) -> str:
    try:
        public_key_from_text(text)
    except KeyUnreadable as fault:
        raise PydanticCustomError("not_a_key", "公钥不是 Ed25519 的 Base64 文本。") from fault
    return text


class PeerCard(Input):
    """What a node hands to its neighbour: who it is and the public half of its key."""

    node_id: NodeId = Field(title="节点编号")
    name: Name = Field(title="名称")
    level: Level = Field(title="级别")
    system: System = Field(System.GOVERNMENT, title="系统")
    unit: PeerCardUnit = Field(title="单位")
    public_key: Annotated[str, Field(title="公钥", max_length=64), AfterValidator(_public_key)]
    key_id: Annotated[str, Field(title="公钥编号", max_length=16)] = ""
    bootstrap_servers: Servers = Field("", title="消息队列地址")

    @property
    def true_key_id(self) -> str:
        """The id computed from the key; the one written on the card is only for reading."""
        return key_id(public_key_from_text(self.public_key))


class NewPassword(Input):
    """A password that an administrator sets; it is handed over in person."""

    password: str = Field(title="新口令", max_length=400)


class OwnPassword(NewPassword):
    """The own password: the old one once, the new one twice where somebody types it."""

    old_password: str = Field("", title="现在的口令", max_length=400)
    again: str | None = Field(None, title="再输一次新口令", max_length=400)

    @field_validator("again")
    @classmethod
    def _is_the_same(cls, again: str | None, info: ValidationInfo) -> str | None:
        if again is not None and again != info.data.get("password", again):
            raise PydanticCustomError("differs", "两次输入的新口令不一样。")
        return again


class DaySetting(Input):
    """What is decided about a day, and the name of the holiday it belongs to."""

    kind: DayKind = Field(title="类别")
    name: Line = Field("", title="名称")


class NewDays(DaySetting):
    """Days in a row about which the same is decided; without a last one it is a single day."""

    first: date = Field(title="第一天")
    last: date | None = Field(None, title="最后一天")


class Announcement(Input):
    """Whether the official notice of the year is out and entered."""

    is_announced: bool = Field(True, title="已公布")


class ProfileChange(Input):
    """What this node says of itself besides its settings."""

    system: System = Field(System.GOVERNMENT, title="系统")
    duty_phone: Phone = Field("", title="值班电话")
    help_contact: Line = Field("", title="账号问题找谁")


class PeerChange(Input):
    """What is to be different about a neighbour; its key changes only by a new card."""

    system: System = Field(System.GOVERNMENT, title="系统")
    bootstrap_servers: Servers = Field("", title="消息队列地址")
    is_active: bool = True
