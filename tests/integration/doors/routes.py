"""Every address that a node answers, from the route tables themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from starlette.staticfiles import StaticFiles


def routes_of(routes: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Method and address of each route, mounted and included ones too; HEAD is GET without a body."""
    for route in routes:
        path = prefix + getattr(route, "path", "")
        if hasattr(route, "effective_candidates"):  # a router that FastAPI keeps as one
            yield from routes_of(route.effective_candidates(), prefix)
        elif methods := getattr(route, "methods", None):
            yield from ((method, path) for method in methods if method != "HEAD")
        elif not isinstance(getattr(route, "app", None), StaticFiles):
            yield from routes_of(route.routes, path)
