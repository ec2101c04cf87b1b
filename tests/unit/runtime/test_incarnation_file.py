"""The incarnation beside the data: members that start at once do not take each other's file away."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from services.kernel.runtime.storing.standing import note_incarnation, read_last_incarnation


def test_members_that_start_at_once_all_note_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as members:
        list(members.map(lambda _: note_incarnation(tmp_path, "review", 7), range(200)))
    assert read_last_incarnation(tmp_path, "review") == 7
    assert [path.name for path in (tmp_path / "incarnation").iterdir()] == ["review"]
