"""The relay: takes facts out of the outbox to the broker, urgent ones first, and looks whether they stay there."""

from services.kernel.runtime.telling.relay.relaying import Relay

__all__ = ["Relay"]
