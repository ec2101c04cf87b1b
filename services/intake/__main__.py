"""Run intake alone: `python -m services.intake`."""

from services.intake.app import intake_service
from services.kernel.runtime.serving import serve
from services.kernel.runtime.settings import Settings

serve([intake_service()], Settings())
