"""What a caller sends has a name that people know: a refusal says it, on a page and to a program alike."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from services.kernel.runtime.running.app import make_node
from services.kernel.runtime.web.sentences import label_at, models_in
from services.node import build_services
from tests.architecture.test_asking import routes_of
from tests.support.service import DISTRICT, settings_for

NOT_YET = ("services.directory.", "services.exchange.")
"""Whose inputs still have fields without a title."""


def nameless(model: type[BaseModel]) -> Iterator[str]:
    """The fields of a model, and of those in it, that no sentence can name."""
    for name, info in model.model_fields.items():
        if not label_at(model, (name,)):
            yield f"{model.__name__}.{name}"
        for inner in models_in(info.annotation):
            yield from nameless(inner)


def test_every_field_that_a_program_sends_has_a_label(tmp_path: Path) -> None:
    process = make_node(build_services(), settings_for(DISTRICT, tmp_path), with_agents=False)
    bodies: list[Any] = [route.body_field for route in routes_of(process.app.routes) if "/internal/" not in route.path]
    models = {model for body in bodies if body for model in models_in(body.field_info.annotation)}
    named = {model for model in models if not model.__module__.startswith(NOT_YET)}
    assert len(named) > 15
    assert sorted({field for model in named for field in nameless(model)}) == []
