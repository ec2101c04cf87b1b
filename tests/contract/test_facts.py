"""Every version of every fact ever told has a golden example that still opens, and is told and heard where the contract says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.kernel.language.envelope import (
    Envelope,
    dataschema_of,
    from_headers,
    from_structured,
    to_headers,
    to_structured,
)
from services.kernel.language.events import FACTS, UPCASTERS, FactUnknown, FactUnreadable, open_fact
from services.kernel.language.events.parts import TYPE_FIELDS, Content
from services.kernel.language.particulars import own_fields
from services.kernel.language.vocabulary import InfoType
from services.node import build_services

EXAMPLES = Path("services/kernel/language/events/examples")
FILES = sorted(EXAMPLES.glob("*.json"))


def envelope_of(path: Path) -> Envelope:
    type_, version = path.stem.rsplit(".", 1)
    data = json.dumps(json.loads(path.read_text()), ensure_ascii=False, separators=(",", ":")).encode()
    return Envelope(
        id="e-1", type=type_, source="/district/review", time=datetime(2026, 11, 24, tzinfo=UTC), subject="k-1",
        dataschema=dataschema_of(type_, int(version)), node="district", level="county", data=data, via=("district",),
        sequence=3, epoch=1,
    )  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_golden_example_opens_and_says_the_same(path: Path) -> None:
    fact = open_fact(envelope_of(path))
    assert path.stem.rsplit(".", 1)[0] == fact.TYPE
    if int(path.stem.rsplit(".", 1)[1]) == fact.VERSION:
        example = json.loads(path.read_text())
        assert without_new_places(fact.model_dump(mode="json"), example) == example


def without_new_places(said: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    """What a fact says, apart from empty places of its item and content that came after the example was kept."""
    parts = {name: said[name] for name in ("item", "content") if name in said}
    return said | {
        part: {name: value for name, value in values.items() if value not in (None, [], "") or name in example[part]}
        for part, values in parts.items()
    }


def test_every_version_of_every_fact_has_an_example() -> None:
    wanted = {f"{type_}.{version}" for type_, fact in FACTS.items() for version in range(1, fact.VERSION + 1)}
    assert {path.stem for path in FILES} == wanted


def test_every_type_with_fields_of_its_own_has_an_example_that_fills_them_all_and_still_opens() -> None:
    kept = {path.stem: json.loads(path.read_text()) for path in (EXAMPLES / "types").glob("*.json")}
    assert kept.keys() == TYPE_FIELDS.keys()
    for name, example in kept.items():
        assert example.keys() == {field.name for field in own_fields(InfoType(name))}
        assert TYPE_FIELDS[name].model_validate(example).model_dump(mode="json") == example
        carried = Content.model_validate(_CONTENT | {name: example})
        assert Content.model_validate_json(carried.model_dump_json()) == carried
        assert example.items() <= json.loads(json.dumps(carried.values, default=_plain)).items()


def test_an_example_from_before_a_type_had_fields_of_its_own_says_no_more_than_it_did() -> None:
    content = Content.model_validate(_CONTENT)
    assert {name: value for name, value in content.model_dump(mode="json").items() if name not in _CONTENT} == {
        **dict.fromkeys(TYPE_FIELDS, None), "authors": [], "suggested_attribute": None, "attachments": [],
    }  # fmt: skip


_CONTENT: dict[str, Any] = {
    "edition": {
        "node": "township", "number": 1, "title": "题", "body": "文", "edited_by": "周文",
        "edited_at": "2026-11-24T06:30:00Z",
    },
    "author_name": "周文", "author_phone": "0000-0000000", "non_secret_declared": True,
}  # fmt: skip


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else str(value)


def test_every_older_version_can_be_upcast() -> None:
    assert set(UPCASTERS) == {(type_, v) for type_, fact in FACTS.items() for v in range(1, fact.VERSION)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_envelope_survives_both_modes(path: Path) -> None:
    envelope = envelope_of(path)
    assert from_headers(to_headers(envelope), envelope.data) == envelope
    across = from_structured(to_structured(envelope))
    assert (across.id, across.type, across.time, across.via) == (
        envelope.id,
        envelope.type,
        envelope.time,
        envelope.via,
    )
    assert json.loads(across.data) == json.loads(envelope.data)
    assert to_structured(across) == to_structured(envelope)


def test_a_newer_version_is_unknown_and_a_wrong_shape_is_unreadable() -> None:
    from dataclasses import replace

    envelope = envelope_of(EXAMPLES / "submission.adopted.1.json")
    with pytest.raises(FactUnknown):
        open_fact(replace(envelope, dataschema=dataschema_of("submission.adopted", 99)))
    with pytest.raises(FactUnreadable):
        open_fact(replace(envelope, data=b'{"item": 7}'))


def test_what_is_told_is_claimed_by_exactly_one_service() -> None:
    told = [fact.TYPE for service in build_services() for fact in service.tells]
    assert sorted(told) == sorted(FACTS)


@pytest.mark.parametrize("name", ["directory", "disclosure", "intake", "review"])
def test_a_service_can_take_in_again_every_fact_that_it_tells(name: str) -> None:
    service = next(one for one in build_services() if one.name == name)
    assert set(service.replays) == set(service.tells)


def test_what_is_listened_to_is_told_on_that_topic() -> None:
    from services.kernel.language.catalogue import asyncapi
    from services.kernel.language.events import Fact

    channels = asyncapi()["channels"]
    for service in build_services():
        for topic, handlers in service.listens_to.items():
            assert topic in channels, (service.name, topic)
            for fact in handlers:
                assert fact is Fact or fact.TYPE in channels[topic]["messages"], (service.name, topic, fact)
