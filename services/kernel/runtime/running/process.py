"""One process of a node, as its parts see it: the root app, the services' contexts and what runs beside the pages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from fastapi import FastAPI

from services.kernel.runtime.running.service_runner import ServiceRunner
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.telling.progress import Watcher

VERSION = "0.1.0"


@dataclass
class NodeProcess:
    """A process of a node: its root app and the contexts of its services."""

    app: FastAPI
    contexts: dict[str, ServiceContext]
    runners: list[ServiceRunner]
    settings: Settings
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    watchers: dict[str, Watcher] = field(default_factory=dict)


def count_tasks() -> int:
    """How many tasks the running event loop has."""
    try:
        return len(asyncio.all_tasks())
    except RuntimeError:  # asked from outside the loop
        return 0
