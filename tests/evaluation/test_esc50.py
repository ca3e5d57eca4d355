from pathlib import Path

import pytest

from foundsound.errors import InvalidRequest
from foundsound.evaluation.dataset import read_dataset

HEADER = "filename,fold,target,category,esc10,src_file,take\n"


def tree(folder: Path, meta: str, *clips: str) -> Path:
    (folder / "meta").mkdir()
    (folder / "audio").mkdir()
    (folder / "meta" / "esc50.csv").write_text(meta)
    for clip in clips:
        (folder / "audio" / clip).touch()
    return folder


def test_categories_become_words(tmp_path: Path) -> None:
    meta = HEADER + "1-1-A-0.wav,1,0,dog,True,1,A\n1-2-A-30.wav,1,30,door_wood_knock,False,2,A\n"
    meta += "2-3-A-0.wav,2,0,dog,True,3,A\n"
    found = read_dataset(tree(tmp_path, meta, "1-1-A-0.wav", "1-2-A-30.wav", "2-3-A-0.wav"))
    assert found.kind == "esc50"
    assert found.answers == {
        "dog": [tmp_path / "audio" / "1-1-A-0.wav", tmp_path / "audio" / "2-3-A-0.wav"],
        "door wood knock": [tmp_path / "audio" / "1-2-A-30.wav"],
    }


def test_only_two_columns_are_needed(tmp_path: Path) -> None:
    found = read_dataset(tree(tmp_path, "category,filename\ndog,a.wav\n", "a.wav"))
    assert found.answers == {"dog": [tmp_path / "audio" / "a.wav"]}


@pytest.mark.parametrize(
    ("meta", "sentence"),
    [
        ("filename,label\na.wav,dog\n", "has no column 'category'"),
        ("", "has no column 'filename'"),
        (HEADER, "lists no clips"),
        ("filename,category\na.wav,\n", "line 2: a file name and a category are needed"),
        ("filename,category\na.wav\n", "line 2: a file name and a category are needed"),
        ("filename,category\nb.wav,dog\n", "1 file does not exist"),
    ],
)
def test_refusals_say_what_is_wrong(tmp_path: Path, meta: str, sentence: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_dataset(tree(tmp_path, meta, "a.wav"))
    assert sentence in str(caught.value)


def test_a_folder_of_another_layout(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="not laid out like ESC-50"):
        read_dataset(tmp_path)
