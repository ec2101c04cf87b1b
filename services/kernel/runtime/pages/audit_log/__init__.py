"""The audit log as pages: who did what when, for the administrator."""

from services.kernel.runtime.pages.audit_log.pages import audit_router

__all__ = ["audit_router"]
