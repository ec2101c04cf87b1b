"""Run the exchange alone: `python -m services.exchange`."""

from services.exchange.app import exchange_service
from services.kernel.runtime.running.serving import serve
from services.kernel.runtime.surroundings.settings import Settings

serve([exchange_service()], Settings())
