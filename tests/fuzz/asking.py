"""Cases that Schemathesis makes for an operation, each sent by half of the roles, by turns with made-up ids and with real ones."""

from __future__ import annotations

import itertools
import json
import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from services.kernel.language.vocabulary import Role
from tests.fuzz.world import STRANGER, World, documents


def operations() -> Iterator[tuple[str, str, Any]]:
    """Every operation of every document: service, a name for people, and what makes its cases."""
    for service, document in documents().items():
        found: Iterator[Any] = schemathesis.openapi.from_dict(document).get_all_operations()
        for operation in (one.ok() for one in found):
            yield service, f"{operation.method.upper()} {service} {operation.path}", operation


def faults_of(world: World, service: str, operation: Any, *, cases: int, derandomize: bool) -> list[str]:
    """What answered 5xx to some cases of an operation, one line each."""
    faults: list[str] = []
    everybody = (STRANGER, *Role)
    turns = itertools.cycle(
        (({}, everybody[::2]), (world.ids, everybody[1::2]), (world.ids, everybody[::2]), ({}, everybody[1::2]))
    )

    @settings(
        max_examples=cases, derandomize=derandomize, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        known, some = next(turns)
        for who in some:
            sent = _request(service, case, known)
            answer = world.ask(who, case.method, **sent)
            world.statuses[answer.status_code] += 1
            if answer.status_code >= 500:
                faults.append(f"{answer.status_code} {who} {case.method} {sent}: {answer.text[:200]}"[:1500])

    ask()
    return faults


def _request(service: str, case: Any, known: dict[str, str]) -> dict[str, Any]:
    """The case as a client sends it; ids that are known take the place of made-up ones."""
    path = case.operation.path
    for name, value in (case.path_parameters or {}).items():
        path = path.replace(f"{{{name}}}", quote(str(known.get(name, value)), safe=""))
    headers = {str(name): str(value).encode("utf-8", "replace") for name, value in (case.headers or {}).items()}
    if known:
        headers["If-Match"] = b"1"
    sent: dict[str, Any] = {"url": posixpath.normpath(f"/{service}{path}"), "headers": headers}
    if case.query:
        sent["params"] = case.query
    if _has_body(case):
        sent |= _body(case)
        if "content" in sent:
            headers["Content-Type"] = b"application/json"
    return sent


def _has_body(case: Any) -> bool:
    return type(case.body).__name__ != "NotSet"


def _body(case: Any) -> dict[str, Any]:
    if (case.media_type or "").startswith("multipart/"):
        fields = case.body if isinstance(case.body, dict) else {"file": case.body}
        return {"files": {name: ("x.txt", str(value).encode("utf-8", "replace")) for name, value in fields.items()}}
    return {"content": json.dumps(case.body, default=str).encode("utf-8", "surrogatepass")}
