"""What refusals say stands on pages: sentences in Chinese, and nowhere a code or a field's name."""

import re

import pytest

from services.kernel.language.refusal import Refusal
from services.node import build_services

A_CODE = re.compile(r"[a-z]+_[a-z]+|[A-Z][a-z]+[A-Z]")
OWN = ("services.kernel", "services.intake", "services.review", "services.directory", "services.exchange")


def kinds_of(kind: type[Refusal]) -> list[type[Refusal]]:
    return [kind, *(one for child in kind.__subclasses__() for one in kinds_of(child))]


def all_kinds() -> list[type[Refusal]]:
    build_services()
    return sorted(
        {kind for kind in kinds_of(Refusal) if kind.__module__.startswith(OWN)},
        key=lambda kind: (kind.code, kind.__name__),
    )


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.__name__)
def test_a_refusal_says_a_sentence_and_no_code(kind: type[Refusal]) -> None:
    assert kind.message.endswith(("。", "；", "）", "."))
    assert not kind.message.isascii()
    assert not A_CODE.search(kind.message.replace("If-Match", "").replace("Idempotency-Key", ""))
