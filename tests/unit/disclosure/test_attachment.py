"""What stands between one file and the portal: the first of what is in its way, with its name."""

import pytest

from services.disclosure.policy.attachment import obstacle_to_file


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        ({"is_here": True, "is_examined": True}, None),
        ({"is_here": False, "is_examined": True}, "file_not_here"),
        ({"is_here": False, "is_examined": False, "obstacle_code": "x", "obstacle": "有密码。"}, "file_not_here"),
        ({"is_here": True, "is_examined": False}, "attachment_not_examined"),
        ({"is_here": True, "is_examined": True, "obstacle_code": "x", "obstacle": "有密码。"}, "x"),
    ],
)
def test_the_first_obstacle_is_named_with_its_file(standing: dict[str, object], code: str | None) -> None:
    found = obstacle_to_file("表.docx", **standing)  # type: ignore[arg-type]
    assert (found.code if found else None) == code
    assert found is None or "“表.docx”" in found.message
