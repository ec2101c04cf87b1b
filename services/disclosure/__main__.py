"""Disclosure as a process of its own: `python -m services.disclosure`, or `… portal` for the public part alone."""

import sys

from services.disclosure.app import disclosure_service, portal_service
from services.kernel.runtime.running.serving import serve
from services.kernel.runtime.surroundings.settings import Settings

if __name__ == "__main__":
    serve([portal_service() if sys.argv[1:] == ["portal"] else disclosure_service()], Settings())
