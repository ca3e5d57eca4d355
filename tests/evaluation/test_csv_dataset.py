from pathlib import Path

import pytest

from foundsound.errors import InvalidRequest
from foundsound.evaluation.dataset import read_dataset


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.wav", "b.wav", "sub/c, d.wav", "sub/ü.wav"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path


def answers(folder: Path, content: str | bytes) -> dict[str, list[str]]:
    """What the reader makes of a CSV in ``folder``, with paths relative to it."""
    source = folder / "queries.csv"
    source.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = read_dataset(source)
    assert found.kind == "csv"
    return {
        query: [path.relative_to(folder).as_posix() for path in paths]
        for query, paths in found.answers.items()
    }


def test_a_line_is_a_query_and_its_files(folder: Path) -> None:
    assert answers(folder, 'rain,a.wav,b.wav\n"slow, wet",sub/../a.wav\n') == {
        "rain": ["a.wav", "b.wav"],
        "slow, wet": ["sub/../a.wav"],
    }


@pytest.mark.parametrize("header", ["query,path\n", "Description,File,File\n", "TEXT,path\n", ""])
def test_a_header_is_passed_over(folder: Path, header: str) -> None:
    assert answers(folder, f"{header}rain,a.wav\n") == {"rain": ["a.wav"]}


def test_a_query_may_be_called_query(folder: Path) -> None:
    assert answers(folder, "text,a.wav\nrain,b.wav\n") == {"text": ["a.wav"], "rain": ["b.wav"]}


def test_quotes_marks_line_ends_and_empty_cells_are_borne(folder: Path) -> None:
    content = '\ufeff"rain  on\nroof", a.wav ,,\r\n\r\n,,\r\nwind,"sub/c, d.wav"\r\n'
    assert answers(folder, content) == {"rain on roof": ["a.wav"], "wind": ["sub/c, d.wav"]}


def test_lines_of_the_same_query_add_up(folder: Path) -> None:
    assert answers(folder, "rain,a.wav\nwind,b.wav\n rain ,b.wav,a.wav\n") == {
        "rain": ["a.wav", "b.wav"],
        "wind": ["b.wav"],
    }


def test_absolute_paths_and_both_spellings_of_accents(folder: Path) -> None:
    assert answers(folder, f"rain,{folder / 'a.wav'}\n") == {"rain": ["a.wav"]}
    assert answers(folder, "umlaut,sub/u\u0308.wav\n") == {"umlaut": ["sub/ü.wav"]}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "holds no queries"),
        ("query,path\n", "holds no queries"),
        ("rain\n", "line 1: the query 'rain' has no file"),
        ("rain;a.wav\n", "with commas between"),
        ("rain,a.wav\n,b.wav\n", "line 2: there are files but no query"),
        ('rain,"a.wav\n', "line 1"),
        (b"rain,a.wav\nr\xe9gen,b.wav\n", "not UTF-8 (line 2)"),
        ("rain,x.wav\n", "1 file does not exist"),
    ],
)
def test_refusals_say_what_is_wrong(folder: Path, content: str | bytes, sentence: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        answers(folder, content)
    assert sentence in str(caught.value)


def test_many_missing_files_are_counted(folder: Path) -> None:
    lines = "".join(f"rain,{number}.wav\n" for number in range(1200))
    with pytest.raises(InvalidRequest) as caught:
        answers(folder, lines)
    assert str(caught.value).startswith("1,200 files do not exist: ")
    assert "0.wav" in str(caught.value)
    assert str(caught.value).endswith(" and 1,197 more.")


def test_a_dataset_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="There is no file or folder"):
        read_dataset(tmp_path / "none.csv")
