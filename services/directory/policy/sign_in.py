"""How sign-ins are slowed down after wrong passwords, how long tokens and sessions last, what a password must be."""

from __future__ import annotations

from collections.abc import Iterable
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
    """口令输错的次数太多，请过一会儿再试。"""

    status = 429
    code = "sign_in_locked"
    message = "口令输错的次数太多，请过一会儿再试。"


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
class Pace:
    """How many wrong passwords are free, and how long to wait after those that follow, doubling."""

    free: int
    first_wait: timedelta
    longest_wait: timedelta


AT_ONE_PLACE = Pace(TRIES_BEFORE_LOCK - 1, timedelta(seconds=30), LOCK_LASTS)
FROM_ANYWHERE = Pace(40, timedelta(seconds=30), timedelta(seconds=30))
"""One name, guessed at from many addresses: one more guess in half a minute."""
AT_ANY_NAME = Pace(60, timedelta(seconds=30), timedelta(seconds=30))
"""One address that guesses at many names; a whole office may sit behind it."""


@dataclass(frozen=True)
class Place:
    """Where a password is typed: a browser in which this officer signed in before, else an address.

    A known browser is counted by itself alone: whatever others try elsewhere, it lets the right password through.
    """

    address: str = ""
    browser: str = ""

    def counts(self, username: str) -> dict[tuple[str, str], Pace]:
        """Under which names and places a wrong password is counted, and at which pace; the own place is the first."""
        if self.browser:
            return {(username, f"browser {self.browser}"): AT_ONE_PLACE}
        address = f"address {self.address}"[:80]
        return {(username, address): AT_ONE_PLACE, (username, ""): FROM_ANYWHERE, ("", address): AT_ANY_NAME}


SIGNED_IN = Place(browser="signed in")
"""Where an officer types the own old password: guessing it there slows nobody's sign-in."""


@dataclass(frozen=True)
class Tries:
    """The wrong passwords in a row of one name at one place; a wait ends by itself."""

    failed: int = 0
    last_failed_at: datetime | None = None
    pace: Pace = AT_ONE_PLACE

    def is_locked(self, now: datetime) -> bool:
        """Whether even the right password is not looked at yet."""
        return self.last_failed_at is not None and now < self.locked_until()

    def after_failure(self, now: datetime) -> Tries:
        """The count after one more wrong password; a count that has rested 15 minutes starts anew."""
        return Tries(1 if self._is_past(now) else self.failed + 1, now, self.pace)

    def left(self) -> int:
        """How many more wrong passwords until one has to wait."""
        return max(0, self.pace.free + 1 - self.failed)

    def locked_until(self) -> datetime:
        """When the next try is looked at; only meaningful once something failed."""
        if self.last_failed_at is None:
            raise ValueError("nothing has failed yet")
        beyond = self.failed - self.pace.free
        if beyond <= 0:
            return self.last_failed_at
        return self.last_failed_at + min(self.pace.first_wait * 2 ** min(beyond - 1, 20), self.pace.longest_wait)

    def refusal(self, now: datetime) -> Refusal:
        """What is said after a wrong password, or while the wait lasts."""
        if not self.is_locked(now):
            return CredentialsWrong(
                f"用户名或口令不对。再错 {self.left()} 次，就要等一会儿才能再试。", tries_left=self.left()
            )
        wait_s = max(1, round((self.locked_until() - now).total_seconds()))
        wait = f"{wait_s} 秒" if wait_s < 60 else f"{-(-wait_s // 60)} 分钟"
        return SignInLocked(f"口令输错的次数太多，请 {wait}后再试。", retry_after_s=wait_s)

    def _is_past(self, now: datetime) -> bool:
        return self.last_failed_at is None or now >= self.last_failed_at + LOCK_LASTS


def slowest(counts: Iterable[Tries], now: datetime) -> Tries | None:
    """Of several counts, the one that has to wait longest; None when none has to."""
    waiting = [one for one in counts if one.is_locked(now)]
    return max(waiting, key=Tries.locked_until) if waiting else None


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
