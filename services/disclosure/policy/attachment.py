"""What stands between one file and the portal."""

from __future__ import annotations

from services.kernel.language.field_error import FieldError


def obstacle_to_file(
    filename: str, *, is_here: bool, is_examined: bool, obstacle_code: str = "", obstacle: str = ""
) -> FieldError | None:
    """Why this file cannot go out with its text now; None if it can.

    Args:
        is_here: Whether the file and its public copy are on this node's disk.
        obstacle_code: What the examination found in the way, "" if nothing; `obstacle` says it as a sentence.
    """
    named = f"附件“{filename}”"
    if not is_here:
        return FieldError("attachments", "file_not_here", f"{named}不在本级，请重新上传。")
    if not is_examined:
        return not_examined(filename)
    if obstacle_code:
        return FieldError("attachments", obstacle_code, f"{named}不能公开：{obstacle}")
    return None


def not_examined(filename: str) -> FieldError:
    """Nobody knows yet what stands in the file."""
    return FieldError("attachments", "attachment_not_examined", f"附件“{filename}”还在检查，请过几分钟再试。")
