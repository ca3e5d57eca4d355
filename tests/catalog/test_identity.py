import os
from pathlib import Path

import pytest
from blake3 import blake3

from foundsound.catalog.identity import content_id
from foundsound.errors import FileUnavailable

MANY = 2**40


def test_the_id_is_the_content_and_nothing_else(tmp_path: Path) -> None:
    content = bytes(range(256)) * 10_000  # more than one chunk
    first, second = tmp_path / "a.wav", tmp_path / "b.flac"
    first.write_bytes(content)
    second.write_bytes(content)
    id_ = content_id(bytes(first), MANY)
    assert id_ == content_id(bytes(second), MANY) == blake3(content).hexdigest()[:32]
    second.write_bytes(content + b"x")
    assert content_id(bytes(second), MANY) != id_


def test_a_missing_file_is_worth_another_try(tmp_path: Path) -> None:
    with pytest.raises(FileUnavailable, match="No such file"):
        content_id(bytes(tmp_path / "gone"), MANY)


def test_what_is_no_file_or_too_large_is_refused_unread(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.wav"
    os.mkfifo(pipe)
    with pytest.raises(FileUnavailable, match="not a regular file"):
        content_id(bytes(pipe), MANY)
    (tmp_path / "large").write_bytes(b"x" * 1000)
    with pytest.raises(FileUnavailable, match="more than the limit"):
        content_id(bytes(tmp_path / "large"), 999)


def test_reading_can_be_ended(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 3 * 2**20)

    def end() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        content_id(bytes(tmp_path / "large"), MANY, end)
