"""Whoever may not send a body is told so before it is read: each route that takes one says what it asks first."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from services.kernel.runtime.running.app import make_node
from services.kernel.runtime.web.asking import officer_asking
from services.kernel.runtime.web.dependencies import IfMatch
from services.kernel.runtime.web.edge import UNSAFE
from services.node import build_services
from tests.support.service import DISTRICT, settings_for

FOR_EVERYBODY = {"/tokens", "/tokens/renew", "/tokens/revoke"}
"""Signing in, which nobody may be asked for before."""


def routes_of(routes: Iterable[Any]) -> Iterator[Any]:
    for route in routes:
        if hasattr(route, "effective_candidates"):  # a router that FastAPI keeps as one
            yield from routes_of(route.effective_candidates())
        elif hasattr(route, "body_field"):
            yield route
        elif hasattr(route, "routes"):  # the kernel's own addresses stand in each service beside the service's
            yield from routes_of(route.routes)


def test_a_route_with_a_body_asks_for_the_permission_first(tmp_path: Path) -> None:
    process = make_node(build_services(), settings_for(DISTRICT, tmp_path), with_agents=False)
    asking, silent = list[str](), list[str]()
    for route in routes_of(process.app.routes):
        if route.body_field is None or not UNSAFE & route.methods:
            continue
        said = asking if hasattr(route.endpoint, "asked_first") else silent
        said.append(route.path)
    assert len(asking) > 50
    assert {path for path in silent if not path.endswith(tuple(FOR_EVERYBODY))} == set()


def test_whoever_sends_a_form_is_known_before_it_can_come_back(tmp_path: Path) -> None:
    """Its page is shown to an officer: a version that is missing must not be noticed before a stranger is."""
    process = make_node(build_services(), settings_for(DISTRICT, tmp_path), with_agents=False)
    forms = [route for route in routes_of(process.app.routes) if hasattr(route.endpoint, "comes_back")]
    of_officers = [(route.path, list(_calls(route.dependant))) for route in forms if route.path != "/login"]
    (if_match,) = (one.dependency for one in IfMatch.__metadata__)  # type: ignore[attr-defined]
    hasty = {path for path, calls in of_officers if if_match in calls[: calls.index(officer_asking)]}
    assert len(forms) > 50
    assert hasty == set()


def _calls(dependant: Any) -> Iterator[Any]:
    """What a route asks for, in the order in which it is asked."""
    for one in dependant.dependencies:
        yield from _calls(one)
        yield one.call
