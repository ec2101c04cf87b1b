"""The lock-out and the password rule, by an explicit clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.directory.policy.sign_in import (
    DEMO_PASSWORD,
    CredentialsWrong,
    DemoAccountRefused,
    PasswordTooWeak,
    Place,
    SignInLocked,
    Tries,
    password_fault,
    require_good_password,
    slowest,
)

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def after(failures: int, *, apart: timedelta = timedelta(seconds=5)) -> tuple[Tries, datetime]:
    tries, now = Tries(), NOW
    for _ in range(failures):
        now += apart
        tries = tries.after_failure(now)
    return tries, now


@pytest.mark.parametrize(("failures", "left"), [(1, 4), (2, 3), (3, 2), (4, 1)])
def test_each_wrong_password_says_how_many_are_left(failures: int, left: int) -> None:
    tries, now = after(failures)
    refusal = tries.refusal(now)
    assert isinstance(refusal, CredentialsWrong)
    assert refusal.details["tries_left"] == left
    assert f"再错 {left} 次，就要等一会儿" in str(refusal)


@pytest.mark.parametrize(("failures", "wait_s"), [(5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (60, 900)])
def test_from_the_fifth_wrong_password_on_each_wait_is_twice_the_last_up_to_a_quarter_of_an_hour(
    failures: int, wait_s: int
) -> None:
    tries, now = after(failures)
    assert tries.is_locked(now + timedelta(seconds=wait_s - 1))
    assert not tries.is_locked(now + timedelta(seconds=wait_s))
    refusal = tries.refusal(now)
    assert isinstance(refusal, SignInLocked)
    assert refusal.headers == {"Retry-After": str(wait_s)}
    assert (f"{wait_s} 秒后再试" if wait_s < 60 else f"{wait_s // 60} 分钟后再试") in str(refusal)


def test_the_waiting_time_that_is_shown_gets_shorter_and_never_zero() -> None:
    tries, now = after(10)
    assert "14 分钟" in str(tries.refusal(now + timedelta(minutes=1)))
    assert tries.refusal(now + timedelta(minutes=14, seconds=59.9)).headers == {"Retry-After": "1"}


def test_a_count_that_rested_starts_anew() -> None:
    tries, now = after(4)
    again = tries.after_failure(now + timedelta(minutes=15))
    assert again.failed == 1
    tries, now = after(5)
    assert tries.after_failure(now + timedelta(minutes=15)).failed == 1


def test_slow_guessing_just_inside_the_window_still_has_to_wait() -> None:
    tries, now = after(5, apart=timedelta(minutes=14))
    assert tries.is_locked(now)


def test_a_known_browser_is_counted_by_itself_and_a_stranger_by_name_and_address() -> None:
    assert list(Place(address="10.0.0.1", browser="b1").counts("editor")) == [("editor", "browser b1")]
    assert list(Place(address="10.0.0.1").counts("editor")) == [
        ("editor", "address 10.0.0.1"), ("editor", ""), ("", "address 10.0.0.1"),
    ]  # fmt: skip


def test_of_several_counts_the_longest_wait_holds() -> None:
    short, now = after(5)
    long, _ = after(7)
    assert slowest([short, long, Tries()], now) == long
    assert slowest([Tries(3, now)], now) is None


@pytest.mark.parametrize(
    ("password", "part"),
    [
        ("", "至少"),
        ("short", "至少"),
        ("x" * 9, "至少"),
        ("z" * 129 + "abc", "最多"),
        ("aaaaaaaaaaaa", "太简单"),
        ("abcabcabcabc", "太简单"),
        ("my-Editor-2026", "用户名"),
        ("陈小满-2026-安澜", "姓名"),
        ("tab\tinside-2026", "不能显示"),
        ("null\x00inside-2026", "不能显示"),
    ],
)
def test_a_bad_password_is_told_what_is_wrong(password: str, part: str) -> None:
    fault = password_fault(password, username="editor", name="陈小满")
    assert fault is not None
    assert part in fault


@pytest.mark.parametrize(
    "password", ["correct horse", "安澜江水绿如蓝春来日日新", "0123456789", "日" * 3 + "月火水木金土天"]
)
def test_a_good_password_passes(password: str) -> None:
    assert password_fault(password, username="editor", name="陈小满") is None


def test_the_password_of_the_demo_is_for_the_demo_only() -> None:
    require_good_password(DEMO_PASSWORD, username="admin", name="x", demo=True)
    with pytest.raises(DemoAccountRefused):
        require_good_password(DEMO_PASSWORD, username="admin", name="x", demo=False)


def test_a_weak_password_names_its_field() -> None:
    with pytest.raises(PasswordTooWeak) as refusal:
        require_good_password("short", username="a", name="b", demo=True)
    assert refusal.value.details["errors"][0]["field"] == "password"
