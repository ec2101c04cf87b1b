"""The event desk: what has not taken effect in a service, said so that a person understands it."""

from services.kernel.runtime.pages.event_desk.pages import desk_router

__all__ = ["desk_router"]
