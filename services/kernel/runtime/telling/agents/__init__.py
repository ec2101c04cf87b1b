"""The listeners of a service: Faust agents, supervised, that read from their own positions and feed the inbox."""

from services.kernel.runtime.telling.agents.supervised import SupervisedAgents

__all__ = ["SupervisedAgents"]
