"""The file that alerts append to: whole lines, each once."""

import json
import threading
from pathlib import Path

import pytest

from foundsound.alerts.json_lines import append_line
from foundsound.alerts.webhook import NotDelivered


def test_lines_of_several_writers_stay_whole(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"

    def write(writer: int) -> None:
        for number in range(20):
            line = json.dumps({"id": f"{writer}-{number}", "text": "x" * 2000}).encode()
            append_line(str(path), f"{writer}-{number}", line, again=False)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [json.loads(line)["id"] for line in path.read_text().splitlines()]
    assert len(ids) == len(set(ids)) == 80


def test_a_line_cut_off_by_a_crash_is_closed_and_written_again(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    path.write_bytes(b'{"id": "a"}\n{"id": "b", "te')
    append_line(str(path), "a", b'{"id": "a"}', again=True)
    append_line(str(path), "b", b'{"id": "b"}', again=True)
    assert path.read_bytes() == b'{"id": "a"}\n{"id": "b", "te\n{"id": "b"}\n'


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(NotDelivered, match="No such file"):
        append_line(str(tmp_path / "gone" / "found.jsonl"), "a", b"{}", again=False)
