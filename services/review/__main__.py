"""The review service as a process of its own: `python -m services.review`."""

from services.kernel.runtime.running.serving import serve
from services.kernel.runtime.surroundings.settings import Settings
from services.review.app import review_service

if __name__ == "__main__":
    serve([review_service()], Settings())
