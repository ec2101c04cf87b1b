"""Any set of services of a node in one process: `python -m services.node` (SHANGDA_SERVICES chooses)."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from services.kernel.runtime.running.serving import serve
from services.kernel.runtime.service import Service
from services.kernel.runtime.surroundings.settings import ALL_SERVICES, Settings


class ServiceUnknown(ValueError):
    """SHANGDA_SERVICES names a service that does not exist."""


def build_services(names: Sequence[str] = ALL_SERVICES) -> list[Service]:
    """The wiring of the named services, in the order of ALL_SERVICES.

    Raises:
        ServiceUnknown: A name that is no service of ours.
    """
    if unknown := set(names) - set(ALL_SERVICES):
        raise ServiceUnknown(f"{', '.join(sorted(unknown))}; there are {', '.join(ALL_SERVICES)}")
    return [build_service(name) for name in ALL_SERVICES if name in names]


def build_service(name: str) -> Service:
    """The wiring of one service; its code is imported only when it is asked for."""
    service: Service = getattr(import_module(f"services.{name}.app"), f"{name}_service")()
    return service


if __name__ == "__main__":
    settings = Settings()
    serve(build_services(settings.service_names), settings)
