"""After a restore from a backup: take back what the broker holds, replay it, and write again."""

from services.kernel.runtime.telling.restoring.restoring import Restored, restore

__all__ = ["Restored", "restore"]
