"""Every service has a way in at its own address."""

import pytest
from fastapi import FastAPI
from starlette.routing import Match

from services.kernel.runtime.surroundings.settings import ALL_SERVICES
from services.node import build_service


@pytest.mark.parametrize("name", ALL_SERVICES)
def test_a_service_answers_at_its_own_address(name: str) -> None:
    app = FastAPI()
    for router in build_service(name).routers:
        app.include_router(router)
    asked = {"type": "http", "method": "GET", "path": "/", "headers": []}
    assert any(route.matches(asked)[0] is Match.FULL for route in app.router.routes)
