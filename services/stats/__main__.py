"""The stats service as a process of its own: `python -m services.stats`."""

from services.kernel.runtime.running.serving import serve
from services.kernel.runtime.surroundings.settings import Settings
from services.stats.app import stats_service

if __name__ == "__main__":
    serve([stats_service()], Settings())
