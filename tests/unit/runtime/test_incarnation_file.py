"""The incarnation beside the data: members that start at once do not take each other's file away; a kill leaves none."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from services.kernel.runtime.storing.standing import UNFINISHED_AFTER_S, note_incarnation, read_last_incarnation


def test_members_that_start_at_once_all_note_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as members:
        list(members.map(lambda _: note_incarnation(tmp_path, "review", 7), range(200)))
    assert read_last_incarnation(tmp_path, "review") == 7
    assert [path.name for path in (tmp_path / "incarnation").iterdir()] == ["review"]


def test_what_a_kill_left_is_swept_and_what_another_member_writes_now_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "incarnation"
    folder.mkdir()
    for name in ("review.0a0a0a0a.new", "review.0b0b0b0b.new", "intake.0c0c0c0c.new"):
        (folder / name).write_text("")
    long_ago = time.time() - UNFINISHED_AFTER_S - 1
    for name in ("review.0a0a0a0a.new", "intake.0c0c0c0c.new"):
        os.utime(folder / name, (long_ago, long_ago))
    note_incarnation(tmp_path, "review", 8)
    assert {path.name for path in folder.iterdir()} == {"review", "review.0b0b0b0b.new", "intake.0c0c0c0c.new"}
