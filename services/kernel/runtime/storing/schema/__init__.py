"""The kernel's revisions and how Alembic runs a service's."""
