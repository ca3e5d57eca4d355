from pathlib import Path

import pytest
from blake3 import blake3

from foundsound.catalog.identity import content_id
from foundsound.errors import FileUnavailable


def test_the_id_is_the_content_and_nothing_else(tmp_path: Path) -> None:
    content = bytes(range(256)) * 10_000  # more than one chunk
    first, second = tmp_path / "a.wav", tmp_path / "b.flac"
    first.write_bytes(content)
    second.write_bytes(content)
    id_ = content_id(bytes(first))
    assert id_ == content_id(bytes(second)) == blake3(content).hexdigest()[:32]
    second.write_bytes(content + b"x")
    assert content_id(bytes(second)) != id_


def test_a_missing_file_is_worth_another_try(tmp_path: Path) -> None:
    with pytest.raises(FileUnavailable, match="No such file"):
        content_id(bytes(tmp_path / "gone"))
