"""An officer of a demo node at the keyboard: signs in and calls the public API as that officer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import TracebackType
from typing import Any, Self

import httpx

from deploy.demo.process import NodeProcess

PASSWORD = "shangda-demo"

ROLES = {
    "clerk": "信息员",
    "reviewer": "审核",
    "signer": "签发",
    "editor": "采编",
    "chief": "刊物签发",
    "leader": "领导",
    "duty": "值班",
    "secrecy": "保密审查",
    "publisher": "公开",
    "statistician": "考核",
    "admin": "管理员",
}
"""Demo usernames of every node with what they do."""

BUREAU_ROLES = {
    "bureau_clerk": "区水利局信息员",
    "bureau_reviewer": "区水利局审核",
    "bureau_signer": "区水利局签发",
}
"""Those that the district has besides."""

# Another service may lag behind a write; on a busy machine longer than the two seconds of an idle one.
NOT_HERE_YET_FOR_S = 30.0


class CallRefused(Exception):
    """A node answered otherwise than the caller needs; the message says what was asked and answered."""


@dataclass
class Officer:
    """One officer of one node, by username."""

    node: NodeProcess
    username: str
    _token: str = ""
    _client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        """Open the connection; signing in waits for the first call."""
        self._client = httpx.Client(base_url=self.node.url, timeout=30, trust_env=False)

    def __enter__(self) -> Self:
        """Use the officer in a `with` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    @cached_property
    def name(self) -> str:
        """The officer's own name, as the directory has it."""
        return str(self.get("/directory/api/v1/officers/me")["name"])

    @property
    def title(self) -> str:
        """Office, duty and name, as the narration says it: 乡信息员陈小满."""
        duty = ROLES.get(self.username) or BUREAU_ROLES[self.username]
        return f"{'' if self.username in BUREAU_ROLES else self.node.plan.short_name}{duty}{self.name}"

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """The JSON answer of a GET.

        Raises:
            CallRefused: Anything but success.
        """
        answer: dict[str, Any] = self.call("GET", path, params=params).json()
        return answer

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The JSON answer of a POST.

        Raises:
            CallRefused: Anything but success.
        """
        answer: dict[str, Any] = self.call("POST", path, json=dict(body) if body is not None else None).json()
        return answer

    def patch(self, path: str, body: Mapping[str, Any], *, etag: str) -> dict[str, Any]:
        """The JSON answer of a PATCH made for the version `etag`.

        Raises:
            CallRefused: Anything but success.
        """
        answer: dict[str, Any] = self.call("PATCH", path, json=dict(body), headers={"If-Match": etag}).json()
        return answer

    def etag(self, path: str) -> str:
        """The version that a change of this must name."""
        return self.call("GET", path).headers["etag"]

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A successful answer; while the node says `not_here_yet` it is asked again.

        Raises:
            CallRefused: Anything but success.
        """
        give_up_at = time.monotonic() + NOT_HERE_YET_FOR_S
        while True:
            answer = self.ask(method, path, **options)
            if answer.is_success:
                return answer
            if _code(answer) != "not_here_yet" or time.monotonic() > give_up_at:
                raise CallRefused(f"{self.node.plan.name} {self.username} {method} {path}：{_in_words(answer)}")
            time.sleep(0.1)

    def refusal(self, method: str, path: str, *, status: int, code: str = "", **options: Any) -> str:
        """What the node says when it refuses, as it must here.

        Raises:
            CallRefused: It did something else.
        """
        answer = self.ask(method, path, **options)
        if answer.status_code != status or (code and _code(answer) != code):
            said = _in_words(answer)
            raise CallRefused(f"{self.node.plan.name} {method} {path} 应被拒绝（{status} {code}），实际：{said}")
        return str(answer.json().get("detail") or answer.json().get("title"))

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Whatever the node answers; signs in first, and anew when the token has run out.

        Raises:
            CallRefused: The node does not answer, or does not let the officer in.
        """
        if not self._token:
            self._sign_in()
        answer = self._send(method, path, **options)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._sign_in()
            answer = self._send(method, path, **options)
        return answer

    def _sign_in(self) -> None:
        said = {"username": self.username, "password": PASSWORD}
        answer = self._raw("POST", "/directory/api/v1/tokens", json=said)
        if not answer.is_success:
            raise CallRefused(f"{self.node.plan.name} {self.username} 登录：{_in_words(answer)}")
        self._token = answer.json()["access_token"]

    def _send(self, method: str, path: str, headers: Mapping[str, str] | None = None, **options: Any) -> httpx.Response:
        return self._raw(method, path, headers={"Authorization": f"Bearer {self._token}", **(headers or {})}, **options)

    def _raw(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **options)
        except httpx.HTTPError as fault:
            raise CallRefused(f"{self.node.plan.name} {method} {path}：没有应答（{fault!r}）") from fault


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("code", ""))
    except (ValueError, AttributeError):
        return ""


def _in_words(answer: httpx.Response) -> str:
    try:
        said = answer.json()
        return f"{answer.status_code} {said.get('code', '')} {said.get('detail', '')} {said.get('errors', '')}".strip()
    except (ValueError, AttributeError):
        return f"{answer.status_code} {answer.text[:300]}"
