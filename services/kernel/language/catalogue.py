"""The contract of the facts: AsyncAPI 3 and JSON Schemas, generated from the models that open them."""

from __future__ import annotations

from typing import Any

from services.kernel.language.events import (
    ARRIVAL_TOPIC,
    ARRIVAL_URGENT_TOPIC,
    FACTS,
    RETURNED_TOPIC,
    RETURNED_URGENT_TOPIC,
    Fact,
    arriving,
)

VERSION = "1.0.0"


def topics_of(fact: type[Fact]) -> list[str]:
    """The topics a fact is told on, without the node's prefix."""
    return [topic for topic in (fact.TOPIC, fact.URGENT_TOPIC) if topic]


def json_schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of every fact by `<type>.<version>`."""
    return {f"{type_}.{fact.VERSION}": fact.model_json_schema() for type_, fact in sorted(FACTS.items())}


def asyncapi() -> dict[str, Any]:
    """The whole contract as one AsyncAPI 3 document; channel addresses carry `{node}`."""
    channels: dict[str, list[type[Fact]]] = {}
    for fact in FACTS.values():
        for topic in topics_of(fact):
            channels.setdefault(topic, []).append(fact)
    for topic in (ARRIVAL_TOPIC, ARRIVAL_URGENT_TOPIC, RETURNED_TOPIC, RETURNED_URGENT_TOPIC):
        channels[topic] = arriving()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "上达 facts",
            "version": VERSION,
            "description": "CloudEvents 1.0, Kafka binary mode inside a node; order holds per topic and key. "
            "`x-crosses` says on which ways a fact crosses to other nodes; without one it stays inside its own.",
        },
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic, facts) for topic, facts in sorted(channels.items())},
        "operations": {f"tell.{topic}": _operation(topic) for topic in sorted(channels)},
        "components": {
            "messages": {type_: _message(fact) for type_, fact in sorted(FACTS.items())},
            "messageTraits": {"envelope": {"headers": _HEADERS}},
        },
    }


def _channel(topic: str, facts: list[type[Fact]]) -> dict[str, Any]:
    return {
        "address": f"{{node}}.{topic}",
        "parameters": {"node": {"description": "id of the node, e.g. township"}},
        "messages": {
            fact.TYPE: {"$ref": f"#/components/messages/{fact.TYPE}"} for fact in sorted(facts, key=lambda f: f.TYPE)
        },
        "bindings": {"kafka": {"bindingVersion": "0.5.0"}},
    }


def _operation(topic: str) -> dict[str, Any]:
    return {"action": "send", "channel": {"$ref": f"#/channels/{topic}"}}


def _message(fact: type[Fact]) -> dict[str, Any]:
    return {
        "name": fact.TYPE,
        "title": fact.__name__,
        "summary": (fact.__doc__ or "").strip().splitlines()[0],
        "x-crosses": sorted(fact.WAYS),
        "traits": [{"$ref": "#/components/messageTraits/envelope"}],
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": fact.model_json_schema(
                ref_template=f"#/components/messages/{fact.TYPE}/payload/schema/$defs/{{model}}"
            ),
        },
    }


def _text(description: str) -> dict[str, str]:
    return {"type": "string", "description": description}


_HEADERS: dict[str, Any] = {
    "type": "object",
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "ce_subject", "ce_sequence"],
    "properties": {
        "content-type": {"const": "application/json"},
        "ce_specversion": {"const": "1.0"},
        "ce_id": _text("unique; the same for ever, also at other nodes"),
        "ce_type": _text("name of the fact"),
        "ce_source": _text("/<node>/<service> where it was born"),
        "ce_time": _text("RFC 3339, UTC"),
        "ce_subject": _text("the key whose facts keep their order"),
        "ce_dataschema": _text("urn:shangda:<type>:<version>"),
        "ce_sequence": _text("decimal; counts per topic and key from 1"),
        "ce_epoch": _text("decimal; raised by a restore alone"),
        "ce_node": _text("node where it was born"),
        "ce_level": _text("level of that node"),
        "ce_via": _text("nodes it has passed, comma separated, oldest first"),
        "traceparent": _text("W3C trace context"),
    },
}
