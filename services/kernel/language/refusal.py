"""Refusals: a rule said no, in a sentence the user can act on."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """The request cannot be granted as it stands.

    Subclasses are named as sentences. `status` is the HTTP status, `code` is stable for
    machines, `message` is the Chinese sentence people read. `details` travel in the
    problem document beside them (e.g. `errors`, a list of field errors). `retry_after_s` says
    when to ask again, where that helps; `details` may say it for the one case.
    """

    status: int = 409
    code: str = "refused"
    message: str = "当前状态下不能这样办理。"
    retry_after_s: int = 0

    def __init__(self, message: str | None = None, **details: Any) -> None:
        super().__init__(message or self.message)
        self.details = details

    @property
    def headers(self) -> dict[str, str]:
        """HTTP headers that go with the refusal: Retry-After, in seconds."""
        seconds = self.details.get("retry_after_s", self.retry_after_s)
        return {"Retry-After": str(seconds)} if seconds else {}


class NotFound(Refusal):
    """没有找到这条记录。"""

    status = 404
    code = "not_found"
    message = "没有找到这条记录。"


class NotHereYet(Refusal):
    """记录还没有同步到这里，请稍后再试。"""

    status = 404
    code = "not_here_yet"
    message = "这条记录还没有同步到这里，请过几秒再试。"
    retry_after_s = 2


class NotSignedIn(Refusal):
    """请先登录。"""

    status = 401
    code = "not_signed_in"
    message = "请先登录。"


class NotPermitted(Refusal):
    """您的岗位没有办理这一步的权限。"""

    status = 403
    code = "not_permitted"
    message = "您的岗位没有办理这一步的权限。"


class StaleVersion(Refusal):
    """内容已被他人修改，请核对后再保存。"""

    status = 412
    code = "stale_version"
    message = "您打开之后内容已有变动。您写的还在，请与新内容核对后再保存。"


class VersionRequired(Refusal):
    """修改时要注明所依据的版本（If-Match）。"""

    status = 428
    code = "version_required"
    message = "修改时要注明所依据的版本（If-Match）。"


class InvalidInput(Refusal):
    """填写的内容有误。"""

    status = 422
    code = "invalid_input"
    message = "填写的内容有误，请按提示修改。"
