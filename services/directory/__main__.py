"""Run the directory alone: python -m services.directory."""

from services.directory.app import directory_service
from services.kernel.runtime.running.serving import serve

serve([directory_service()])
