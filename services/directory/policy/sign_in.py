"""When a sign-in is locked out, how long tokens and sessions last, what a password must be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.kernel.language.refusal import InvalidInput, NotPermitted, NotSignedIn, Refusal

TRIES_BEFORE_LOCK = 5
LOCK_LASTS = timedelta(minutes=15)
TOKEN_LASTS = timedelta(minutes=10)
SESSION_LASTS = timedelta(hours=12)
MIN_PASSWORD_CHARACTERS = 10
MAX_PASSWORD_CHARACTERS = 128
MIN_DIFFERENT_CHARACTERS = 4
DEMO_PASSWORD = "shangda-demo"


class CredentialsWrong(NotSignedIn):
    """用户名或口令不对。"""

    code = "credentials_wrong"
    message = "用户名或口令不对。"


class SignInLocked(Refusal):
    """口令连续输错，账号已暂时锁定。"""

    status = 429
    code = "sign_in_locked"
    message = "口令连续输错，账号已暂时锁定。"

    @property
    def headers(self) -> dict[str, str]:
        """How many seconds to wait before the next try."""
        return {"Retry-After": str(self.details["retry_after_s"])}


class DemoAccountRefused(NotPermitted):
    """演示口令只能在演示环境使用。"""

    code = "demo_account_refused"
    message = "演示口令只能在演示环境使用，请联系管理员重设口令。"


class SessionOver(NotSignedIn):
    """登录已超时或已退出，请重新登录。"""

    code = "session_over"
    message = "登录已超时或已退出，请重新登录。"


class OfficerNotActive(NotPermitted):
    """账号已停用，请联系管理员。"""

    code = "officer_not_active"
    message = "账号已停用，请联系管理员。"


class PasswordTooWeak(InvalidInput):
    """口令不符合要求。"""

    code = "password_too_weak"
    message = "口令不符合要求。"


@dataclass(frozen=True)
class Tries:
    """The wrong passwords of one username in a row; a lock ends by itself."""

    failed: int = 0
    last_failed_at: datetime | None = None

    def is_locked(self, now: datetime) -> bool:
        """Whether even the right password is refused at this moment."""
        return self.failed >= TRIES_BEFORE_LOCK and not self._is_past(now)

    def after_failure(self, now: datetime) -> Tries:
        """The count after one more wrong password; a count that has rested 15 minutes starts anew."""
        return Tries(1 if self._is_past(now) else self.failed + 1, now)

    def left(self) -> int:
        """How many more wrong passwords until the lock."""
        return max(0, TRIES_BEFORE_LOCK - self.failed)

    def locked_until(self) -> datetime:
        """When the lock ends; only meaningful once something failed."""
        if self.last_failed_at is None:
            raise ValueError("nothing has failed yet")
        return self.last_failed_at + LOCK_LASTS

    def refusal(self, now: datetime) -> Refusal:
        """What is said after a wrong password, or while the lock holds."""
        if not self.is_locked(now):
            return CredentialsWrong(f"用户名或口令不对。再错 {self.left()} 次将锁定 15 分钟。", tries_left=self.left())
        wait_s = max(1, round((self.locked_until() - now).total_seconds()))
        return SignInLocked(
            f"口令连续输错 {TRIES_BEFORE_LOCK} 次，已锁定，请 {-(-wait_s // 60)} 分钟后再试。",
            retry_after_s=wait_s,
        )

    def _is_past(self, now: datetime) -> bool:
        return self.last_failed_at is None or now >= self.last_failed_at + LOCK_LASTS


def password_fault(password: str, *, username: str, name: str) -> str | None:
    """The first thing wrong with a new password, as a Chinese sentence; None when it is good."""
    folded = password.casefold()
    if len(password) < MIN_PASSWORD_CHARACTERS:
        return f"口令至少要有 {MIN_PASSWORD_CHARACTERS} 个字符。"
    if len(password) > MAX_PASSWORD_CHARACTERS:
        return f"口令最多 {MAX_PASSWORD_CHARACTERS} 个字符。"
    if not password.isprintable():
        return "口令含有不能显示的字符。"
    if username.casefold() in folded or (name and name.casefold() in folded):
        return "口令不能包含用户名或姓名。"
    if len(set(folded)) < MIN_DIFFERENT_CHARACTERS:
        return f"口令太简单，至少要有 {MIN_DIFFERENT_CHARACTERS} 个不同的字符。"
    return None


def require_good_password(password: str, *, username: str, name: str, demo: bool) -> None:
    """Let a new password pass, or say what is wrong with it.

    Raises:
        PasswordTooWeak: It breaks a rule; `errors` says which.
        DemoAccountRefused: It is the public password of the demo, outside the demo.
    """
    if password == DEMO_PASSWORD:
        if demo:
            return
        raise DemoAccountRefused
    fault = password_fault(password, username=username, name=name)
    if fault:
        raise PasswordTooWeak(fault, errors=[{"field": "password", "message": fault}])


def way_back(asked: str) -> str:
    """Where to go after signing in: a path of this node as asked, else the home page."""
    is_local = asked.startswith("/") and not asked.startswith(("//", "/\\")) and len(asked) <= 500
    is_plain = asked.isascii() and asked.isprintable() and "\\" not in asked
    if not is_local or not is_plain or asked.startswith(_NO_WAY_BACK):
        return "/"
    return asked


_NO_WAY_BACK = ("/login", "/logout", "/static/", "/directory/api/")
