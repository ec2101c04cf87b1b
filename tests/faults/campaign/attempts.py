"""What an officer asks of a node that may be dying: every attempt with what came of it, none forgotten."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.demo.officers import PASSWORD
from deploy.demo.process import NodeProcess

ANSWER_WITHIN_S = 15.0
NOT_LET_IN = "not let in"
NO_ANSWER = "no answer"


@dataclass
class Attempt:
    """One write: who asked what, under which Idempotency-Key, and what came of it.

    Attributes:
        answer: The JSON of the last answer that was a success.
        answered_at: Unix time of the last answer.
        outcome: `done`, `refused …` (the state did not allow it), `failed …` (5xx), or NO_ANSWER: nobody knows.
    """

    number: int
    node_id: str
    username: str
    method: str
    path: str
    options: dict[str, Any]
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    outcome: str = NO_ANSWER
    answer: dict[str, Any] = field(default_factory=dict, repr=False)
    answered_at: float = 0.0

    def __str__(self) -> str:
        """One line for the report."""
        return f"{self.number:5} {self.node_id} {self.username} {self.method} {self.path}: {self.outcome}"


class Diary:
    """All attempts of all desks, in the order in which they were begun."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self._lock = threading.Lock()

    def begin(self, node_id: str, username: str, method: str, path: str, options: dict[str, Any]) -> Attempt:
        """Write down what is about to be asked."""
        with self._lock:
            attempt = Attempt(len(self.attempts), node_id, username, method, path, options)
            self.attempts.append(attempt)
            return attempt

    @property
    def outcomes(self) -> Counter[str]:
        """How many attempts ended how."""
        return Counter(attempt.outcome for attempt in self.attempts)

    @property
    def unanswered(self) -> list[Attempt]:
        """Those of which nobody knows whether they were done."""
        return [attempt for attempt in self.attempts if attempt.outcome == NO_ANSWER]


class Seat:
    """One officer at one node: reads and writes through the public API, and survives that nobody answers."""

    def __init__(self, node: NodeProcess, username: str, diary: Diary) -> None:
        self.node = node
        self.username = username
        self.diary = diary
        self._client = httpx.Client(base_url=node.url, timeout=ANSWER_WITHIN_S, trust_env=False)
        self._token = ""

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def read(self, path: str, **params: Any) -> dict[str, Any] | None:
        """The JSON of a page; None when it cannot be had now."""
        answer = self._send("GET", path, params=params)
        return answer.json() if answer is not None and answer.is_success else None

    def etag(self, path: str) -> str | None:
        """The version that a change must name; None when it cannot be had now."""
        answer = self._send("GET", path)
        return answer.headers.get("etag") if answer is not None and answer.is_success else None

    def write(self, method: str, path: str, **options: Any) -> dict[str, Any] | None:
        """Ask for a change and note what came of it; the JSON when it was done."""
        return self.repeat(self.diary.begin(self.node.plan.node_id, self.username, method, path, options))

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """Ask for a change with a JSON body."""
        return self.write("POST", path, json=body)

    def repeat(self, attempt: Attempt) -> dict[str, Any] | None:
        """Ask once more, under the same key: what was done is not done again, and its answer comes back."""
        headers = {**attempt.options.get("headers", {}), "Idempotency-Key": attempt.key}
        answer = self._send(attempt.method, attempt.path, **{**attempt.options, "headers": headers})
        attempt.outcome, attempt.answered_at = _outcome(answer), time.time()
        if answer is None or not answer.is_success or not answer.content:
            return None
        attempt.answer = answer.json()
        return attempt.answer

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response | None:
        try:
            if not self._token and not self._sign_in():
                return None
            answer = self._ask(method, path, **options)
            if answer.status_code == httpx.codes.UNAUTHORIZED and self._sign_in():
                answer = self._ask(method, path, **options)
            return answer
        except httpx.HTTPError:
            return None

    def _ask(self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        given = {"Authorization": f"Bearer {self._token}", **(headers or {})}
        return self._client.request(method, path, headers=given, **options)

    def _sign_in(self) -> bool:
        said = {"username": self.username, "password": PASSWORD}
        answer = self._client.post("/directory/api/v1/tokens", json=said)
        self._token = answer.json()["access_token"] if answer.is_success else ""
        return bool(self._token)


def _outcome(answer: httpx.Response | None) -> str:
    if answer is None:
        return NO_ANSWER
    if answer.is_success:
        return "done"
    try:
        code = str(answer.json().get("code", ""))
    except ValueError:
        code = ""
    return f"{'failed' if answer.is_server_error else 'refused'} {answer.status_code} {code}".strip()
