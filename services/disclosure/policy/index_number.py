"""Index numbers (索引号): at least seven formats are in use, so a node's format is a template.

A number is given once, together with publication, and never changes, even if the publisher does.
Gaps are allowed; a number is never given again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from services.kernel.language.refusal import Refusal

NATIONAL_TEMPLATE = "{org_code}/{yyyy}-{serial:05d}"
"""国务院办公厅秘书局 政府信息公开目录系统实施指引(试行), such as 000014349/2018-00222."""

LONGEST = 64

_TOKEN = re.compile(r"\{([a-z]+(?:_[a-z]+)*)(?::0(\d)d)?\}")
_LITERAL = re.compile(r"[0-9A-Za-z一-鿿〔〕\[\]()/_.\-]*")
_CODES = ("org_code", "area_code", "dept_code", "cat_code")
_DATES = {"yyyy": "%Y", "yyyymm": "%Y%m", "yyyymmdd": "%Y%m%d"}


class IndexTemplateIsInvalid(Refusal):
    """索引号格式有误。"""

    status = 422
    code = "index_template_invalid"
    message = "索引号格式有误。"


class IndexCodeIsMissing(Refusal):
    """编制索引号所需的代码没有设定。"""

    status = 409
    code = "index_code_missing"
    message = "编制索引号所需的代码没有设定。"


@dataclass(frozen=True)
class IndexCodes:
    """The codes that a template may name; only those it names must be set."""

    org_code: str = ""
    area_code: str = ""
    dept_code: str = ""
    cat_code: str = ""


@dataclass(frozen=True)
class IndexTemplate:
    """A checked template, such as `{org_code}/{yyyy}-{serial:05d}`."""

    text: str = NATIONAL_TEMPLATE

    def __post_init__(self) -> None:
        """Check the template.

        Raises:
            IndexTemplateIsInvalid: Says in Chinese what is wrong.
        """
        tokens = [name for name, _ in _TOKEN.findall(self.text)]
        unknown = [name for name in tokens if name not in {*_CODES, *_DATES, "serial"}]
        if unknown:
            raise IndexTemplateIsInvalid(f"索引号格式中有不认识的项：{'、'.join(unknown)}。")
        if any(width and name != "serial" for name, width in _TOKEN.findall(self.text)):
            raise IndexTemplateIsInvalid("索引号格式中只有 serial 可以写位数。")
        if tokens.count("serial") != 1:
            raise IndexTemplateIsInvalid("索引号格式中要有且只有一个 {serial}。")
        if not set(tokens) & set(_DATES):
            raise IndexTemplateIsInvalid("流水号每年重新编号，索引号格式中要有年份，如 {yyyy}。")
        if not _LITERAL.fullmatch(_TOKEN.sub("", self.text)):
            raise IndexTemplateIsInvalid("索引号格式中有不能使用的字符。")

    def number(self, codes: IndexCodes, published_on: date, serial: int) -> str:
        """The index number with this serial.

        Raises:
            IndexCodeIsMissing: The template names a code that is not set.
            IndexTemplateIsInvalid: The number would be longer than 64 characters.
            ValueError: The serial is below 1.
        """
        if serial < 1:
            raise ValueError("serials start at 1")
        made = self._filled(codes, published_on, lambda width: f"{serial:0{width or 1}d}")
        if len(made) > LONGEST:
            raise IndexTemplateIsInvalid(f"按此格式编出的索引号超过{LONGEST}个字符。")
        return made

    def counter(self, codes: IndexCodes, published_on: date) -> str:
        """Name of the counter that the serial comes from: one per codes named and year."""
        january_first = published_on.replace(month=1, day=1)
        return self._filled(codes, january_first, lambda _: "#")

    def serial_of(self, number: str, codes: IndexCodes, published_on: date) -> int | None:
        """The serial in a number that went out; None where another template made it.

        Raises:
            IndexCodeIsMissing: The template names a code that is not set.
        """
        before, _, after = self._filled(codes, published_on, lambda _: "#").partition("#")
        middle = number.removeprefix(before).removesuffix(after)
        is_ours = number == f"{before}{middle}{after}" and middle.isdecimal()
        return int(middle) if is_ours else None

    def _filled(self, codes: IndexCodes, on: date, serial: Callable[[str], str]) -> str:
        def fill(match: re.Match[str]) -> str:
            name, width = match.group(1), match.group(2) or ""
            if name == "serial":
                return serial(width)
            if name in _DATES:
                return on.strftime(_DATES[name])
            code = str(getattr(codes, name))
            if not code:
                raise IndexCodeIsMissing(f"编制索引号需要 {name}，请先在机构信息中设定。")
            return code

        return _TOKEN.sub(fill, self.text)


def marked_as_double(index_no: str, information_id: UUID) -> str:
    """The number of a text that went out under another text's number, told apart by the end of its id."""
    mark = f"〔重号{information_id.hex[-4:]}〕"
    return f"{index_no[: LONGEST - len(mark)]}{mark}"


def keeps_number(one: tuple[datetime | None, UUID], other: tuple[datetime | None, UUID]) -> bool:
    """Whether the first of two texts that went out under one number keeps it: the one published first does."""
    never = datetime.max.replace(tzinfo=UTC)
    (at, id_), (other_at, other_id) = one, other
    return (at or never, id_) < (other_at or never, other_id)
