"""Work on texts and files from outside, in child processes with a limit on time and memory: the node's loop never waits."""

from services.kernel.runtime.apart.lane import READING, Lane, TooBusy, WorkTooLarge, close_lanes

__all__ = ["READING", "Lane", "TooBusy", "WorkTooLarge", "close_lanes"]
