"""What a name, a username and a code may look like before they are stored or shown."""

from __future__ import annotations

import re

from services.kernel.language.characters import is_printable
from services.kernel.language.text import composed

MAX_NAME_CHARACTERS = 60
USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
ORG_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{0,17}")
LONGEST_PHONE = 30
NODE_ID = re.compile(r"[a-z][a-z0-9-]{1,31}")
_SERVER = r"[A-Za-z0-9._\[\]:-]+:\d{1,5}"
BOOTSTRAP_SERVERS = re.compile(rf"{_SERVER}(,{_SERVER}){{0,9}}")


def plain_line(text: str) -> str:
    """The text as one printable line: trimmed, composed, inner white space single.

    Raises:
        ValueError: It holds a control character, a lone surrogate or an invisible direction mark.
    """
    line = " ".join(composed(text).split())
    if not all(map(is_printable, line)):
        raise ValueError("含有不能显示的字符，请重新输入。")
    return line


def username_of(text: str) -> str:
    """The username that somebody typed, in the form in which it is stored.

    Raises:
        ValueError: It can be nobody's username.
    """
    username = text.strip().lower()
    if not USERNAME.fullmatch(username):
        raise ValueError("用户名由 2 至 32 个小写字母、数字或 . _ - 组成，以字母开头。")
    return username
