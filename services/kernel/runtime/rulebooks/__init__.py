"""Rulebooks as a service keeps them: versions in its database, its own hooks, the administrator's pages."""

from services.kernel.runtime.rulebooks.hooks import Effect, Foresight, Hooks
from services.kernel.runtime.rulebooks.saving import Draft, first_version, read_apart, save_version
from services.kernel.runtime.rulebooks.versions import (
    BEGINNING,
    Version,
    find_version,
    list_versions,
    rules_at,
    text_at,
    version_on,
)

__all__ = [
    "BEGINNING",
    "Draft",
    "Effect",
    "Foresight",
    "Hooks",
    "Version",
    "find_version",
    "first_version",
    "list_versions",
    "read_apart",
    "rules_at",
    "save_version",
    "text_at",
    "version_on",
]
