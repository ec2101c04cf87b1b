"""The attachment store: whole or absent, whatever happens while a file arrives."""

import hashlib
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from services.kernel.runtime.uploads.files import (
    AsyncFileStore,
    ContentDiffersFromDigest,
    DigestNotValid,
    FileNotHere,
    FileStore,
    PartOutOfRange,
)

CONTENT = bytes(random.Random(7).randbytes(3_000_001))
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def all_files(store: FileStore) -> list[Path]:
    return [path for path in store.path(DIGEST).parents[2].rglob("*") if path.is_file()]


def test_a_stored_file_comes_back_byte_for_byte_under_its_digest(store: FileStore) -> None:
    stored = store.put(BytesIO(CONTENT))

    assert (stored.sha256, stored.size) == (DIGEST, len(CONTENT))
    assert store.has(DIGEST)
    with store.open(DIGEST) as file:
        assert file.read() == CONTENT
    assert all_files(store) == [store.path(DIGEST)]


def test_storing_the_same_content_twice_keeps_one_file(store: FileStore) -> None:
    store.put(BytesIO(CONTENT))
    store.put(BytesIO(CONTENT))

    assert all_files(store) == [store.path(DIGEST)]


def test_an_upload_that_breaks_off_leaves_nothing_behind(store: FileStore) -> None:
    class BrokenPipe(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() >= 1024 * 1024:
                raise ConnectionError
            return super().read(size)

    with pytest.raises(ConnectionError):
        store.put(BrokenPipe(CONTENT))

    assert not store.has(DIGEST)
    assert all_files(store) == []


def test_parts_in_any_order_twice_and_overlapping_make_the_whole_file(store: FileStore) -> None:
    spans = [(2_000_000, 3_000_001), (0, 700_000), (0, 700_000), (650_000, 2_000_000)]
    answers = [store.put_part(DIGEST, a, CONTENT[a:b], len(CONTENT)) for a, b in spans]

    assert answers == [False, False, False, True]
    with store.open(DIGEST) as file:
        assert file.read() == CONTENT
    assert all_files(store) == [store.path(DIGEST)]
    assert store.put_part(DIGEST, 0, CONTENT[:10], len(CONTENT)) is True


def test_missing_ranges_say_what_to_send_again_even_after_a_restart(store: FileStore, tmp_path: Path) -> None:
    store.put_part(DIGEST, 100, CONTENT[100:200], len(CONTENT))
    store.put_part(DIGEST, 1000, CONTENT[1000:2000], len(CONTENT))

    restarted = FileStore(tmp_path / "files")

    assert restarted.missing_ranges(DIGEST, len(CONTENT)) == [(0, 100), (200, 1000), (2000, len(CONTENT))]
    assert not restarted.has(DIGEST)


def test_parts_that_make_another_file_are_dropped_and_can_be_sent_again(store: FileStore) -> None:
    store.put_part(DIGEST, 0, b"x" * 1_000_000, len(CONTENT))
    with pytest.raises(ContentDiffersFromDigest):
        store.put_part(DIGEST, 1_000_000, CONTENT[1_000_000:], len(CONTENT))

    assert not store.has(DIGEST)
    assert store.missing_ranges(DIGEST, len(CONTENT)) == [(0, len(CONTENT))]
    assert store.put_part(DIGEST, 0, CONTENT, len(CONTENT)) is True


def test_what_one_sender_sends_cannot_spoil_the_file_of_another(store: FileStore) -> None:
    half = len(CONTENT) // 2
    store.put_part(DIGEST, 0, CONTENT[:half], len(CONTENT), sender="honest")
    with pytest.raises(ContentDiffersFromDigest):
        store.put_part(DIGEST, 0, b"x" * len(CONTENT), len(CONTENT), sender="hostile")
    assert store.missing_ranges(DIGEST, len(CONTENT), sender="honest") == [(half, len(CONTENT))]
    assert store.put_part(DIGEST, half, CONTENT[half:], len(CONTENT), sender="honest") is True
    with store.open(DIGEST) as file:
        assert file.read() == CONTENT


@pytest.mark.parametrize(("offset", "size"), [(-1, 10), (3_000_000, 2), (0, 0)])
def test_a_part_outside_the_file_is_refused(store: FileStore, offset: int, size: int) -> None:
    with pytest.raises(PartOutOfRange):
        store.put_part(DIGEST, offset, b"x" * size, len(CONTENT))


def test_an_empty_file_arrives_in_one_empty_part(store: FileStore) -> None:
    empty = hashlib.sha256(b"").hexdigest()

    assert store.put_part(empty, 0, b"", 0) is True
    assert store.path(empty).read_bytes() == b""


def test_writers_of_the_same_content_do_not_disturb_each_other(store: FileStore) -> None:
    step = 100_000
    spans = [(start, CONTENT[start : start + step]) for start in range(0, len(CONTENT), step)] * 3
    random.Random(3).shuffle(spans)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda s: store.put_part(DIGEST, s[0], s[1], len(CONTENT)), spans))
        list(pool.map(lambda _: store.put(BytesIO(CONTENT)), range(8)))

    assert any(answers)
    with store.open(DIGEST) as file:
        assert file.read() == CONTENT
    assert store.missing_ranges(DIGEST, len(CONTENT)) == []


@pytest.mark.parametrize(
    "digest", ["", "../../etc/passwd", "ab/../" + "0" * 58, DIGEST.upper(), DIGEST[:-1], DIGEST + "\n", "０" * 64]
)
def test_only_a_digest_leads_to_the_disk(store: FileStore, digest: str) -> None:
    for reach in (store.path, store.has, store.open, store.delete):
        with pytest.raises(DigestNotValid):
            reach(digest)
    with pytest.raises(DigestNotValid):
        store.put_part(digest, 0, b"x", 1)


def test_an_erased_file_is_gone_with_its_parts(store: FileStore) -> None:
    store.put_part(DIGEST, 0, CONTENT[:100], len(CONTENT))
    store.delete(DIGEST)
    assert all_files(store) == []

    store.put(BytesIO(CONTENT))
    store.delete(DIGEST)
    store.delete(DIGEST)

    assert all_files(store) == []
    with pytest.raises(FileNotHere):
        store.open(DIGEST)


def test_what_was_begun_long_ago_is_swept_and_the_rest_stays(store: FileStore) -> None:
    store.put_part(DIGEST, 0, CONTENT[:100], len(CONTENT))
    now = datetime.now(UTC)

    assert store.sweep_incoming(before=now - timedelta(days=1)) == 0
    assert store.missing_ranges(DIGEST, len(CONTENT)) == [(100, len(CONTENT))]
    assert store.sweep_incoming(before=now + timedelta(minutes=1)) == 1
    assert store.missing_ranges(DIGEST, len(CONTENT)) == [(0, len(CONTENT))]


async def test_coroutines_use_the_same_store(store: FileStore) -> None:
    files = AsyncFileStore(store)

    assert await files.put(BytesIO(CONTENT)) == await files.put(BytesIO(CONTENT))
    assert await files.read(DIGEST, 10, 5) == CONTENT[10:15]
    assert await files.missing_ranges(DIGEST, len(CONTENT)) == []
    assert await files.put_part(DIGEST, 0, CONTENT, len(CONTENT)) is True
    await files.delete(DIGEST)
    assert await files.has(DIGEST) is False
