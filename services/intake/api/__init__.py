"""JSON in and out: items, their files, and texts imported from Word."""

from services.intake.api.attachments import router as attachments
from services.intake.api.imports import router as imports
from services.intake.api.submissions import router as submissions

ROUTERS = (submissions, attachments, imports)
