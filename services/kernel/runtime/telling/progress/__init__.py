"""Progress: what was told for a listener and has not taken effect, from the teller's books against the listener's."""

from services.kernel.runtime.telling.progress.telling import telling_router
from services.kernel.runtime.telling.progress.watching import Watcher, watch

__all__ = ["Watcher", "telling_router", "watch"]
