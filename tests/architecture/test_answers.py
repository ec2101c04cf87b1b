"""Every call of every service's API says with a model what it answers, so that OpenAPI describes all of them."""

from collections.abc import Iterator
from typing import Any

from services.kernel.runtime.running.app import describe_services
from services.node import build_services

FILES = {
    "GET disclosure/api/v1/information/{information_id}/attachments/{attachment_id}",
    "GET intake/api/v1/submissions/{origin_id}/attachments/{attachment_id}",
    "GET review/api/v1/issues/{issue_id}.docx",
    "GET review/api/v1/issues/{issue_id}.pdf",
    "GET review/api/v1/submissions/{origin_id}/attachments/{attachment_id}",
    "GET review/api/v1/submissions/{origin_id}/manuscript.docx",
    "GET review/api/v1/submissions/{origin_id}/manuscript.pdf",
    "GET review/api/v1/submissions/{origin_id}/sign-scan",
}
"""What answers with a file; a call that answers nothing (204) needs no model either."""


def _calls() -> Iterator[tuple[str, dict[str, Any]]]:
    for service, document in describe_services(build_services()).items():
        for path, operations in document["paths"].items():
            if "/api/" in path:
                for method, operation in operations.items():
                    yield f"{method.upper()} {service}{path}", operation["responses"]


def _has_model(responses: dict[str, Any]) -> bool:
    [answer] = [answer for status, answer in responses.items() if status.startswith("2")]
    return "$ref" in answer.get("content", {}).get("application/json", {"schema": {"$ref": ""}})["schema"]


def test_every_call_answers_with_a_model_or_a_file() -> None:
    calls = dict(_calls())
    assert {call for call, responses in calls.items() if not _has_model(responses)} == FILES
    assert len(calls) > 100
