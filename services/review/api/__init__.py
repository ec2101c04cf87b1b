"""JSON in and out: items and their passage, periodicals and issues, files."""

from services.review.api.decisions import router as decisions
from services.review.api.documents import router as documents
from services.review.api.files import router as files
from services.review.api.issues import router as issues
from services.review.api.submissions import router as submissions

ROUTERS = (submissions, decisions, files, documents, issues)
