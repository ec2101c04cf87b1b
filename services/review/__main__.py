"""The review service as a process of its own: `python -m services.review`."""

from services.kernel.runtime.serving import serve
from services.kernel.runtime.settings import Settings
from services.review.app import review_service

if __name__ == "__main__":
    serve([review_service()], Settings())
