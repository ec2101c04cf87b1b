"""Run the exchange alone: `python -m services.exchange`."""

from services.exchange.app import exchange_service
from services.kernel.runtime.serving import serve
from services.kernel.runtime.settings import Settings

serve([exchange_service()], Settings())
