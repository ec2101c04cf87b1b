"""Run intake alone: `python -m services.intake`."""

from services.intake.app import intake_service
from services.kernel.runtime.running.serving import serve
from services.kernel.runtime.surroundings.settings import Settings

serve([intake_service()], Settings())
